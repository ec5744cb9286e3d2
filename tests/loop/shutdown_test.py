#!/usr/bin/env python3
"""A server that is stopped while it is asked: it stops being ready first, goes on answering, and breaks no call; behind a proxy the
limits count by who asks.  shutdown_test.py --yupu build/release/yupu"""
import http.client
import json
import signal
import sys
import tempfile
import threading
import time

from conversation_test import STRATEGY, Server, write_files
from story_test import call
from trial import Trial, yupu_from_arguments

DRAIN_SECONDS = 2
DEMO = "[service]\ndemo_requests_per_minute = 2\n"


class Asker(threading.Thread):
    """Asks one question after the other on a connection it keeps, until the server takes no connection any more."""

    def __init__(self, port, key):
        super().__init__(daemon=True)
        self.port, self.key, self.answered, self.broken = port, key, [], []

    def run(self):
        connection, fresh = None, True
        body = json.dumps({"bot": "shop", "text": "please refund me"})
        headers = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
        while True:
            if connection is None:
                connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
                try:
                    connection.connect()
                    fresh = True
                except OSError:
                    return
            try:
                connection.request("POST", "/v1/answer", body, headers)
                answer = connection.getresponse()
                said = json.loads(answer.read())
                self.answered.append((time.monotonic(), answer.status, said.get("text", said)))
                fresh = False
                if answer.getheader("connection") == "close":
                    connection.close()
                    connection = None
            except (OSError, http.client.HTTPException) as error:
                # A connection that the system had taken and the server had not: nothing of the call was begun.
                if not fresh or not isinstance(error, (ConnectionResetError, BrokenPipeError)):
                    self.broken.append(repr(error))
                return


def ready(port):
    """The status of /readyz; 0 when nobody is there."""
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/readyz")
        return connection.getresponse().status
    except OSError:
        return 0


def stopped_under_load(trial, key):
    expect = trial.expect
    server = Server(trial, "--drain-seconds", str(DRAIN_SECONDS))
    askers = [Asker(server.port, key) for _ in range(4)]
    for asker in askers:
        asker.start()
    until = time.monotonic() + 20
    while not all(len(asker.answered) >= 5 for asker in askers) and time.monotonic() < until:
        time.sleep(0.01)
    expect(ready(server.port) == 200, "ready before")
    told = time.monotonic()
    server.process.send_signal(signal.SIGTERM)
    while ready(server.port) == 200 and time.monotonic() < told + 5:
        time.sleep(0.005)
    unready = time.monotonic()
    expect(ready(server.port) == 503, "not ready, and there")
    code = server.process.wait(timeout=30)
    ended = time.monotonic()
    for asker in askers:
        asker.join(timeout=30)
    expect(code == 0, f"exit status {code}")
    expect(DRAIN_SECONDS <= ended - told < DRAIN_SECONDS + 10, f"it took {ended - told:.1f} s")
    answers = [answer for asker in askers for answer in asker.answered]
    expect(all(status == 200 and text == "Within three days." for _, status, text in answers), f"all are right: {answers[-3:]}")
    late = sum(at > unready for at, _, _ in answers)
    expect(late >= 4, f"answered while it was not ready any more: {late} of {len(answers)}")
    broken = [what for asker in askers for what in asker.broken]
    expect(not broken, f"calls that got no answer: {broken}")
    # What was answered was kept, and charged once.
    used = json.loads(trial.run("usage", "--tenant", "one", "--workdir", "w", "--json"))
    calls = sum(line["calls"] for line in used["lines"] if line["meter"] == "answer_tokens")
    expect(calls == len(answers), f"{len(answers)} answers, {calls} charged")


def behind_a_proxy(trial):
    """The demo's limit is each caller's, and nobody can name another one past the proxy."""
    server = Server(trial, "--trusted-proxy", "127.0.0.1")

    def ask(forwarded):
        status, _, _ = call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": "please refund me"},
                            headers={"X-Forwarded-For": forwarded})
        return status

    first = [ask("203.0.113.1") for _ in range(20)]
    trial.expect(first[0] == 200 and 429 in first, f"one caller has a limit: {first}")
    trial.expect(ask("203.0.113.2") == 200, "another is not held up by it")
    trial.expect(ask("203.0.113.77, 203.0.113.1") == 429, "what a caller writes in front changes nothing")
    server.stop(signal.SIGTERM)
    server = Server(trial)
    loud = [ask(f"203.0.113.{n}") for n in range(20)]
    trial.expect(429 in loud, f"without a trusted proxy the header is nothing: {loud}")
    server.stop(signal.SIGTERM)
    said = trial.run("serve", "--strategy", "strategy.toml", "--trusted-proxy", "nginx", code=2)
    trial.expect("'nginx' is no address" in said, said)


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        write_files(trial.folder, STRATEGY.replace("[service]\n", DEMO))
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts")
        stopped_under_load(trial, trial.key_of("one"))
        behind_a_proxy(trial)
        trial.run("ledger", "check", "--workdir", "w")
        return trial.finish("not ready, then empty, then gone: no call broken")


if __name__ == "__main__":
    sys.exit(main())
