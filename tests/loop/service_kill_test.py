#!/usr/bin/env python3
"""kill -9 of a server whose visitors talk, tap, rate and correct all the while.  Nothing that was acknowledged is lost, nothing is
there twice, every call is charged once and the ledger sums to zero.

  service_kill_test.py --yupu build/release/yupu [--kills 100] [--seed 1]

The model is served in int8 ([release] weights), as a shop would serve it."""
import argparse
import collections
import json
import pathlib
import random
import signal
import sqlite3
import sys
import tempfile
import threading
import time

from agents_test import insist
from conversation_test import STRATEGY, Server, vague_text, write_files
from trial import Trial

VISITORS = 6
RESTART_S = 3.0
TAPPED = "the visitor tapped it"
INT8 = (STRATEGY[:STRATEGY.index("[[service.test]]")] + STRATEGY[STRATEGY.index("[commerce]"):]).replace(
    "[release]\n", '[release]\nweights = "int8"\n')


class Visitor(threading.Thread):
    """One conversation after the other; remembers what it was told.  Each call is repeated under its key until it is answered."""

    def __init__(self, server, key, number, vague):
        super().__init__(daemon=True)
        self.server, self.key, self.number, self.vague = server, key, number, vague
        self.stop, self.calls = threading.Event(), 0
        self.answers = []                              # (conversation, text or None for a tap, answer)
        self.taps, self.votes, self.scores = {}, {}, {}  # trace -> intent, trace -> (rating, correction), conversation -> 1 to 5
        self.problem = None

    def post(self, path, body, with_key=True):
        self.calls += 1
        headers = {"idempotency-key": f"visitor-{self.number}-{self.calls}"} if with_key else {}
        return insist(self.server, "POST", path, body, self.key, headers)

    def send(self, conversation, **said):
        body = {"bot": "shop", **said, **({"conversation": conversation} if conversation else {})}
        answer = self.post("/v1/answer", body)
        self.answers.append((answer["conversation"], said.get("text"), answer))
        return answer

    def talk(self):
        first = self.send(None, text=f"please refund me {self.calls}")
        conversation = first["conversation"]
        rating, correction = (1, None) if self.calls % 2 else (-1, "hours")
        vote = {"trace_id": first["trace_id"], "rating": rating, **({"correction": correction} if correction else {})}
        self.post("/v1/feedback", vote)
        self.votes[first["trace_id"]] = (rating, correction)
        asked = self.send(conversation, text=self.vague)
        if asked["options"]:
            intent = asked["options"][0]["intent"]
            tapped = self.send(conversation, option=intent)
            if tapped["intent"] != intent:
                raise ValueError(f"a tap on {intent}: {tapped}")
            self.taps[asked["trace_id"]] = intent
        score = 1 + self.calls % 5
        self.post(f"/v1/conversations/{conversation}/rating", {"score": score}, with_key=False)
        self.scores[conversation] = score

    def run(self):
        try:
            while not self.stop.is_set():
                self.talk()
        except (ValueError, TimeoutError, TypeError, KeyError) as problem:
            self.problem = f"visitor {self.number}: {problem!r}"


def check_store(trial, visitors, before):
    """What the store holds, against what the visitors were told."""
    expect = trial.expect
    answers = [answer for visitor in visitors for answer in visitor.answers]
    with sqlite3.connect(trial.folder / "w" / "yupu.db") as store:
        store.execute("PRAGMA query_only = 1")
        charged = store.execute("SELECT COUNT(*), COUNT(DISTINCT event_id) FROM usage_event WHERE meter = 'answer_tokens'").fetchone()
        traces = {row[0] for row in store.execute("SELECT trace_id FROM trace WHERE route = '/v1/answer'")}
        messages = collections.defaultdict(list)
        for conversation, author, text in store.execute(
                "SELECT conversation_id, author, text FROM message ORDER BY conversation_id, sequence"):
            messages[conversation].append((author, text))
        rows = store.execute("SELECT trace_id, rating, correction, satisfaction, conversation_id, reason FROM feedback "
                             "ORDER BY created_ns, id").fetchall()
    expect(charged == (len(answers) + before, len(answers) + before), f"{charged} charged for {len(answers)} + {before} answers")
    told = {answer["trace_id"] for _, _, answer in answers}
    expect(len(told) == len(answers), "two answers with one trace")
    expect(traces >= told and len(traces) == len(answers) + before, f"{len(traces)} traces of {len(answers)} answers")

    said = collections.defaultdict(list)
    for conversation, text, answer in answers:
        said[conversation].append((text, answer["text"]))
    expect(set(said) == set(messages), f"{len(messages)} conversations, {len(said)} were held")
    for conversation, turns in said.items():
        kept = messages[conversation]
        expect([author for author, _ in kept] == ["visitor", "bot"] * len(turns), f"{conversation}: {kept}")
        for (text, answer), (_, kept_text), (_, kept_answer) in zip(turns, kept[::2], kept[1::2]):
            expect(kept_answer == answer and text in (None, kept_text), f"{conversation}: {text!r} -> {answer!r}, kept {kept}")

    labels = collections.Counter((trace, intent) for trace, _, intent, _, _, reason in rows if reason == TAPPED)
    taps = {tap for visitor in visitors for tap in visitor.taps.items()}
    expect(set(labels) == taps and set(labels.values()) <= {1}, f"{sum(labels.values())} labels of {len(taps)} taps")
    votes = {trace: (rating, correction) for trace, rating, correction, score, _, reason in rows
             if score is None and reason != TAPPED}  # the last one counts
    expect(votes == {trace: vote for visitor in visitors for trace, vote in visitor.votes.items()}, "votes differ")
    scores = {conversation: score for _, _, _, score, conversation, _ in rows if score is not None}
    expect(scores == {key: score for visitor in visitors for key, score in visitor.scores.items()}, "scores differ")
    return len(answers), len(taps), len(votes), len(scores)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(str(pathlib.Path(options.yupu).resolve()), name)
        write_files(trial.folder, INT8)
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts", "--json")
        key = trial.key_of("one")
        shown = json.loads(trial.run("models", "show", "talks", "--workdir", "w", "--json"))
        trial.expect("/int8" in json.dumps(shown), f"not an int8 release: {json.dumps(shown)[:400]}")
        server = Server(trial)
        vague = vague_text(server, key)
        if vague is None:
            trial.findings.append("no vague text is worth asking about")
            return trial.finish("")
        visitors = [Visitor(server, key, number, vague) for number in range(VISITORS)]
        slowest = 0.0
        try:
            for visitor in visitors:
                visitor.start()
            for _ in range(options.kills):
                time.sleep(rng.uniform(0.02, 0.4))
                server.stop(signal.SIGKILL)
                began = time.monotonic()
                server.start()
                slowest = max(slowest, time.monotonic() - began)
            for visitor in visitors:
                visitor.stop.set()
            for visitor in visitors:
                visitor.join(timeout=120)
        finally:
            server.stop(signal.SIGTERM)
        for visitor in visitors:
            trial.expect(visitor.problem is None and not visitor.is_alive(), visitor.problem or f"visitor {visitor.number} hangs")
        trial.expect(slowest <= RESTART_S, f"a restart took {slowest:.2f} s")
        counts = check_store(trial, visitors, 0)
        trial.expect(min(counts) > 0, f"too little was done: {counts}")
        books = json.loads(trial.run("ledger", "check", "--workdir", "w", "--json"))
        trial.expect(books["ok"], f"the books: {books}")
        if trial.findings:
            print(f"seed {options.seed}")
        return trial.finish("{} kills: {} answers, {} taps, {} votes, {} scores; none lost, none twice, each charged once; slowest "
                            "restart {:.2f} s".format(options.kills, *counts, slowest))


if __name__ == "__main__":
    sys.exit(main())
