#!/usr/bin/env python3
"""Releases are promoted and rolled back while visitors ask: no call fails, and each release answers soon after the command.

  swap_test.py --yupu build/release/yupu [--swaps 100] [--limit SECONDS]

--limit: from the command to the first answer of the release it made live; 1 s is what `make test-kill` holds it to on a machine with
nothing else to do.  The two releases are one model of floats and one in int8."""
import argparse
import http.client
import json
import pathlib
import signal
import sys
import tempfile
import threading
import time

from conversation_test import STRATEGY, Server, write_files
from trial import Trial

ASKERS = 6
NO_TESTS = STRATEGY[:STRATEGY.index("[[service.test]]")] + STRATEGY[STRATEGY.index("[commerce]"):]


class Asker(threading.Thread):
    def __init__(self, server, key):
        super().__init__(daemon=True)
        self.server, self.key, self.stop = server, key, threading.Event()
        self.statuses, self.release, self.seen = [], None, set()

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        while not self.stop.is_set():
            try:
                connection.request("POST", "/v1/answer", json.dumps({"bot": "shop", "text": "please refund me"}),
                                   {"authorization": f"Bearer {self.key}", "content-type": "application/json"})
                response = connection.getresponse()
                answer = json.loads(response.read())
                self.statuses.append(response.status)
                self.release = answer.get("release_id")
                self.seen.add(self.release)
            except (OSError, http.client.HTTPException, ValueError) as problem:
                self.statuses.append(repr(problem))
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=30)


def two_releases(trial):
    """A first model that has learned little, and a better one, in int8, which passes the gate."""
    write_files(trial.folder, NO_TESTS.replace("epochs = 12", "epochs = 1\nwide = false").replace("lr = 2e-3", "lr = 1e-5"))
    trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts", "--json")
    write_files(trial.folder, NO_TESTS.replace("[release]\n", '[release]\nweights = "int8"\n'))
    trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts", "--json")
    releases = json.loads(trial.run("models", "list", "--workdir", "w", "--json"))["releases"]
    trial.expect(len(releases) == 2, f"two releases: {releases}")
    live = [release["release_id"] for release in releases if release["live"]]
    return live[0], next((release["release_id"] for release in releases if not release["live"]), "")


def swap(trial, askers, words, wanted, limit):
    """Seconds from the command to the first answer of the release."""
    began = time.monotonic()
    trial.run("models", *words, "--workdir", "w", "--json")
    while all(asker.release != wanted for asker in askers):
        if time.monotonic() - began > limit + 30:
            trial.findings.append(f"models {' '.join(words)}: {wanted} never answered")
            break
        time.sleep(0.002)
    return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--swaps", type=int, default=10)
    parser.add_argument("--limit", type=float, default=5.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(str(pathlib.Path(options.yupu).resolve()), name)
        new, old = two_releases(trial)
        if not old:
            return trial.finish("")
        # Refusing for a wait of 100 ms is a promise of its own: on a busy machine it would be told here as a fault of the exchange.
        server = Server(trial, "--queue-ms", "0")
        askers = [Asker(server, trial.key_of("one")) for _ in range(ASKERS)]
        backs, forths = [], []
        for asker in askers:
            asker.start()
        try:
            for number in range(options.swaps):
                if number % 2 == 0:
                    backs.append(swap(trial, askers, ["rollback", "talks"], old, options.limit))
                else:
                    forths.append(swap(trial, askers, ["promote", "talks", new], new, options.limit))
                if trial.findings:
                    break
        finally:
            for asker in askers:
                asker.stop.set()
            for asker in askers:
                asker.join(timeout=60)
            server.stop(signal.SIGTERM)
        statuses = [status for asker in askers for status in asker.statuses]
        failed = [status for status in statuses if status != 200]
        trial.expect(not failed, f"{len(failed)} of {len(statuses)} calls failed: {failed[:5]}")
        trial.expect(set().union(*(asker.seen for asker in askers)) == {old, new}, "answers of both releases, and no other")
        slowest = max(backs + forths)
        trial.expect(slowest <= options.limit, f"a swap took {slowest:.2f} s, at most {options.limit} s were to be")
        trial.run("ledger", "check", "--workdir", "w")
        return trial.finish(f"{len(backs + forths)} swaps under load, {len(statuses)} calls, none failed; the slowest roll-back "
                            f"{max(backs):.2f} s, promotion {max(forths, default=0.0):.2f} s")


if __name__ == "__main__":
    sys.exit(main())
