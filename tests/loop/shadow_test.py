#!/usr/bin/env python3
"""A candidate beside the live release, through the real binary: a round that learned from corrections is not released
before it has read calls as they come in; one that would decide too much otherwise is refused; with a wider limit it is
released.  shadow_test.py --yupu build/release/yupu"""
import json
import signal
import sys
import tempfile
import time

from conversation_test import Server
from misses_shop import MISSES_STRATEGY, asked, write_shop
from story_test import call
from trial import Trial, yupu_from_arguments

CORRECTED, CALLS = 12, 6


def strategy(most):
    # The recorded calls are not read: by them it would be refused before it has read any other.
    rules = f"shadow_calls = 0\nshadow_live_calls = {CALLS}\nshadow_changed_max = {most}\n"
    return MISSES_STRATEGY.replace("[improve]\n", f"[improve]\nafter_corrections = {CORRECTED}\n{rules}")


def ask(trial, server, key, text):
    status, said, _ = call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": text}, key)
    trial.expect(status == 200, f"{text}: HTTP {status} {said}")
    return said


def correct(trial, server, key):
    for intent in ("hours", "refund"):
        for number in range(CORRECTED):
            said = ask(trial, server, key, asked(intent, number))
            body = {"trace_id": said["trace_id"], "correction": intent}
            status, kept, _ = call(server.port, "POST", "/v1/feedback", body, key)
            trial.expect(status == 200, f"corrected: HTTP {status} {kept}")


def shadow(trial, *more):
    return json.loads(trial.run("models", "shadow", "talks", "--workdir", "w", "--json", *more))


def figures(trial, least, seconds=30):
    """Of the candidate, once it has read so many calls."""
    until, read = time.monotonic() + seconds, None
    while time.monotonic() < until and not (read and read["calls"] >= least):
        time.sleep(0.2)
        read = shadow(trial)["shadow"]
    trial.expect(read and read["calls"] >= least and not read["problem"], f"{least} calls are read: {read}")
    return read


def rounds(trial):
    return json.loads(trial.run("rounds", "strategy.toml", "--workdir", "w", "--once", "--json"))["rounds"]


def refused(trial, server, key, token):
    """What it has read tells who it would answer otherwise; the live release answers all the while."""
    expect = trial.expect
    expect(shadow(trial)["shadow"] is None, "off, until somebody asks for it")
    first = ask(trial, server, key, "when do you open")
    correct(trial, server, key)
    begun = rounds(trial)
    expect([one["outcome"] for one in begun] == ["shadow"], f"it reads first: {begun}")
    expect(rounds(trial) == [], "while it reads no round begins")
    figures(trial, 0)
    live = call(server.port, "GET", "/v1/console/releases", key=token)[1]
    expect(live["shadow"]["candidate_id"] == begun[0]["run_id"], f"the console has it: {live}")
    expect(live["refused"] == [], f"it may become a release yet: {live}")
    until = time.monotonic() + 30  # the server opens the candidate's model within a second or so
    read = 0
    while read < CALLS and time.monotonic() < until:
        for number in range(CALLS):
            said = ask(trial, server, key, asked("hours", number))
            expect(said["release_id"] == first["release_id"], f"the live release answers: {said}")
        time.sleep(0.3)
        read = shadow(trial)["shadow"]["calls"]
    told = figures(trial, CALLS)
    expect(told["changed"] > 0, f"what it would decide otherwise: {told}")
    expect(told["dropped"] == 0 and told["failed"] == 0, f"it had time for all: {told}")
    texts = [one["text"] for one in told["examples"]]
    expect(texts and all("christmas" in text for text in texts), f"examples: {texts}")
    expect(sum(one["calls"] for one in told["intents"]) == told["calls"], f"by intent: {told['intents']}")
    expect("reads beside" in trial.run("models", "shadow", "talks", "--workdir", "w"), "as text")
    ended = rounds(trial)
    expect([one["outcome"] for one in ended] == ["refused"], f"too much would change: {ended}")
    expect("improve.shadow_changed_max" in ended[0]["reason"], f"why: {ended}")
    expect(ask(trial, server, key, "when do you open")["release_id"] == first["release_id"], "the old one answers")
    expect(rounds(trial) == [], "it is judged once")
    return begun[0]["run_id"]


def released(trial, server, key, run_id):
    expect = trial.expect
    (trial.folder / "strategy.toml").write_text(strategy(1.0), encoding="utf-8")
    done = json.loads(trial.run("improve", "strategy.toml", "--workdir", "w", "--json"))
    expect(done["released"] and done["run_id"] == run_id, f"with a wider limit it is released: {done}")
    until, said = time.monotonic() + 30, {}
    while said.get("release_id") != done["release_id"] and time.monotonic() < until:
        time.sleep(0.2)
        said = ask(trial, server, key, asked("hours", 1))
    expect((said.get("decision"), said.get("intent")) == ("answer", "hours"), f"and answers: {said}")
    until = time.monotonic() + 30
    while shadow(trial)["shadow"] is not None and time.monotonic() < until:
        time.sleep(0.2)
    expect(shadow(trial)["shadow"] is None, "what answers reads beside nobody")


def by_hand(trial):
    expect = trial.expect
    listed = json.loads(trial.run("models", "list", "--workdir", "w", "--json"))["releases"]
    older = next(one["release_id"] for one in listed if not one["live"])
    live = next(one["release_id"] for one in listed if one["live"])
    expect(shadow(trial, "--candidate", older)["shadow"]["candidate_id"] == older, "an older release reads")
    command = ("models", "shadow", "talks", "--workdir", "w", "--candidate")
    expect("nothing to compare" in trial.run(*command, live, code=1), "not the live one")
    expect("no run or release" in trial.run(*command, "x", code=2), "nobody knows it")
    expect(shadow(trial, "--stop")["stopped"] is True, "it reads no more")
    expect(shadow(trial, "--stop")["stopped"] is False, "nothing to stop")


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        write_shop(trial.folder)
        (trial.folder / "strategy.toml").write_text(strategy(0.0), encoding="utf-8")
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts")
        key = trial.key_of("one")
        token = json.loads(trial.run("agents", "add", "Mei", "--tenant", "one", "--workdir", "w", "--json"))["token"]
        server = Server(trial)
        try:
            run_id = refused(trial, server, key, token)
            released(trial, server, key, run_id)
            by_hand(trial)
        finally:
            server.stop(signal.SIGTERM)
        return trial.finish("a candidate reads calls as they come in before it answers any")


if __name__ == "__main__":
    sys.exit(main())
