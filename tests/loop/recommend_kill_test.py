#!/usr/bin/env python3
"""kill -9 at random points of `yupu serve --recommend` while events flow in and items change: every event counts once.

  recommend_kill_test.py --yupu build/release/yupu --kills 200 [--seed 1]

Every batch of events is sent three times, late and in any order; what was not answered is sent again. Meanwhile
`yupu recommend import` brings items in parts, and every other one of those is killed too. Afterwards the store must have
every event once, as it was sent, every list that was answered, and the items of every import that ended; no event was
answered as new twice; a server started anew must serve the newest item within 10 s. Prints "N passed, M failed"; exit 1
on the first broken promise.
"""
import argparse
import http.client
import json
import pathlib
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time

BATCH = 20
ITEMS_OF_PART = 40
KINDS = ["view", "click", "comment", "share", "buy"]
BEGAN = int(time.time())


class Broken(Exception):
    """A promise that did not hold."""


def make_batches(count, rng):
    return [[{"id": f"e{batch}-{n}", "user": f"u{rng.randrange(60)}", "item": f"i{rng.randrange(ITEMS_OF_PART)}",
              "kind": rng.choice(KINDS), "time": BEGAN - 10 - rng.randrange(30 * 86400)} for n in range(BATCH)]
            for batch in range(count)]


def write_items(folder, part):
    rows = [{"id": f"i{part * ITEMS_OF_PART + n}", "title": f"Item {part} {n}", "tags": [f"t{n % 5}"],
             "created": BEGAN - 3600 + part} for n in range(ITEMS_OF_PART)]
    path = folder / f"items{part}.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path.name


class Shop:
    def __init__(self, yupu, folder):
        self.yupu, self.folder = yupu, folder
        self.run("plans", "set", "books", "--monthly-tokens", "1000000", "--price", "pair_tokens=0.01",
                 "--workdir", "w")
        self.run("plans", "tenant", "acme", "--plan", "books", "--workdir", "w")
        created = self.run("keys", "create", "--tenant", "acme", "--workdir", "w")
        self.key = re.search(r"yp_\w+", created).group()
        self.added, self.lists, self.server, self.port = 0, set(), None, 0

    def run(self, *words):
        done = subprocess.run([self.yupu, *words], cwd=self.folder, capture_output=True, text=True, check=False, timeout=120)
        if done.returncode != 0:
            raise Broken(f"{' '.join(words)}: {done.returncode}: {done.stderr[-400:]}")
        return done.stdout

    def start(self):
        words = [self.yupu, "serve", "--recommend", "--listen", "127.0.0.1:0", "--workdir", "w"]
        self.server = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       text=True)
        said = []
        for line in self.server.stdout:
            said.append(line)
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found.group(1))
                threading.Thread(target=self.server.stdout.read, daemon=True).start()
                return
        raise Broken(f"the server did not start: {''.join(said)[-400:]}")

    def kill(self):
        self.server.send_signal(signal.SIGKILL)
        self.server.wait()

    def post(self, path, body):
        """The answer; None when the server was gone before it came."""
        try:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
            connection.request("POST", path, json.dumps(body), headers)
            response = connection.getresponse()
            answer = json.loads(response.read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        if response.status != 200:
            raise Broken(f"{path}: {response.status} {answer}")
        return answer

    def send(self, batch):
        answer = self.post("/v1/events", {"events": batch})
        if answer is None:
            return False
        if answer["added"] + answer["known"] != len(batch):
            raise Broken(f"of {len(batch)} events: {answer}")
        self.added += answer["added"]
        return True

    def ask(self, user, count=100):
        answer = self.post("/v1/recommend", {"user": user, "count": count, "explain": False})
        if answer is not None:
            self.lists.add(answer["impression"])
        return answer


def run_round(shop, queue, rng, part):
    """One life of the server, ended by a kill. The part of items, when its import ended."""
    shop.start()
    words = [shop.yupu, "recommend", "import", "--items", f"items{part}.jsonl", "--tenant", "acme", "--workdir", "w"]
    importing = subprocess.Popen(words, cwd=shop.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    killer = threading.Timer(rng.uniform(0.02, 0.5), shop.kill)
    killer.start()
    sent = 0
    while queue:
        if not shop.send(queue[-1]):
            break
        queue.pop()
        sent += 1
        if sent % 5 == 0 and shop.ask(f"u{rng.randrange(60)}") is None:
            break
    if rng.random() < 0.5:
        importing.kill()
    killer.join()
    return part if importing.wait() == 0 else None


def check(shop, batches, parts):
    with sqlite3.connect(shop.folder / "w" / "yupu.db", timeout=30) as store:
        if store.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
            raise Broken("the database is not whole")
        rows = store.execute("SELECT event_id, user_id, item_id, kind, time_ns FROM recommend_event").fetchall()
        wanted = sorted((event["id"], event["user"], event["item"], event["kind"], event["time"] * 10**9)
                        for batch in batches for event in batch)
        if sorted(rows) != wanted:
            raise Broken(f"{len(rows)} events in the store, {len(wanted)} were sent, or they differ")
        lists = {row[0] for row in store.execute("SELECT impression_id FROM recommend_impression")}
        if not shop.lists <= lists:
            raise Broken(f"{len(shop.lists - lists)} lists that were answered are not in the store")
        items = {row[0] for row in store.execute("SELECT item_id FROM recommend_item")}
    missing = {f"i{part * ITEMS_OF_PART + n}" for part in parts for n in range(ITEMS_OF_PART)} - items
    if missing:
        raise Broken(f"items of an import that ended are not there: {sorted(missing)[:5]}")
    if shop.added > len(wanted):
        raise Broken(f"{shop.added} events were answered as new, there are {len(wanted)}")
    return len(wanted)


def trial(shop, options, rng):
    batches = make_batches(options.kills * 12, rng)
    queue = [batch for batch in batches for _ in range(3)]
    rng.shuffle(queue)
    parts = {0}
    for part in range(options.kills + 1):
        write_items(shop.folder, part)
    shop.run("recommend", "import", "--items", "items0.jsonl", "--tenant", "acme", "--workdir", "w")
    for kill in range(options.kills):
        ended = run_round(shop, queue, rng, kill + 1)
        parts |= set() if ended is None else {ended}
    shop.start()
    while queue:
        if not shop.send(queue.pop()):
            raise Broken("the last server went away")
    events = check(shop, batches, parts)
    for batch in batches[:3]:
        before = shop.added
        shop.send(batch)
        if shop.added != before:
            raise Broken("a batch that is there was counted again")
    last = f"items{options.kills}.jsonl"
    shop.run("recommend", "import", "--items", last, "--tenant", "acme", "--workdir", "w")
    newest = {f"i{options.kills * ITEMS_OF_PART + n}" for n in range(ITEMS_OF_PART)}
    until = time.monotonic() + 10
    while not newest & {item["id"] for item in (shop.ask("u1") or {"items": []})["items"]}:
        if time.monotonic() > until:
            raise Broken("a new item is in no list after 10 s")
        time.sleep(0.1)
    shop.server.terminate()
    shop.server.wait()
    return events


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yupu-recommend-kill-"))
    print(f"recommend kill test: seed {options.seed}, {options.kills} kills, in {folder}", flush=True)
    started, shop = time.monotonic(), None
    try:
        shop = Shop(str(pathlib.Path(options.yupu).resolve()), folder)
        events = trial(shop, options, random.Random(options.seed))
    except Broken as broken:
        print(f"BROKEN (seed {options.seed}): {broken}\n0 passed, 1 failed")
        return 1
    finally:
        if shop is not None and shop.server is not None and shop.server.poll() is None:
            shop.kill()
    print(f"{options.kills} kills, {events} events sent three times and counted once, {len(shop.lists)} lists, "
          f"{time.monotonic() - started:.1f} s")
    print("1 passed, 0 failed")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
