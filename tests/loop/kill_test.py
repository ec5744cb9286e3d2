#!/usr/bin/env python3
"""kill -9 at random points of `yupu run` and of `yupu serve` under load.

After every kill and at the end: no acknowledged answer or feedback is lost, no call is charged twice, the ledger sums to
zero and proves itself, and the next start simply goes on.

  kill_test.py --yupu build/release/yupu --kills 200 [--seed 1]

Prints what it did and "N passed, M failed"; exit 1 on the first broken promise (the seed is printed, so it can be repeated).
"""
import argparse
import concurrent.futures
import csv
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

from trial import free_port

ROOT = pathlib.Path(__file__).resolve().parents[2]
INTENTS = ["order_status", "refund_status", "invoice_request", "greeting", "talk_to_human"]


class Broken(Exception):
    """A promise that did not hold."""


def write_strategy(folder, seed):
    """A strategy small enough to be killed often: five intents of the shop, a tiny encoder, a few visitors."""
    shop = ROOT / "examples" / "shop"
    folder.mkdir(parents=True, exist_ok=True)
    with open(shop / "data" / "train.csv", encoding="utf-8", newline="") as source:
        rows = [row for row in csv.DictReader(source) if row["intent"] in INTENTS]
    with open(folder / "train.csv", "w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, ["text", "intent", "lang"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with open(shop / "visitors.jsonl", encoding="utf-8") as source:
        visitors = [line for line in source if json.loads(line)["intent"] in INTENTS + ["out_of_scope"]][:24]
    (folder / "visitors.jsonl").write_text("".join(visitors), encoding="utf-8")
    shutil.copy(shop / "answers.toml", folder / "answers.toml")
    (folder / "strategy.toml").write_text(f"""[strategy]
name = "killed"
seed = {seed}
[data]
valid_fraction = 0.15
test_fraction = 0.15
[[data.source]]
path = "train.csv"
label = "intent"
lang = "lang"
[train]
config = "tiny"
epochs = 3
batch_tokens = 256
vocab_size = 800
max_length = 32
[release]
accuracy_min = 0.0
slice_drop_max = 1.0
[service]
bot = "shop"
answers = "answers.toml"
[commerce]
[[commerce.plan]]
name = "starter"
monthly_tokens = 100000000
[[commerce.plan.price]]
meter = "answer_tokens"
yuan_per_thousand = "0.30"
[[commerce.plan.price]]
meter = "classify_tokens"
yuan_per_thousand = "0.10"
[[commerce.tenant]]
name = "green-hill-tea"
plan = "starter"
[visitors]
file = "visitors.jsonl"
tenant = "green-hill-tea"
[improve]
epochs = 4
""", encoding="utf-8")
    return folder / "strategy.toml", len(visitors)


class Session:
    def __init__(self, yupu, folder, rng):
        self.yupu = str(pathlib.Path(yupu).resolve())
        self.folder = folder
        self.workdir = folder / "work"
        self.rng = rng
        self.log = open(folder / "log.txt", "ab")

    def start(self, *words):
        return subprocess.Popen([self.yupu, *map(str, words)], stdout=self.log, stderr=self.log, cwd=self.folder)

    def command(self, *words):
        done = subprocess.run([self.yupu, *map(str, words)], capture_output=True, text=True, cwd=self.folder, check=False)
        if done.returncode != 0:
            raise Broken(f"yupu {' '.join(map(str, words))} -> {done.returncode}: {done.stderr.strip()[-600:]}")
        return done.stdout

    def database(self):
        connection = sqlite3.connect(self.workdir / "yupu.db", timeout=30)
        connection.execute("PRAGMA query_only = 1")
        return connection

    def check_books(self):
        """The ledger proves itself, and every usage event was charged exactly once."""
        if not (self.workdir / "yupu.db").exists():
            return
        report = json.loads(self.command("ledger", "check", "--workdir", self.workdir, "--json"))
        if not report["ok"]:
            raise Broken(f"ledger check: {json.dumps(report)[:800]}")


def kill_runs(session, strategy, visitor_count, kills):
    """Kills `run` at random points until `kills` are spent; a run that finishes is checked and the work starts afresh."""
    finished = 0
    done_kills = 0
    longest = 12.0
    while done_kills < kills:
        started = time.monotonic()
        process = session.start("run", strategy, "--workdir", session.workdir, "--once")
        # Early kills meet the store and the data stage, late ones training, visitors, invoices and the round.
        wait = session.rng.uniform(0.0, longest) ** 2 / longest if session.rng.random() < 0.4 else session.rng.uniform(0.0, longest)
        try:
            code = process.wait(timeout=wait)
            if code != 0:
                raise Broken(f"run ended with {code}; see {session.folder}/log.txt")
            finished += 1
            longest = max(2.0, min(longest, 1.2 * (time.monotonic() - started)))
            check_finished_run(session, strategy, visitor_count)
            shutil.rmtree(session.workdir)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
            done_kills += 1
            session.check_books()
    code = session.start("run", strategy, "--workdir", session.workdir, "--once").wait(timeout=300)
    if code != 0:
        raise Broken(f"the run after the last kill ended with {code}; see {session.folder}/log.txt")
    check_finished_run(session, strategy, visitor_count)
    return finished + 1


def check_finished_run(session, strategy, visitor_count):
    session.check_books()
    with session.database() as db:
        events = db.execute("SELECT COUNT(*) FROM usage_event").fetchone()[0]
        stages = {name for (name,) in db.execute("SELECT stage FROM stage")}
        traces = db.execute("SELECT COUNT(*) FROM trace").fetchone()[0]
    # One call a visitor line for the one release they met: whatever was killed, each is charged once.
    if events != visitor_count or traces != visitor_count:
        raise Broken(f"{events} usage events and {traces} traces for {visitor_count} visitor lines")
    missing = {"data", "train", "release", "accounts", "visitors", "collect", "improve", "promote"} - stages
    if missing:
        raise Broken(f"stages without a row after a finished run: {missing}")
    again = subprocess.run([session.yupu, "run", str(strategy), "--workdir", str(session.workdir), "--once", "--json"],
                           capture_output=True, text=True, cwd=session.folder, check=False)
    if again.returncode != 0 or not all(stage["skipped"] for stage in json.loads(again.stdout)["stages"]):
        raise Broken(f"the second run did work again: {again.stdout[-600:]} {again.stderr[-600:]}")


class Load:
    """Clients that ask, remember what was acknowledged, and ask again under the same Idempotency-Key until it was."""

    def __init__(self, port, key, texts):
        self.port, self.key, self.texts = port, key, texts
        self.lock = threading.Lock()
        self.acknowledged = {}  # idempotency key -> body of the answer
        self.feedback = set()   # trace ids whose feedback was acknowledged
        self.pending = []
        self.counter = 0
        self.stop = threading.Event()

    def pick_port(self):
        """Where the next connection goes."""
        return self.port

    def next_key(self):
        with self.lock:
            if self.pending:
                return self.pending.pop()
            self.counter += 1
            return f"load-{self.counter}"

    def post(self, connection, route, body, idempotency_key=None):
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        if idempotency_key:
            headers["Idempotency-Key"] = idempotency_key
        connection.request("POST", route, json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def client(self, index):
        connection = None
        while not self.stop.is_set():
            key = self.next_key()
            try:
                if connection is None:
                    connection = http.client.HTTPConnection("127.0.0.1", self.pick_port(), timeout=10)
                number = int(key.split("-")[1])
                text = self.texts[number % len(self.texts)]
                status, body = self.post(connection, "/v1/answer", {"bot": "shop", "text": text}, key)
                if status == 200:
                    with self.lock:
                        before = self.acknowledged.setdefault(key, body)
                    if before != body:
                        raise Broken(f"{key} was answered twice with different bodies")
                    trace = json.loads(body)["trace_id"]
                    if number % 5 == 0:
                        status, _ = self.post(connection, "/v1/feedback", {"trace_id": trace, "rating": 1})
                        if status in (200, 201):
                            with self.lock:
                                self.feedback.add(trace)
                elif status in (409, 429, 503):
                    with self.lock:
                        self.pending.append(key)
                    time.sleep(0.02)
                else:
                    raise Broken(f"{key}: HTTP {status} {body[:300]}")
            except (OSError, http.client.HTTPException):
                connection = None
                with self.lock:
                    self.pending.append(key)
                time.sleep(0.02)


def wait_ready(port, process, seconds=30):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise Broken(f"serve ended with {process.returncode}")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.02)
    raise Broken("the server was not ready in time")


def kill_serves(session, strategy, visitor_count, kills):
    key = (session.workdir / "secrets" / "keys" / "green-hill-tea").read_text().strip()
    texts = [json.loads(line)["text"] for line in (session.folder / "visitors.jsonl").read_text(encoding="utf-8").splitlines()]
    port = free_port()
    load = Load(port, key, texts)
    restarts = []
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        clients = [pool.submit(load.client, i) for i in range(8)]
        try:
            for _ in range(kills):
                started = time.monotonic()
                process = session.start("serve", "--strategy", strategy, "--workdir", session.workdir, "--listen", f"127.0.0.1:{port}")
                wait_ready(port, process)
                restarts.append(time.monotonic() - started)
                time.sleep(session.rng.uniform(0.0, 0.6))
                process.send_signal(signal.SIGKILL)
                process.wait()
                session.check_books()
                for client in clients:
                    if client.done():
                        client.result()
            process = session.start("serve", "--strategy", strategy, "--workdir", session.workdir, "--listen", f"127.0.0.1:{port}")
            wait_ready(port, process)
            deadline = time.monotonic() + 30
            while time.monotonic() < deadline and (load.pending or load.counter > len(load.acknowledged) + 8):
                time.sleep(0.1)
        finally:
            load.stop.set()
        for client in clients:
            client.result()
    # Whatever is still open is asked once more, one by one: now every key must be answered.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number in range(1, load.counter + 1):
        name = f"load-{number}"
        status, body = load.post(connection, "/v1/answer", {"bot": "shop", "text": texts[number % len(texts)]}, name)
        if status != 200:
            raise Broken(f"{name}: HTTP {status} {body[:300]}")
        if load.acknowledged.setdefault(name, body) != body:
            raise Broken(f"{name}: what was acknowledged before the kill is not what is stored")
    process.send_signal(signal.SIGTERM)
    if process.wait(timeout=30) != 0:
        raise Broken(f"serve ended with {process.returncode} after SIGTERM")
    session.check_books()
    with session.database() as db:
        events = db.execute("SELECT COUNT(*) FROM usage_event").fetchone()[0] - visitor_count
        traces = {trace for (trace,) in db.execute("SELECT trace_id FROM trace")}
        rated = {trace for (trace,) in db.execute("SELECT trace_id FROM feedback")}
    if events != load.counter:
        raise Broken(f"{events} usage events for {load.counter} calls")
    lost = [name for name, body in load.acknowledged.items() if json.loads(body)["trace_id"] not in traces]
    if lost:
        raise Broken(f"{len(lost)} acknowledged answers without a trace: {lost[:5]}")
    if load.feedback - rated:
        raise Broken(f"{len(load.feedback - rated)} acknowledged feedbacks are lost")
    return load.counter, len(load.feedback), max(restarts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yupu-kill-"))
    print(f"kill test: seed {options.seed}, {options.kills} kills, in {folder}", flush=True)
    session = Session(options.yupu, folder, random.Random(options.seed))
    passed = 0
    try:
        strategy, visitor_count = write_strategy(folder, options.seed % 1000)
        run_kills = options.kills // 2
        runs = kill_runs(session, strategy, visitor_count, run_kills)
        passed += 1
        print(f"run: {run_kills} kills, {runs} runs finished; books right, nothing charged twice", flush=True)
        calls, rated, slowest = kill_serves(session, strategy, visitor_count, options.kills - run_kills)
        passed += 1
        print(f"serve: {options.kills - run_kills} kills under load, {calls} calls, {rated} feedbacks; none lost, none charged "
              f"twice; slowest restart {slowest:.2f} s", flush=True)
    except Broken as broken:
        print(f"BROKEN (seed {options.seed}): {broken}")
        print(f"{passed} passed, 1 failed")
        return 1
    print(f"{passed} passed, 0 failed")
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
