#!/usr/bin/env python3
"""The monitor through the real binary: documents pushed, repeated, revised, reprinted, refused; topics counted.
monitor_test.py --yupu build/release/yupu"""
import json
import sys
import tempfile

from trial import Trial, yupu_from_arguments

STRATEGY = """[strategy]
name = "newsroom"
[monitor]
[[monitor.topic]]
name = "tea"
aliases = ["Green Hill", "青山茶"]
[[monitor.topic]]
name = "water"
"""
LONG = ("Green Hill recalled several thousand boxes on Friday after a shop assistant had found that the label names the wrong "
        "ingredients, and said that everybody who bought one may bring it back to any shop without a receipt.")


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        (folder / "s.toml").write_text(STRATEGY, encoding="utf-8")

        def push(*words):
            return json.loads(run("monitor", "push", "s.toml", *words, "--json"))["files"]

        def document(text, **more):
            return {"text": text, "sentiment": "negative", **more}

        trial.write_rows("a.jsonl", [
            document("ＧＲＥＥＮ hill is bad", url="https://paper.example/1?utm_source=x"),
            document("今天青山茶业召回", guid="7", sentiment="positive"),
            document(LONG, url="https://paper.example/2", publisher="Paper"),
            document("evergreen hillside, underwater"),
            document("water", url="javascript:alert(1)"),
            document("water", published="2019-01-01T00:00:00Z"),
            {"text": "water"},
        ])
        with open(folder / "a.jsonl", "ab") as out:
            out.write(b"\xff not json\n")
        outcomes = push("a.jsonl")[0]["outcomes"]
        expect(outcomes == {"late": 1, "new": 4, "off_topic": 1, "refused_malformed": 1, "refused_sentiment": 1, "refused_url": 1},
               f"{outcomes}")
        expect(push("a.jsonl")[0]["rows"] == 0, "what was read is not read again")

        trial.write_rows("b.jsonl", [
            document("Green Hill is bad", url="http://PAPER.example/1"),
            document("Green Hill is bad, and water too", url="http://paper.example/1"),
            document("DJ " + LONG, url="https://other.example/9"),
        ])
        again, other = push("a.jsonl", "b.jsonl")
        expect(again["rows"] == 0 and other["outcomes"] == {"repeated": 1, "reprint": 1, "revised": 1}, f"{other}")

        counted = json.loads(run("monitor", "topics", "s.toml", "--json"))
        tea, water = counted["topics"]
        expect((tea["total"], tea["negative"], tea["positive"], tea["publishers"]) == (3, 2, 1, 3), f"{tea}")
        expect((water["total"], water["negative"]) == (1, 1), f"{water}")
        expect(sum(bucket["total"] for bucket in tea["buckets"]) == 3, f"{tea}")
        reasons = {row["outcome"]: row["detail"] for row in counted["sources"] if row["source"] == "a.jsonl"}
        expect("web address" in reasons["refused_url"], f"{reasons}")
        expect("tea" in run("monitor", "topics", "s.toml"), "a table for people")

        (folder / "a.jsonl").write_text(json.dumps(document("water is good", sentiment="positive")) + "\n")
        started = push("a.jsonl")[0]
        expect(started["starts_over"] and started["outcomes"] == {"new": 1}, f"another file of the same name: {started}")

        refused = lambda words, says: expect(says in run(*words, code=2), f"{words} does not say {says}")
        refused(["monitor", "push", "s.toml", "gone.jsonl"], "gone.jsonl")
        refused(["monitor", "push", "gone.toml", "a.jsonl"], "gone.toml")
        refused(["monitor", "push", "s.toml", "a.jsonl", "b.jsonl", "--source", "x"], "--source")
        refused(["monitor", "topics", "s.toml", "--workdir", "absent"], "absent")
        (folder / "bad.toml").write_text(STRATEGY.replace('"water"', '"tea"'), encoding="utf-8")
        refused(["monitor", "topics", "bad.toml"], "two topics are called 'tea'")
    return trial.finish("monitor: pushed, repeated, revised, reprinted, counted, refused")


if __name__ == "__main__":
    sys.exit(main())
