#!/usr/bin/env python3
"""A large shop whose tastes are known, through the real binary: what it takes in, how fast it answers, what it finds.

    recommend_simulation.py WORKDIR [--items N] [--users N] [--events N] [--rates 50,100] [--seconds N]
                            [--model DIR] [--cross-encoder DIR] [--trial]

Items have texts of their topic's words; a user has two topics, and one of them is another one in the last third of the
time (drift). Of a user's events nine in ten are of a topic of theirs, the items of a topic by how liked they are
(1 / rank).
The working folder is made anew: it must not be there. --model releases a tower with `retrain` before serving;
--cross-encoder a model of `recommend train --type cross-encoder`, after all else has been measured without it. --trial:
2,000 items, 1,000 users, 10,000 events, 20/s for three seconds, to see that all of it works; its figures are not kept.
Printed, and appended to bench/results/recommend.jsonl:
  import     items a second and events a second, from files
  start      seconds until the first list is answered, the server's memory then
  ingestion  events a second through POST /v1/events, 1,000 a request, two senders
  relevance  of the first twenty of lists for 200 drawn users: recall of the twenty unseen items that the user is
             likeliest to touch next by what is known of the generator; the share of a topic they have now, and of the
             one they had before; and the recall of the list a stranger is given (recent popularity), for the same users
  latency    ms at each rate, open loop: requests leave by the clock, whether answers have come or not, with and without
             reasons; every tenth request is preceded by an event; with --cross-encoder again with it, without reasons
  new item   seconds until an item that was imported beside the server is known to it, and its place in the list of a
             stranger who looks at an item with the same words
"""
import argparse
import concurrent.futures
import json
import math
import pathlib
import queue
import random
import re
import subprocess
import threading
import time
import urllib.request

import record

TOPICS, WORDS, DAY = 200, 40, 86_400
BEGIN = int(time.time()) - 60 * DAY


def word(topic, number):
    syllables = ["ka", "lo", "mi", "ne", "ru", "sa", "te", "vi", "po", "du"]
    value = topic * WORDS + number
    return "".join(syllables[value // 10**place % 10] for place in range(5))


class Shop:
    """Items by topic, tastes and what everybody has touched."""

    def __init__(self, given, rng):
        self.given, self.rng = given, rng
        self.topic_of = [rng.randrange(TOPICS) for _ in range(given.items)]
        self.of_topic = [[] for _ in range(TOPICS)]
        for item, topic in enumerate(self.topic_of):
            self.of_topic[topic].append(item)
        drawable = [topic for topic in range(TOPICS) if self.of_topic[topic]]
        self.tastes = [tuple(rng.choice(drawable) for _ in range(3)) for _ in range(given.users)]  # stays, had, has
        self.touched = {}  # of the users that are asked about

    def write_items(self, file):
        with open(file, "w", encoding="utf-8") as out:
            for item, topic in enumerate(self.topic_of):
                words = [word(topic, int(WORDS * self.rng.random() ** 2)) for _ in range(12)]
                row = {"id": f"i{item}", "title": " ".join(words[:4]), "description": " ".join(words[4:]),
                       "tags": [f"topic {topic}"], "created": BEGIN - DAY}
                out.write(json.dumps(row) + "\n")

    def draw(self, user, at):
        """The item a user touches at that share of the time."""
        stays, had, has = self.tastes[user]
        topic = self.rng.choice([stays, had if at < 2 / 3 else has])
        if self.rng.random() >= 0.9:
            return self.rng.randrange(self.given.items)
        liked = self.of_topic[topic]
        return liked[min(len(liked) - 1, int(len(liked) ** self.rng.random()) - 1)]

    def write_events(self, file, asked):
        per_user = max(1, self.given.events // self.given.users)
        self.touched = {user: set() for user in asked}
        with open(file, "w", encoding="utf-8") as out:
            for user in range(self.given.users):
                for at in sorted(self.rng.random() for _ in range(per_user)):
                    item = self.draw(user, at)
                    if user in self.touched:
                        self.touched[user].add(item)
                    kind = self.rng.choices(["view", "click", "buy"], [6, 3, 1])[0]
                    when = BEGIN + int(at * 60 * DAY)
                    out.write(f'{{"user":"u{user}","item":"i{item}","kind":"{kind}","time":{when}}}\n')
        return per_user * self.given.users

    def likeliest(self, user, count):
        """Unseen items by their chance to be touched next."""
        chance = {}
        for topic in (self.tastes[user][0], self.tastes[user][2]):
            size = len(self.of_topic[topic])
            for rank, item in enumerate(self.of_topic[topic]):
                chance[item] = chance.get(item, 0.0) + drawn_chance(rank, size)
        unseen = [item for item in chance if item not in self.touched[user]]
        return sorted(unseen, key=lambda item: (-chance[item], item))[:count]


def drawn_chance(rank, size):
    """That `draw` takes the item of a topic at this rank: int(size ** u) - 1 for u drawn from [0, 1)."""
    if size == 1:
        return 1.0
    return (math.log(rank + 2) - math.log(rank + 1)) / math.log(size) if rank + 1 < size else 0.0


class Server:
    """yupu serve over the imported shop, until it is left."""

    def __init__(self, given, folder, key):
        words = [given.yupu, "serve", "--recommend", "--listen", "127.0.0.1:0", "--workdir", str(folder / "w")]
        self.key, self.started = key, time.monotonic()
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.address = next(m.group() for line in self.process.stdout if (m := re.search(r"http://[0-9.]+:\d+", line)))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def post(self, path, body):
        head = {"content-type": "application/json", "authorization": f"Bearer {self.key}"}
        request = urllib.request.Request(self.address + path, json.dumps(body).encode(), head)
        with urllib.request.urlopen(request, timeout=3600) as response:
            return json.load(response)

    def memory_mb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def open_loop(server, given, rate, reasons, rng):
    due, taken, failed = queue.Queue(), [], []

    def work():
        while (task := due.get()) is not None:
            at, user, number = task
            try:
                if number % 10 == 0:
                    server.post("/v1/events", {"user": user, "item": f"i{rng.randrange(given.items)}", "kind": "view",
                                               "time": int(time.time()) - 1})
                server.post("/v1/recommend", {"user": user, "count": 10, "explain": reasons})
                taken.append((time.monotonic() - at) * 1000)
            except OSError as error:
                failed.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(48)]
    for thread in threads:
        thread.start()
    begin = time.monotonic()
    for number in range(int(rate * given.seconds)):
        at = begin + number / rate
        time.sleep(max(0.0, at - time.monotonic()))
        due.put((at, f"u{rng.randrange(given.users)}", number))
    for _ in threads:
        due.put(None)
    for thread in threads:
        thread.join()
    taken.sort()
    quantile = lambda share: round(taken[int(share * (len(taken) - 1))], 1) if taken else None
    return {"rate": rate, "reasons": reasons, "answers": len(taken), "failed": len(failed), "ms_p50": quantile(0.5),
            "ms_p99": quantile(0.99)}


def relevance(server, shop, asked):
    ids = lambda user: [int(one["id"][1:]) for one in
                        server.post("/v1/recommend", {"user": user, "count": 20, "explain": False})["items"]]
    stranger = set(ids("stranger"))
    sums = dict.fromkeys(["recall_at_20", "recall_at_20_of_popular", "now", "before"], 0.0)
    for user in asked:
        stays, had, has = shop.tastes[user]
        best, listed = set(shop.likeliest(user, 20)), ids(f"u{user}")
        sums["recall_at_20"] += len(best & set(listed)) / max(1, len(best))
        sums["recall_at_20_of_popular"] += len(best & stranger) / max(1, len(best))
        topics = [shop.topic_of[item] for item in listed]
        sums["now"] += sum(topic in (stays, has) for topic in topics) / max(1, len(topics))
        sums["before"] += sum(topic == had for topic in topics) / max(1, len(topics))
    return {"users": len(asked), **{name: round(value / len(asked), 3) for name, value in sums.items()}}


def ingested(server, shop, requests):
    """Events a second; every answer must say that all of them were new."""
    now, bodies = int(time.time()), []
    for number in range(requests):
        users = [shop.rng.randrange(shop.given.users) for _ in range(1000)]
        bodies.append({"events": [{"id": f"more-{number}-{n}", "user": f"u{user}", "item": f"i{shop.draw(user, 1.0)}",
                                   "kind": "view", "time": now - 5} for n, user in enumerate(users)]})
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(2) as senders:
        added = sum(answer["added"] for answer in senders.map(lambda body: server.post("/v1/events", body), bodies))
    if added != 1000 * requests:
        raise SystemExit(f"{added} events were counted of {1000 * requests}")
    return {"events": added, "events_per_s": round(added / (time.monotonic() - begin))}


def new_item(run, server, folder):
    """Seconds until an imported item is known, and where it stands for somebody who looks at one with the same words."""
    alike = json.loads((folder / "items.jsonl").read_text(encoding="utf-8").split("\n", 1)[0])
    item = {**alike, "id": "new", "created": int(time.time()) - 60}
    (folder / "new.jsonl").write_text(json.dumps(item) + "\n", encoding="utf-8")
    run("recommend", "import", "--items", str(folder / "new.jsonl"))
    begin = time.monotonic()
    while time.monotonic() - begin < 120:
        known = server.post("/v1/recommend/rerank", {"user": "stranger", "items": ["new"], "explain": False})["items"]
        if known[0].get("score") is not None:
            seconds = round(time.monotonic() - begin, 2)
            asked = {"user": "stranger", "context": [alike["id"]], "count": 100, "explain": False}
            listed = [one["id"] for one in server.post("/v1/recommend", asked)["items"]]
            return {"seconds": seconds, "place": listed.index("new") + 1 if "new" in listed else None}
        time.sleep(0.2)
    return {"seconds": None, "place": None}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work")
    parser.add_argument("--yupu", default=str(record.ROOT / "build" / "release" / "yupu"))
    for name, default in [("items", 100_000), ("users", 100_000), ("events", 500_000), ("seconds", 20), ("seed", 1)]:
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--rates", default="50,100")
    parser.add_argument("--model")
    parser.add_argument("--cross-encoder")
    parser.add_argument("--trial", action="store_true")
    given = parser.parse_args()
    if given.trial:
        given.items, given.users, given.events, given.seconds, given.rates = 2000, 1000, 10_000, 3, "20"
    return given


def main():
    given = arguments()
    rng, folder = random.Random(given.seed), pathlib.Path(given.work)
    folder.mkdir(parents=True)
    shop, rows = Shop(given, rng), []
    asked = rng.sample(range(given.users), min(200, given.users))
    shop.write_items(folder / "items.jsonl")
    given.events = shop.write_events(folder / "events.jsonl", asked)

    def run(*words):
        mine = [] if words[0] in ("plans", "keys") else ["--tenant", "acme"]
        command = [given.yupu, *words, *mine, "--workdir", str(folder / "w")]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    def tell(name, columns):
        shape = {"items": given.items, "users": given.users, "events": given.events}
        print(name, json.dumps(columns), flush=True)
        rows.append({"row": f"recommend simulation {name}", "bench": "recommend_simulation",
                     "columns": {**shape, **columns}})

    def per_second(flag, file, count):
        begin = time.monotonic()
        run("recommend", "import", flag, str(folder / file))
        return round(count / (time.monotonic() - begin))

    run("plans", "set", "shop", "--monthly-tokens", "1000000000", "--price", "pair_tokens=0.01")
    run("plans", "tenant", "acme", "--plan", "shop")
    key = re.search(r"yp_\w+", run("keys", "create", "--tenant", "acme")).group()
    tell("import", {"items_per_s": per_second("--items", "items.jsonl", given.items),
                    "events_per_s": per_second("--events", "events.jsonl", given.events)})
    if given.model:
        run("recommend", "retrain", "--model", given.model, "--loss-max", "1")
    with Server(given, folder, key) as server:
        server.post("/v1/recommend", {"user": "u0"})
        tell("start", {"seconds": round(time.monotonic() - server.started, 1), "memory_mb": round(server.memory_mb())})
        tell("relevance", relevance(server, shop, asked))
        for rate in map(int, given.rates.split(",")):
            for reasons in (False, True):
                name = f"latency {rate}/s{' with reasons' if reasons else ''}"
                tell(name, open_loop(server, given, rate, reasons, rng))
        tell("new item", new_item(run, server, folder))
        tell("ingestion", {**ingested(server, shop, 2 if given.trial else 50), "memory_mb": round(server.memory_mb())})
    if given.cross_encoder:
        run("recommend", "retrain", "--cross-encoder", given.cross_encoder, "--loss-max", "1")
        with Server(given, folder, key) as server:
            server.post("/v1/recommend", {"user": "u0"})
            for rate in map(int, given.rates.split(",")):
                tell(f"latency {rate}/s cross-encoder", open_loop(server, given, rate, False, rng))
    if not given.trial:
        record.append("recommend.jsonl", rows, "bench/recommend_simulation.py WORKDIR")


if __name__ == "__main__":
    main()
