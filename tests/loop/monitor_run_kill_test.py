#!/usr/bin/env python3
"""kill -9 at random points of `yupu monitor run`: reading, looking for surges, telling. Documents count once, alarms are
there once, and their notices arrive at a receiver that fails a third of the time, each under its own key.

  monitor_run_kill_test.py --yupu build/release/yupu --kills 7 --documents 6000 [--seed 1]

The documents are those of monitor_kill_test.py and so is the oracle of what they count, but the newest came ten minutes
ago, so that what fires still fires when it is looked at. Prints "N passed, M failed"; exit 1 on the first broken promise.
"""
import argparse
import collections
import http.server
import json
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

from monitor_kill_test import Broken, check, make_documents, write_rows, write_strategy

NEWER = 2 * 3600 - 600  # whole buckets: make_documents() ends two hours ago
LIFETIME_SECONDS = (0.95, 2.2)  # its first round begins after a second
PATIENCE_SECONDS = 60


class Receiver(http.server.BaseHTTPRequestHandler):
    lock = threading.Lock()
    rng = random.Random(1)
    arrived = []  # key, body, status

    def do_POST(self):  # noqa: N802 (the name is the base class's)
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        with Receiver.lock:
            status = 500 if Receiver.rng.random() < 1 / 3 else 204
            Receiver.arrived.append((self.headers["idempotency-key"], body, status))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *words):
        pass


def add_rules(folder, documents, port):
    """The user's own limit on two of the three topics: well below what an hour brings of negatives."""
    path = folder / "strategy.toml"
    an_hour = documents / 10 * (5 / 4) / 3 / 3  # in ten hours, topics named, topics, sentiments
    text = path.read_text(encoding="utf-8")
    for topic in ("tea", "steel"):
        text = text.replace(f'name = "{topic}"\n', f'name = "{topic}"\nabsolute_limit = {int(0.5 * an_hour)}\n')
    (folder / "secret").write_text("hush\n", encoding="utf-8")
    text += '[[monitor.file]]\npath = "rows.jsonl"\n[[monitor.route]]\nname = "desk"\nsecret_file = "secret"\n'
    text += f'url = "http://127.0.0.1:{port}/"\nwait_seconds = 0\nallow_private_addresses = true\n'
    path.write_text(text, encoding="utf-8")


def start(yupu, folder):
    with open(folder / "run.log", "ab") as log:
        words = [yupu, "monitor", "run", "strategy.toml", "--workdir", "work"]
        return subprocess.Popen(words, cwd=folder, stdout=log, stderr=log)


def states(folder):
    """Of the notices; none before there is a store."""
    try:
        with sqlite3.connect(folder / "work" / "yupu.db", timeout=30) as store:
            return [state for state, in store.execute("SELECT state FROM monitor_notice")]
    except sqlite3.OperationalError:
        return []


def starts(folder):
    log = folder / "run.log"
    return log.read_text(encoding="utf-8").count("event=monitor_started") if log.exists() else 0


def run(yupu, folder, kills, rng):
    for _ in range(kills):
        process = start(yupu, folder)
        time.sleep(rng.uniform(*LIFETIME_SECONDS))
        if process.poll() is not None:
            raise Broken(f"it ended by itself: {(folder / 'run.log').read_text()[-500:]}")
        process.send_signal(signal.SIGKILL)
        process.wait()
    before = starts(folder)
    process = start(yupu, folder)
    until = time.monotonic() + PATIENCE_SECONDS
    # All may have been told before the last kill; a process that has not begun is ended by the signal itself.
    while (set(states(folder)) != {"sent"} or starts(folder) == before) and time.monotonic() < until:
        time.sleep(0.1)
    process.terminate()
    if (status := process.wait(timeout=30)) != 0:
        raise Broken(f"the monitor did not end as it should: {status}")


def check_alarms(yupu, folder):
    with sqlite3.connect(folder / "work" / "yupu.db") as store:
        alarms = dict(store.execute("SELECT alarm, fired_count FROM monitor_alarm"))
        firing = store.execute("SELECT alarm FROM monitor_audit WHERE event = 'firing'")
        fired = collections.Counter(alarm for alarm, in firing)
        notices = dict(store.execute("SELECT id, body FROM monitor_notice"))
    if not alarms or dict(fired) != alarms:
        raise Broken(f"alarms {alarms}, in the audit log {dict(fired)}")
    words = [yupu, "monitor", "replay", "strategy.toml", "--workdir", "work", "--json"]
    replayed = json.loads(subprocess.run(words, cwd=folder, capture_output=True, text=True, check=True).stdout)
    if replayed["fired"] != sum(alarms.values()):
        raise Broken(f"a replay fires {replayed['fired']} times, live it was {alarms}")
    bodies = [json.loads(body) for body in notices.values()]
    told = collections.Counter((alarm["alarm"], alarm["state"]) for body in bodies for alarm in body["alarms"])
    if set(states(folder)) != {"sent"} or set(told.values()) != {1} or not {alarm for alarm, _ in told} <= set(alarms):
        raise Broken(f"notices are {states(folder)}, of {dict(told)}")
    taken = {key for key, _, status in Receiver.arrived if status == 204}
    wrong = [key for key, body, _ in Receiver.arrived if notices.get(key) != body]
    if taken != set(notices) or wrong:
        raise Broken(f"taken: {taken}, written: {set(notices)}, of another body: {wrong}")
    return len(alarms), len(notices)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--documents", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    yupu = str(pathlib.Path(options.yupu).resolve())
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yupu-monitor-run-kill-"))
    print(f"monitor run kill test: seed {options.seed}, {options.kills} kills, {options.documents} documents, {folder}", flush=True)
    rng = random.Random(options.seed)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        write_strategy(folder)
        add_rules(folder, options.documents, server.server_port)
        rows = make_documents(options.documents, rng)
        for row in rows:
            row["published"] += NEWER
            row["received"] += NEWER
        write_rows(folder / "rows.jsonl", rows)
        run(yupu, folder, options.kills, rng)
        buckets = check(folder, rows)
        alarms, notices = check_alarms(yupu, folder)
    except Broken as broken:
        print(f"BROKEN (seed {options.seed}): {broken}")
        print("0 passed, 1 failed")
        return 1
    told = f"{alarms} alarms once, {notices} notices in {len(Receiver.arrived)} attempts"
    print(f"run: {options.kills} kills, {len(rows)} rows, {buckets} buckets, {told}")
    print("1 passed, 0 failed")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
