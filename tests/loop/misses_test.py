#!/usr/bin/env python3
"""Misses through the real binary: visitors ask what the bot has never heard of, a flood among them; the misses stand in clusters,
are accepted and ignored over HTTP and by command, and the next release answers them.  misses_test.py --yupu build/release/yupu"""
import csv
import json
import signal
import sys
import tempfile
import time

from conversation_test import Server
from misses_shop import asked, write_shop
from story_test import call
from trial import Trial, yupu_from_arguments

VISITORS, FLOOD, PER_DAY = 12, 30, 5


def ask(server, key, text, visitor, wanted=""):
    """Each question in a conversation of its own; a wrong answer is voted down."""
    status, said, _ = call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": text, "visitor": visitor}, key)
    server.trial.expect(status == 200, f"{text}: HTTP {status} {said}")
    if said["decision"] in ("answer", "handoff") and said["intent"] != wanted or said.get("slot"):
        status, voted, _ = call(server.port, "POST", "/v1/feedback", {"trace_id": said["trace_id"], "rating": -1}, key)
        server.trial.expect(status == 200, f"a vote: HTTP {status} {voted}")
    return said


def misses(server, token):
    status, found, _ = call(server.port, "GET", "/v1/agent/misses", key=token)
    server.trial.expect(status == 200, f"misses: HTTP {status} {found}")
    return found


def traces_of(found, word):
    return [trace for cluster in found["clusters"] for text in cluster["texts"] if word in text["text"] for trace in text["traces"]]


def settle(trial, server, token):
    expect = trial.expect
    found = misses(server, token)
    expect(found["capped"] == FLOOD - PER_DAY, f"the flood is capped: {found['capped']}")
    expect(found["intents"] == ["hours", "refund", "status", "talk_to_human"], f"intents {found['intents']}")
    expect(found["clusters"] and found["clusters"][0]["visitors"] > 1, "what many ask comes first")
    christmas = traces_of(found, "christmas")
    # A wrong guess of the model that happens to be right is no miss.
    expect(VISITORS / 2 <= len(christmas) <= VISITORS, f"{len(christmas)} of {VISITORS} misses about christmas")
    for body, status, field in (({"traces": christmas, "intent": "no_such"}, 400, "intent"), ({"traces": ["tr_none"], "intent": "hours"}, 404, "traces"),
                                ({"traces": christmas}, 400, "intent"), ({"traces": "x", "intent": "hours"}, 400, "traces")):
        got = call(server.port, "POST", "/v1/agent/misses/accept", body, token)
        expect((got[0], got[1].get("field")) == (status, field), f"{field}: {got[:2]}")
    expect(call(server.port, "GET", "/v1/agent/misses", key="ya_none")[0] == 401, "a wrong token")
    status, settled, _ = call(server.port, "POST", "/v1/agent/misses/accept", {"traces": christmas, "intent": "hours"}, token)
    expect((status, settled) == (200, {"settled": len(christmas)}), f"accepted: {status} {settled}")
    server.kill_and_start()
    expect(not traces_of(misses(server, token), "christmas"), "settled, also after a kill")


def command(trial, *words, **more):
    return trial.run("misses", *words, "--model", "talks", "--tenant", "one", "--workdir", "w", **more)


def settle_by_command(trial):
    """How many were accepted."""
    expect = trial.expect
    expect("--model" in trial.run("misses", "list", "--workdir", "w", code=2), "whose misses is asked for")
    expect("no cluster" in command(trial, "ignore", "miss_none", code=2), "no such cluster")
    expect("misses in" in command(trial, "list"), "as text")
    accepted = 0
    for _ in range(20):
        clusters = json.loads(command(trial, "list", "--json"))["clusters"]
        if not clusters:
            break
        texts = [text["text"] for text in clusters[0]["texts"]]
        if any("dispute" in text for text in texts):
            expect(all("dispute" in text for text in texts), f"one subject a cluster: {texts}")
            expect("none of" in command(trial, "accept", clusters[0]["id"], "--intent", "no_such", code=2), "an intent nobody knows")
            accepted += json.loads(command(trial, "accept", clusters[0]["id"], "--intent", "refund", "--json"))["settled"]
        else:
            command(trial, "ignore", clusters[0]["id"])
    expect(json.loads(command(trial, "list", "--json"))["misses"] == 0, "all are settled")
    return accepted


def report(trial):
    """The totals are those of the calls in the files."""
    expect, words = trial.expect, ("feedback", "report", "--model", "talks", "--tenant", "one", "--workdir", "w")
    told = json.loads(trial.run(*words, "--calls", "calls.jsonl", "--entries", "entries.csv", "--json"))
    calls = [json.loads(line) for line in (trial.folder / "calls.jsonl").read_text(encoding="utf-8").splitlines()]
    expect(told["calls"] == len(calls) > 0 and "text" not in calls[0], f"{told['calls']} calls, {len(calls)} in the file")
    for decision, number in told["decisions"].items():
        expect(number == sum(call["decision"] == decision for call in calls), f"{decision}: {number}")
    expect(told["hits"] == sum(call["hit"] for call in calls), f"hits: {told['hits']}")
    expect(told["conversations"] == len({call["conversation"] for call in calls}), f"conversations: {told['conversations']}")
    with open(trial.folder / "entries.csv", encoding="utf-8", newline="") as source:
        entries = list(csv.DictReader(source))
    for column in ("calls", "hits", "misses"):
        expect(sum(int(entry[column]) for entry in entries) == told[column], f"the entries' {column}: {entries}")
    trial.run(*words, "--calls", "calls.csv", "--texts")
    with open(trial.folder / "calls.csv", encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    expect([row["trace_id"] for row in rows] == [call["trace_id"] for call in calls] and all(row["text"] for row in rows), "as CSV")
    expect("ENTRY" in trial.run(*words), "as text")
    expect(".csv or .jsonl" in trial.run(*words, "--calls", "calls.xls", code=2), "a file of another kind")


def roll_back(trial, server, key, token):
    """By a manager in the console's way, and forward again; the server answers by what was chosen within seconds."""
    expect = trial.expect
    wang = json.loads(trial.run("agents", "add", "Wang", "--manager", "--tenant", "one", "--workdir", "w", "--json"))
    expect(wang["manager"] is True, f"a manager: {wang}")
    listed = call(server.port, "GET", "/v1/console/releases", key=token)[1]
    newer, older = listed["releases"]
    expect(newer["gate"]["pass"] and listed["live"] == newer["release_id"], f"the newer one is live: {listed}")
    expect(listed["back_to"] == older["release_id"], f"the older one is before it: {listed}")
    expect(newer["figures"]["test.accuracy"] > older["figures"]["test.accuracy"], "the newer one is better")
    back = {"release_id": listed["back_to"], "instead_of": listed["live"]}
    expect(call(server.port, "POST", "/v1/console/releases/live", back, token)[0] == 403, "an agent who is no manager")
    for body in (back, {"release_id": listed["live"], "instead_of": listed["back_to"]}):
        status, chosen, _ = call(server.port, "POST", "/v1/console/releases/live", body, wang["token"])
        expect(status == 200, f"chosen: HTTP {status} {chosen}")
        until, served = time.monotonic() + 10, ""
        while served != body["release_id"] and time.monotonic() < until:
            served = call(server.port, "GET", "/v1/console/releases", key=token)[1]["served"]
        said = ask(server, key, asked("hours", 1), "after", "hours")
        expect(said["release_id"] == body["release_id"], f"{body['release_id']} answers: {said}")
        late = {"release_id": body["instead_of"], "instead_of": "release_x"}
        expect(call(server.port, "POST", "/v1/console/releases/live", late, wang["token"])[0] == 409, "decided too late")
    history = call(server.port, "GET", "/v1/console/releases", key=token)[1]["history"]
    expect([one["reason"] for one in history[:2]] == ["chosen in the console by Wang"] * 2, f"history: {history}")


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        write_shop(trial.folder)
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts")
        key = trial.key_of("one")
        token = json.loads(trial.run("agents", "add", "Mei", "--tenant", "one", "--workdir", "w", "--json"))["token"]
        server = Server(trial)
        try:
            for intent in ("hours", "refund"):
                for number in range(VISITORS):
                    ask(server, key, asked(intent, number), f"visitor {number}", intent)
            for number in range(FLOOD):
                ask(server, key, f"buy pills at pills {number}", "mallory")
            settle(trial, server, token)
            accepted = settle_by_command(trial)
            learned = json.loads(trial.run("improve", "strategy.toml", "--workdir", "w", "--json"))
            trial.expect(learned["released"], f"released: {learned['reason']}")
            trial.expect(learned["dataset"]["added"] >= accepted > 0, f"{accepted} accepted by command, in the dataset: {learned['dataset']}")
            said, until = {}, time.monotonic() + 60
            while said.get("release_id") != learned["release_id"] and time.monotonic() < until:
                time.sleep(0.2)
                said = ask(server, key, asked("hours", 1), "after", "hours")
            trial.expect((said["decision"], said["intent"]) == ("answer", "hours"), f"it answers now: {said}")
            said = ask(server, key, asked("refund", 1), "after", "refund")
            trial.expect((said["decision"], said["intent"]) == ("answer", "refund"), f"and the other: {said}")
            roll_back(trial, server, key, token)
        finally:
            server.stop(signal.SIGTERM)
        report(trial)
        return trial.finish("misses become what the next release answers")


if __name__ == "__main__":
    sys.exit(main())
