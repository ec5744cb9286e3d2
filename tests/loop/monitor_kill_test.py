#!/usr/bin/env python3
"""kill -9 at random points of `yupu monitor push` while documents flow in: every document has its effect once.

  monitor_kill_test.py --yupu build/release/yupu --kills 200 --documents 100000 [--seed 1]

One in ten documents is delivered a second time, one in twenty was published up to two hours before it is received, one in
fifty repeats another's text for another publisher. After the last kill the counts of every topic and bucket, the publishers,
what became of the documents and how far the source was read must be what the oracle below says. Prints "N passed, M failed";
exit 1 on the first broken promise.
"""
import argparse
import collections
import datetime
import json
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

BUCKET = 300
LATE = 2 * 3600
RESTART_SECONDS = 5  # from the start of a process to the first document it counts
TOPICS = {"tea": ["Green Hill", "青山茶"], "water": ["White River"], "steel": ["钢铁股份"]}
SENTIMENTS = ["negative", "neutral", "positive"]
SYLLABLES = ["ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu", "dra", "fen", "gol", "hir", "jam", "pol"]


class Broken(Exception):
    """A promise that did not hold."""


def write_strategy(folder):
    text = '[strategy]\nname = "killed"\n[monitor]\n'
    for name, aliases in TOPICS.items():
        text += f'[[monitor.topic]]\nname = "{name}"\naliases = {json.dumps(aliases, ensure_ascii=False)}\n'
    (folder / "strategy.toml").write_text(text, encoding="utf-8")


def utc(second):
    return datetime.datetime.fromtimestamp(second, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def make_documents(count, rng):
    """Rows in the order received."""
    begin = int(time.time()) // BUCKET * BUCKET - 12 * 3600
    fresh, rows = [], []
    for number in range(count):
        received = begin + number * 10 * 3600 // count
        draw = rng.random()
        if draw < 0.10 and fresh:
            row = dict(rng.choice(fresh[-2000:]), received=received)
        else:
            late = rng.randrange(LATE) if rng.random() < 0.05 else rng.randrange(30)
            words = " ".join("".join(rng.choices(SYLLABLES, k=2)) for _ in range(14))
            named = rng.sample(sorted(TOPICS), rng.choice([1, 1, 1, 2]))
            text = " ".join(rng.choice(TOPICS[topic]) for topic in named) + " " + words
            if rng.random() < 0.02 and fresh:
                twin = rng.choice(fresh[-500:])
                text, named = twin["text"], twin["topics"]
            row = {"guid": f"d{number}", "text": text, "topics": named, "published": received - late, "received": received,
                   "publisher": f"paper {rng.randrange(40)}", "sentiment": rng.choice(SENTIMENTS)}
            fresh.append(row)
        rows.append(row)
    return rows


def oracle(rows):
    """What the monitor must have counted, without a database and without a crash."""
    seen, stories = set(), set()
    counts = collections.defaultdict(lambda: [0, 0, 0])
    publishers, outcomes = set(), collections.Counter()
    texts = set()
    for row in rows:
        if row["guid"] in seen:
            outcomes["repeated"] += 1
            continue
        seen.add(row["guid"])
        outcomes["reprint" if row["text"] in texts else "new"] += 1
        texts.add(row["text"])
        if row["published"] // BUCKET < row["received"] // BUCKET - LATE // BUCKET:
            outcomes["late"] += 1
            continue
        for topic in row["topics"]:
            if (topic, row["text"]) in stories:
                continue
            stories.add((topic, row["text"]))
            bucket = row["published"] // BUCKET * BUCKET
            count = counts[topic, bucket]
            count[0] += 1
            count[1] += row["sentiment"] == "negative"
            count[2] += row["sentiment"] == "positive"
            publishers.add((topic, bucket, row["publisher"]))
    return dict(counts), publishers, dict(outcomes)


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        for row in rows:
            line = {key: row[key] for key in ("guid", "text", "publisher", "sentiment")}
            line.update(published=utc(row["published"]), received=utc(row["received"]))
            out.write(json.dumps(line, ensure_ascii=False) + "\n")


def read_store(path):
    with sqlite3.connect(path, timeout=30) as store:
        store.execute("PRAGMA query_only = 1")
        counts = {(topic, bucket // 10**9): list(count) for topic, bucket, *count in store.execute(
            "SELECT topic, bucket_ns, total, negative, positive FROM monitor_count")}
        publishers = {(topic, bucket // 10**9, publisher) for topic, bucket, publisher in store.execute(
            "SELECT topic, bucket_ns, publisher FROM monitor_count_publisher")}
        outcomes = dict(store.execute("SELECT outcome, count FROM monitor_outcome"))
        position = json.loads(store.execute("SELECT position FROM monitor_source").fetchone()[0])
        documents = store.execute("SELECT COUNT(*), COUNT(DISTINCT document) FROM monitor_document").fetchone()
    return counts, publishers, outcomes, position["bytes"], documents


def push(yupu, folder):
    return subprocess.Popen([yupu, "monitor", "push", "strategy.toml", "rows.jsonl", "--workdir", "work"], cwd=folder,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def counted(folder):
    """Documents that something became of."""
    try:
        with sqlite3.connect(folder / "work" / "yupu.db", timeout=30) as store:
            return store.execute("SELECT COALESCE(SUM(count), 0) FROM monitor_outcome").fetchone()[0]
    except sqlite3.OperationalError:  # killed before there was a store
        return 0


def restart(yupu, folder):
    """The push after the last kill; it has counted a document within RESTART_SECONDS, or had none left."""
    before, started = counted(folder), time.monotonic()
    process = push(yupu, folder)
    while process.poll() is None and counted(folder) == before:
        if time.monotonic() - started > RESTART_SECONDS:
            raise Broken(f"nothing was counted in the {RESTART_SECONDS} s after a restart")
        time.sleep(0.01)
    return process


def run(yupu, folder, kills, rng):
    """Kills up to `kills` times, until every row was read; then reads the rest, if there is one."""
    done, finished = 0, False
    started = time.monotonic()
    while done < kills and not finished:
        process = push(yupu, folder)
        try:
            _, errors = process.communicate(timeout=rng.uniform(0.01, 0.15))
            if process.returncode != 0:
                raise Broken(f"push ended with {process.returncode}: {errors.decode()[-500:]}")
            finished = True
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.communicate()
            done += 1
    process = restart(yupu, folder)
    _, errors = process.communicate(timeout=600)
    if process.returncode != 0:
        raise Broken(f"the last push ended with {process.returncode}: {errors.decode()[-500:]}")
    return done, time.monotonic() - started


def check(folder, rows):
    counts, publishers, outcomes, position, (documents, distinct) = read_store(folder / "work" / "yupu.db")
    wanted_counts, wanted_publishers, wanted_outcomes = oracle(rows)
    if outcomes != wanted_outcomes:
        raise Broken(f"outcomes {outcomes}, not {wanted_outcomes}")
    if counts != wanted_counts:
        wrong = [key for key in set(counts) | set(wanted_counts) if counts.get(key) != wanted_counts.get(key)]
        raise Broken(f"{len(wrong)} buckets differ: {wrong[0]}: {counts.get(wrong[0])}, not {wanted_counts.get(wrong[0])}")
    if publishers != wanted_publishers:
        raise Broken(f"{len(publishers ^ wanted_publishers)} publishers of buckets differ")
    if position != (folder / "rows.jsonl").stat().st_size:
        raise Broken(f"read up to byte {position}")
    if documents != distinct or documents != len({row["guid"] for row in rows}):
        raise Broken(f"{documents} documents, {distinct} different ones")
    return len(counts)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--documents", type=int, default=100000)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--keep", action="store_true", help="keep the working folder")
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yupu-monitor-kill-"))
    print(f"monitor kill test: seed {options.seed}, {options.kills} kills, {options.documents} documents, in {folder}", flush=True)
    rng = random.Random(options.seed)
    try:
        write_strategy(folder)
        rows = make_documents(options.documents, rng)
        write_rows(folder / "rows.jsonl", rows)
        kills, seconds = run(str(pathlib.Path(options.yupu).resolve()), folder, options.kills, rng)
        if kills < options.kills // 2:
            raise Broken(f"only {kills} kills: give it more documents")
        buckets = check(folder, rows)
    except Broken as broken:
        print(f"BROKEN (seed {options.seed}): {broken}")
        print("0 passed, 1 failed")
        return 1
    print(f"push: {kills} kills, {len(rows)} rows, {buckets} buckets as the oracle says, {seconds:.1f} s")
    print("1 passed, 0 failed")
    if not options.keep:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
