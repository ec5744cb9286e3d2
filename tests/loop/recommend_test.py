#!/usr/bin/env python3
"""Recommendation through the real binary: behaviour imported, more than once and out of order; methods compared, alike every
time; a user forgotten; whose it is; and what is refused.   recommend_test.py --yupu build/release/yupu"""
import json
import random
import sys
import tempfile

from trial import Trial, yupu_from_arguments

TOPICS = ["tea", "bread", "bicycle", "guitar"]
WORDS = ["new", "old", "red", "blue", "small", "large"]
BEGIN, DAY = 1_700_000_000, 86_400
NEW_ITEMS = 3  # of each topic: touched in the last tenth of the time alone


def shop(seed):
    chance = random.Random(seed)
    items = [{"id": f"{topic}-{n}", "title": f"{chance.choice(WORDS)} {topic}", "tags": [topic]} for topic in TOPICS for n in range(12)]
    events = []
    for user in range(40):
        for i in range(9):
            topic = TOPICS[chance.randrange(4)] if chance.random() < 0.1 else TOPICS[user % 4]
            late = i == 8
            n = 11 - chance.randrange(NEW_ITEMS) if late and user % 3 == 0 else chance.randrange(12 - NEW_ITEMS)
            day = 91 + chance.randrange(9) if late else i * 11 + chance.randrange(10)
            events.append({"id": f"e{user}-{i}", "user": f"u{user}", "item": f"{topic}-{n}", "kind": "click", "time": BEGIN + day * DAY + user})
    return items, events


def written_rows(path, *rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path.name


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        items, events = shop(1)
        trial.write_rows("items.jsonl", items)
        trial.write_rows("events.jsonl", events)
        shuffled = events[:]
        random.Random(2).shuffle(shuffled)
        trial.write_rows("shuffled.csv", shuffled)

        def recommend(*words, **options):
            return json.loads(run("recommend", *words, "--json", **options))

        first = recommend("import", "--items", "items.jsonl", "--events", "events.jsonl")
        expect(first == {"items": {"added": 48, "changed": 0, "known": 0}, "events": {"added": 360, "changed": 0, "known": 0}}, f"{first}")
        again = recommend("import", "--items", "items.jsonl", "--events", "shuffled.csv")
        expect(again == {"items": {"added": 0, "changed": 0, "known": 48}, "events": {"added": 0, "changed": 0, "known": 360}}, f"{again}")

        judge = ["evaluate", "--resamples", "100", "--threads", "1"]
        stored = run("recommend", *judge, "--json")
        report = json.loads(stored)
        expect(run("recommend", *judge, "--items", "items.jsonl", "--events", "shuffled.csv", "--json") == stored,
               "the order of a file, or that it was stored, changes the report")
        expect(run("recommend", "evaluate", "--resamples", "100", "--threads", "2", "--json") == stored, "threads change the report")
        methods = {method["name"]: method for method in report["methods"]}
        expect(list(methods) == ["popularity", "item-knn", "ease", "next", "bpr", "words", "text", "frozen", "tower", "ranker", "cross"],
               f"{list(methods)}")
        recall = lambda name, part: methods[name]["slices"][part]["recall@20"]["value"]
        expect(recall("ease", "warm") > recall("popularity", "warm"), "taste is not found")
        expect(recall("words", "cold_item") > 0.5, f"new items are not found by their words: {recall('words', 'cold_item')}")
        expect(methods["text"]["skipped"] == "no model was given", f"{methods['text']}")
        expect(report["leaks"] is False and report["split"]["test_events"] > 0, f"{report['split']}")

        # What embeds is as small as it gets; that it takes part is what is looked at.
        (folder / "pairs.csv").write_text("a,b\n" + "".join(f"{word} {topic},{topic} shop\n" for topic in TOPICS for word in WORDS))
        run("train", "--task", "embed", "--train", "pairs.csv", "--valid", "pairs.csv", "--text", "a", "--text-b", "b", "--epochs", "1",
            "--vocab-size", "120", "--out", "embedder", "--threads", "1")
        asked = recommend(*judge, "--embedder", "embedder", "--method", "text", "--method", "popularity", "--protocol", "list",
                          "--split-time", "2024-02-12")
        expect([m["name"] for m in asked["methods"]] == ["popularity", "text"] and "slices" in asked["methods"][1], f"{asked}")
        expect(asked["split"]["test_from"] == "2024-02-12T00:00:00.000Z" and asked["protocol"] == "list", f"{asked['split']}")
        # An encoder that learns from the behaviour before the test, and is judged beside the others.
        train = ["recommend", "train", "--items", "items.jsonl", "--events", "events.jsonl", "--epochs", "4", "--lr", "5e-3", "--vocab-size", "120",
                 "--max-length", "16", "--batch-size", "32", "--threads", "2", "--json"]
        trained = json.loads(run(*train, "--out", "tower"))
        expect(trained["figures"]["valid.ndcg@10"] > 0.1, f"{trained['figures']}")
        trial.kill_once_checkpointed([*train, "--out", "cut"], "cut")
        expect(json.loads(run(*train, "--out", "cut"))["weights_sha256"] == trained["weights_sha256"], "another result after a kill")
        # From a base, with what was shown and passed over; the base is judged frozen beside it.
        trial.write_rows("shown.jsonl", [{"user": e["user"], "time": e["time"] - 60, "items": [e["item"], "bread-0", "guitar-1"]}
                                         for e in events if e["item"] not in ("bread-0", "guitar-1")])
        run("recommend", "train", "--items", "items.jsonl", "--events", "events.jsonl", "--impressions", "shown.jsonl", "--base", "embedder",
            "--epochs", "1", "--batch-size", "32", "--max-length", "16", "--threads", "2", "--out", "tuned")
        both = recommend(*judge, "--model", "tuned", "--method", "frozen", "--method", "tower")["methods"]
        expect([m["name"] for m in both] == ["frozen", "tower"] and "slices" in both[0], f"{both[0]}")
        expect("field 'items': 'a' stands twice" in
               run("recommend", "train", "--items", "items.jsonl", "--events", "events.jsonl", "--out", "no", "--impressions",
                   written_rows(folder / "twice.jsonl", {"user": "u1", "time": 1700000000, "items": ["a", "a"]}), code=2), "a list")
        # A model of pairs that reads readers and items at once, for the first of the ranker's candidates.
        cross = ["recommend", "train", "--type", "cross-encoder", "--items", "items.jsonl", "--events", "events.jsonl", "--epochs", "2",
                 "--vocab-size", "120", "--max-length", "32", "--negatives", "2", "--impressions", "shown.jsonl", "--threads", "2", "--json"]
        reader = json.loads(run(*cross, "--out", "cross"))
        expect(reader["figures"]["valid.mrr@10"] > 0.0 and reader["figures"]["valid.bm25.mrr@10"] > 0.0, f"{reader['figures']}")
        again = recommend(*judge, "--cross-encoder", "cross", "--method", "ranker", "--method", "cross")
        read = again["methods"][1]
        expect(read["name"] == "cross" and ("slices" in read or methods["ranker"].get("skipped")) and not again["leaks"], f"{read}")
        expect("has learned from behaviour until" in run("recommend", *judge, "--cross-encoder", "cross", "--test-share", "0.3", code=2),
               "a cross-encoder that has seen the test is judged by it")
        (folder / "s.toml").write_text('[strategy]\nname = "s"\n[recommend.cross_encoder]\nmodel = "nowhere"\n')
        expect("nowhere" in run("serve", "--recommend", "--strategy", "s.toml", "--listen", "127.0.0.1:0", code=2), "no such model")
        combined = methods["ranker"]
        expect("above_best_single" in combined or combined.get("skipped") == "this build has no XGBoost", f"{combined}")
        tower = recommend(*judge, "--model", "tower", "--method", "tower")["methods"][0]
        expect(tower["slices"]["cold_item"]["recall@20"]["value"] > 0.3, f"{tower['slices']['cold_item']}")
        expect("has learned from behaviour until" in run("recommend", *judge, "--model", "tower", "--test-share", "0.3", code=2),
               "a model that has seen the test is judged by it")
        expect("user_tower.json" in run("recommend", *judge, "--model", "embedder", code=2), "an embedder is no recommender")
        expect("--items" in run("recommend", "train", "--events", "events.jsonl", "--out", "no", code=2), "training without items")

        text = run("recommend", *judge)
        for part in ["recall@20", "nDCG@10", "MRR", "cold_item", "coverage", "no method looks into the future", "left out: no model"]:
            expect(part in text, f"evaluate: no {part}")

        expect(recommend("forget", "u7") == {"user": "u7", "events_removed": 9}, "a user is forgotten")
        expect("no event of a user 'u7'" in run("recommend", "forget", "u7", code=2), "and once only")
        expect(recommend(*judge)["users"] == 39, "a forgotten user is still there")

        # News in the MIND layout: readers of one category each, shown one item of it and two of another.
        (folder / "mind").mkdir()
        (folder / "mind" / "news.tsv").write_text("".join(f"N{n}\tc{n % 2}\t\tTitle {n} of c{n % 2}\t\tu\t[]\t[]\n" for n in range(20)))
        (folder / "mind" / "behaviors.tsv").write_text("".join(
            f"{day}\tU{user}\t11/{day}/2019 {user % 11 + 1}:00:00 PM\tN{user % 2} N{user % 2 + 2}\t"
            f"N{(2 * (user * day % 10) + user) % 20}-1 N{(2 * day + user + 1) % 20}-0 N{(4 * day + user + 3) % 20}-0\n"
            for day in range(1, 10) for user in range(20)))
        mind = json.loads(run("recommend", "evaluate", "--mind", "mind", "--method", "popularity", "--method", "item-knn", "--resamples", "20",
                              "--threads", "1", "--json"))
        expect(mind["random_lists"]["lists"] > 10 and mind["methods"][1]["lists"]["auc"]["value"] > 0.7, f"lists: {mind['methods'][1]}")
        (folder / "mind" / "behaviors.tsv").write_text("1\tU1\tyesterday\t\tN1-1\n")
        expect("mind/behaviors.tsv: line 1: field 'time'" in run("recommend", "import", "--mind", "mind", "--workdir", "other", code=2), "a time")

        # Bad input.
        def written(file, content):
            (folder / file).write_text(content)
            return file

        def refused(events_file, code=2):
            return run("recommend", "import", "--workdir", "other", "--events", events_file, code=code)

        good = '{"id":"1","user":"u","item":"i","kind":"buy","time":1700000000}\n'
        expect("k.jsonl: line 2: field 'kind': 'like' is none of view" in refused(written("k.jsonl", good + good.replace("buy", "like"))), "a kind")
        expect("t.csv: line 3: field 'time': \"soon\"" in
               refused(written("t.csv", "user,item,kind,time\nu,i,buy,1\nu,i,buy,soon\n")), "a time")
        expect("f.jsonl: line 1: field 'time': 9000000000 has not come yet" in refused(written("f.jsonl", good.replace("1700000000", "9000000000"))), "the future")
        expect("m.csv: line 2: field 'user': is missing" in refused(written("m.csv", "item,kind,time\ni,buy,1\n")), "a column")
        expect("line 2: field 'id': event '1' is there already with another content" in
               refused(written("c.jsonl", good + good.replace("buy", "view")), code=1), "a conflict")
        expect("no rows" in refused(written("e.csv", "user,item,kind,time\n")), "no rows")
        expect("i.csv: line 2: field 'title': is missing" in
               run("recommend", "import", "--workdir", "other", "--items", written("i.csv", "id,title\n1,\n"), code=2), "no title")
        expect("--events" in run("recommend", "import", code=2), "no file")
        expect("there is no method 'magic'" in run("recommend", *judge, "--method", "magic", code=2), "a method")
        expect("--weight like=2" in run("recommend", *judge, "--weight", "like=2", code=2), "a weight")
        expect("--relevant like" in run("recommend", *judge, "--relevant", "like", code=2), "a relevant kind")
        expect("--split-time soon" in run("recommend", *judge, "--split-time", "soon", code=2), "a split time")
        expect("no event in the test" in run("recommend", *judge, "--split-time", "2025-01-01", code=2), "an empty test")
    return trial.finish("recommend: imported, compared, forgotten, refused")


if __name__ == "__main__":
    sys.exit(main())
