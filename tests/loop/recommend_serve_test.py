#!/usr/bin/env python3
"""The bookshop of examples/bookshop served by the real binary: events counted once, lists that follow a reader's taste, without what
was seen or hidden, with reasons; what is imported, told over HTTP, hidden and ruled beside the running server; a caller's own items in
order; what is refused; a start anew; a reader forgotten.
recommend_serve_test.py --yupu build/release/yupu"""
import contextlib
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from trial import Trial, yupu_from_arguments

DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "bookshop" / "data"


def rows(name):
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


@contextlib.contextmanager
def served(trial, *words):
    with subprocess.Popen([trial.yupu, "serve", *words, "--listen", "127.0.0.1:0", "--workdir", "w"], cwd=trial.folder, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True) as server:
        try:
            address = next(found.group() for line in server.stdout if (found := re.search(r"http://[0-9.]+:\d+", line)))
            threading.Thread(target=server.stdout.read, daemon=True).start()  # so that what it says never fills the pipe
            yield address
        finally:
            server.terminate()


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        run, expect = trial.run, trial.expect
        items, events, tastes = rows("items.jsonl"), rows("events.jsonl"), json.loads((DATA / "tastes.json").read_text())
        topic_of = {item["id"]: item["tags"][1] for item in items}
        run("plans", "set", "books", "--monthly-tokens", "1000000", "--price", "pair_tokens=0.01", "--workdir", "w")
        run("plans", "tenant", "acme", "--plan", "books", "--workdir", "w")
        key = re.search(r"yp_\w+", run("keys", "create", "--tenant", "acme", "--workdir", "w")).group()
        reading = re.search(r"yp_\w+", run("keys", "create", "--tenant", "acme", "--scope", "read", "--workdir", "w")).group()
        telling = re.search(r"yp_\w+", run("keys", "create", "--tenant", "acme", "--scope", "admin", "--workdir", "w")).group()
        mine = ["--tenant", "acme", "--workdir", "w"]
        run("recommend", "import", "--items", str(DATA / "items.jsonl"), "--events", str(DATA / "events.jsonl"), *mine)
        touched = {}
        for event in events:
            touched.setdefault(event["user"], set()).add(event["item"])

        def post(address, path, body, key=key, kind="application/json", status=200):
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            request = urllib.request.Request(address + path, data, {"content-type": kind, "authorization": f"Bearer {key}"})
            try:
                with urllib.request.urlopen(request, timeout=60) as response:
                    got, answer = response.status, json.load(response)
            except urllib.error.HTTPError as error:
                got, answer = error.code, json.load(error)
            expect(got == status, f"{path} {str(body)[:200]}: {got} {answer}")
            return answer

        def until(what, found, seconds):
            end = time.monotonic() + seconds
            while not found():
                if time.monotonic() > end:
                    return expect(False, f"{what}: not within {seconds} s")
                time.sleep(0.05)

        with served(trial, "--recommend") as address:
            ask = lambda body, **more: post(address, "/v1/recommend", body, **more)
            ids = lambda answer: [item["id"] for item in answer["items"]]
            # Readers have seen much of their topics; what is left of them must stand in lists more often than by chance.
            hits, chance, reasons = 0, 0.0, 0
            for reader, topics in tastes.items():
                answer = ask({"user": reader})
                expect(not answer["fallback"] and len(answer["items"]) == 10, f"{reader}: {answer}")
                expect(not touched[reader] & set(ids(answer)), f"{reader} is given what they have seen")
                hits += sum(topic_of[item] in topics for item in ids(answer))
                unseen = [item["id"] for item in items if item["id"] not in touched[reader]]
                chance += 10 * sum(topic_of[item] in topics for item in unseen) / len(unseen)
                for item in answer["items"]:
                    if item["reason"]["kind"] == "because_of":
                        reasons += 1
                        expect(item["reason"]["item"] in touched[reader] and item["reason"]["title"], f"{item}")
            expect(hits > 1.5 * chance, f"{hits} books to their readers' tastes, {chance:.0f} by chance")
            expect(reasons > 0, "no list has a reason out of a reader's history")
            expect(ids(ask({"user": "reader-01"})) == ids(ask({"user": "reader-01"})), "two lists of one moment differ")

            stranger = ask({"user": "stranger", "count": 5})
            expect(stranger["fallback"] and stranger["unknown_user"] and len(stranger["items"]) == 5, f"{stranger}")
            session = ask({"user": "stranger", "context": ["sea-1", "sea-2"], "count": 5})
            expect(not session["fallback"] and any(topic_of[item] == "sea" for item in ids(session)), f"{session}")

            now = int(time.time())
            click = {"id": "c1", "user": "stranger", "item": "tea-1", "kind": "click", "time": now - 5}
            for sent in [({"added": 1, "known": 0}), ({"added": 0, "known": 1}), ({"added": 0, "known": 1})]:
                expect(post(address, "/v1/events", click) == sent, "an event sent again")
            until("an event changes the user's list", lambda: not ask({"user": "stranger"})["fallback"], 5)
            late = [{"id": "c3", "user": "stranger", "item": "tea-3", "kind": "buy", "time": now - 86400 * 30},
                    {"id": "c2", "user": "stranger", "item": "tea-2", "kind": "view", "time": now - 60}]
            expect(post(address, "/v1/events", {"events": late}) == {"added": 2, "known": 0}, "a batch, late and out of order")
            lines = "".join(json.dumps({**click, "id": f"n{n}", "item": "tea-4"}) + "\n" for n in range(3)).encode()
            expect(post(address, "/v1/events", lines, kind="application/x-ndjson") == {"added": 3, "known": 0}, "a line each")
            until("what was touched is in no list", lambda: not {"tea-1", "tea-2", "tea-3", "tea-4"} & set(ids(ask({"user": "stranger", "count": 100}))), 5)

            # Beside the running server: an item comes, an item goes.
            trial.write_rows("more.jsonl", [{"id": "tea-new", "title": "新茶 · New Tea", "tags": ["茶", "tea"], "created": now - 3600}])
            run("recommend", "import", "--items", "more.jsonl", *mine)
            until("a new item", lambda: "tea-new" in ids(ask({"user": "stranger", "count": 100})), 10)
            told = {"id": "tea-told", "title": "雨前茶 · Tea before the Rain", "tags": ["茶", "tea"], "created": now - 60}
            expect(post(address, "/v1/items", told, key=telling) == {"added": 1, "changed": 0, "known": 0}, "an item over HTTP")
            post(address, "/v1/items", told, status=403)
            until("an item told over HTTP", lambda: "tea-told" in ids(ask({"user": "stranger", "count": 100})), 10)
            run("recommend", "rules", str(DATA.parent / "rules.json"), *mine)
            home = ask({"user": "stranger", "surface": "home"})
            expect(home["items"][2]["id"] == "sea-3" and "pinned" in home["items"][2]["flags"], f"a pin: {home}")
            (trial.folder / "bad.json").write_text('{"pin": [{"item": "sea-3", "position": 0}]}')
            expect("bad.json: pin[0].position" in run("recommend", "rules", "bad.json", *mine, code=2), "a bad rule")
            run("recommend", "rules", "--clear", *mine)
            expect(not json.loads(run("recommend", "rules", "--json", *mine))["pin"], "rules were cleared")
            topic = tastes["reader-01"][0]
            other = next(topic_of[item["id"]] for item in items if topic_of[item["id"]] not in tastes["reader-01"])
            given = [{"id": "x-other", "title": f"A new book of {other}", "tags": [other]}, "nowhere",
                     {"id": "x-mine", "title": f"A new book of {topic}", "tags": [topic]}]
            order = post(address, "/v1/recommend/rerank", {"user": "reader-01", "items": given})
            expect(ids(order) == ["x-mine", "x-other", "nowhere"] and order["items"][2]["flags"] == ["unknown"], f"{order}")
            first = ids(ask({"user": "reader-01"}))[0]
            run("recommend", "hide", first, *mine)
            expect(first not in ids(ask({"user": "reader-01", "count": 100})), "a hidden item is given")
            run("recommend", "hide", first, "--undo", *mine)
            expect(first in ids(ask({"user": "reader-01", "count": 100})), "a shown item is not given")
            explained = json.loads(run("recommend", "explain", "reader-01", first, "--json", *mine))
            expect(explained["history"] and {part["item"] for part in explained["history"]} <= touched["reader-01"], f"{explained}")

            # Bad input.
            field = lambda answer: answer.get("field")
            expect(field(post(address, "/v1/events", {**click, "item": "tea-9"}, status=409)) == "id", "an id with another content")
            expect(field(post(address, "/v1/events", {**click, "kind": "like"}, status=400)) == "kind", "a kind")
            expect(field(post(address, "/v1/events", {**click, "time": now + 9999}, status=400)) == "time", "the future")
            expect(field(post(address, "/v1/events", {"events": [click, {}]}, status=400)) == "events[1].user", "an event of a batch")
            expect(field(post(address, "/v1/events", {"events": [click] * 1001}, status=413)) == "events", "too many")
            expect(field(ask({"user": "u", "count": 0}, status=400)) == "count", "a count of nothing")
            expect(field(ask({"user": "u", "count": 10000}, status=400)) == "count", "a count of too much")
            expect(field(ask({}, status=400)) == "user", "nobody")
            ask({"user": "u"}, key=reading, status=403)
            ask({"user": "u"}, key="yp_none", status=401)
        with served(trial, "--recommend", "--strategy", str(DATA.parent / "strategy.toml")) as address:
            again = post(address, "/v1/recommend", {"user": "stranger"})
            expect(not again["fallback"], "a start anew has forgotten")
        topic = '[strategy]\nname = "books"\n[recommend]\n[[recommend.kafka]]\nbrokers = "127.0.0.1:1"\ntopic = "clicks"\n'
        (trial.folder / "topic.toml").write_text(topic)
        with served(trial, "--recommend", "--strategy", "topic.toml") as address:
            def troubles():
                with contextlib.closing(sqlite3.connect(trial.folder / "w" / "yupu.db")) as store:
                    return store.execute("SELECT source, outcome FROM recommend_source_outcome").fetchall()
            until("a topic whose broker is away is counted", lambda: troubles() == [("kafka:clicks", "failed_connect")], 15)
            expect(len(post(address, "/v1/recommend", {"user": "stranger"})["items"]) == 10, "lists do not wait for brokers")
        (trial.folder / "whose.toml").write_text(topic + 'tenant = "nobody"\n')
        whose = run("serve", "--recommend", "--strategy", "whose.toml", "--listen", "127.0.0.1:0", "--workdir", "w", code=2)
        expect("recommend.kafka[0].tenant" in whose, f"whose events: {whose}")
        expect("nothing to serve" in run("serve", "--workdir", "w", code=2), "serve without anything")
        run("recommend", "forget", "stranger", *mine)
        with sqlite3.connect(trial.folder / "w" / "yupu.db") as store:
            tables = [row[0] for row in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'recommend%'")]
            found = [name for name in tables for row in store.execute(f'SELECT * FROM "{name}"') if any("stranger" in str(cell) for cell in row)]
        expect(tables and not found, f"a forgotten user is found in {found}")
    return trial.finish("recommend: served, explained, hidden, refused")


if __name__ == "__main__":
    sys.exit(main())
