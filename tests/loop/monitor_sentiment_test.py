#!/usr/bin/env python3
"""Sentiment by a model of our own, through the real binary: two classifiers are trained, documents are scored by the first as they come,
each topic for itself; the second takes its place and what is stored is scored anew, all at once; what brought its own sentiment keeps it;
the routes of the pages show whose scores count; and what is refused.  monitor_sentiment_test.py --yupu build/release/yupu"""
import json
import random
import shutil
import sys
import tempfile
import urllib.error
import urllib.request

from recommend_serve_test import served
from trial import Trial, yupu_from_arguments

WORDS = {"negative": ["loss", "亏损"], "neutral": ["meeting", "会议"], "positive": ["profit", "盈利"]}
FAST = ["--epochs", "20", "--lr", "2e-3", "--batch-tokens", "128", "--vocab-size", "200", "--max-length", "32", "--threads", "2", "--patience", "20"]
OTHER = {"negative": "positive", "neutral": "neutral", "positive": "negative"}

STRATEGY = """[strategy]
name = "newsroom"
[monitor]
[[monitor.topic]]
name = "Acme"
[[monitor.topic]]
name = "蓝海"
aliases = ["蓝海", "Blue Sea"]
[monitor.sentiment]
directory = "model"
"""


def texts(seed, count, swapped):
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        label = rng.choice(list(WORDS))
        said = f"{rng.choice(['Acme', 'Blue Sea', '蓝海', 'nobody'])} has a {rng.choice(WORDS[label])} today"
        rows.append({"text": said, "label": OTHER[label] if swapped else label})
    return rows


def counts(trial):
    topics = json.loads(trial.run("monitor", "topics", "s.toml", "--json"))["topics"]
    return {row["topic"]: (row["total"], row["negative"], row["positive"]) for row in topics}


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        for model, swapped in [("first", False), ("second", True)]:
            trial.write_rows("train.csv", texts(1, 300, swapped))
            trial.write_rows("valid.csv", texts(2, 80, swapped))
            run("train", "--task", "classify", "--train", "train.csv", "--valid", "valid.csv", "--text", "text", "--label", "label", "--out",
                model, *FAST)
        shutil.copytree(folder / "first", folder / "model")
        (folder / "s.toml").write_text(STRATEGY, encoding="utf-8")
        trial.write_rows("news.jsonl", [
            {"guid": "1", "text": "Acme has a profit today, while Blue Sea has a loss today"},
            {"guid": "2", "text": "蓝海 has a 亏损 today"},
            {"guid": "3", "text": "Acme has a meeting today"},
            {"guid": "4", "text": "Acme says it itself: it has a profit today", "sentiment": "negative"},
            {"guid": "5", "text": "nobody has a loss today"},
        ])
        pushed = json.loads(run("monitor", "push", "s.toml", "news.jsonl", "--json"))["files"][0]["outcomes"]
        expect(pushed == {"new": 4, "off_topic": 1}, f"{pushed}")
        expect(counts(trial) == {"Acme": (3, 1, 1), "蓝海": (2, 2, 0)}, f"each topic for itself: {counts(trial)}")
        again = json.loads(run("monitor", "rescore", "s.toml", "--json"))
        expect(again["scored"] == 0 and again["release"] == again["former"], f"the same model: {again}")

        shutil.rmtree(folder / "model")
        shutil.copytree(folder / "second", folder / "model")
        rescored = json.loads(run("monitor", "rescore", "s.toml", "--json"))
        expect(rescored["former"] == again["release"] != rescored["release"] and rescored["scored"] == 3, f"{rescored}")
        expect(counts(trial) == {"Acme": (3, 2, 0), "蓝海": (2, 0, 2)}, f"by the second, but for what is given: {counts(trial)}")
        audit = json.loads(run("monitor", "alarms", "s.toml", "--audit", "--json"))["audit"]
        expect([row["event"] for row in audit] == ["model", "model"], f"{audit}")

        run("plans", "set", "desk", "--monthly-tokens", "1000000", "--price", "classify_tokens=0.01", "--workdir", "w")
        run("plans", "tenant", "bank", "--plan", "desk", "--workdir", "w")
        token = json.loads(run("agents", "add", "Li", "--workdir", "w", "--json"))["token"]
        run("monitor", "push", "s.toml", "news.jsonl", "--workdir", "w")
        with served(trial, "--monitor", "s.toml") as address:
            def get(path, bearer=token):
                request = urllib.request.Request(address + path, headers={"authorization": f"Bearer {bearer}"})
                try:
                    with urllib.request.urlopen(request, timeout=30) as response:
                        return json.load(response)
                except urllib.error.HTTPError as error:
                    return error.code
            overview = get("/v1/monitor")
            expect(overview["person"] == "Li" and overview["model"]["release"] == rescored["release"], f"{overview}")
            documents = get("/v1/monitor/documents?topic=Acme")["documents"]
            scored = [one for one in documents if "score" in one]
            expect(len(documents) == 3 and len(scored) == 2 and all(one["score"]["release"] == rescored["release"] for one in scored), f"{documents}")
            expect(all(abs(sum(one["score"][key] for key in WORDS) - 1) < 1e-3 for one in scored), f"probabilities: {scored}")
            expect(get("/v1/monitor", "ya_wrong") == 401, "a wrong token")
            described = get("/openapi.json")["paths"]
            expect("/v1/monitor/series" in described and "/v1/monitor/alarms/{id}/acknowledge" in described, "/openapi.json")

        refused = lambda words, code, says: expect(says in run(*words, code=code), f"{words} does not say {says}")
        (folder / "bad.toml").write_text(STRATEGY.replace('directory = "model"', 'model = "nowhere"'), encoding="utf-8")
        refused(["monitor", "push", "bad.toml", "news.jsonl"], 2, "nowhere")
        (folder / "bad.toml").write_text(STRATEGY.split("[monitor.sentiment]")[0], encoding="utf-8")
        refused(["monitor", "rescore", "bad.toml"], 2, "[monitor.sentiment]")
        trial.write_rows("train.csv", [row | {"label": "good" if row["label"] == "positive" else "bad"} for row in texts(1, 100, False)])
        run("train", "--task", "classify", "--train", "train.csv", "--valid", "train.csv", "--text", "text", "--label", "label", "--out", "odd", *FAST[:1],
            "1", *FAST[2:])
        (folder / "bad.toml").write_text(STRATEGY.replace('directory = "model"', 'directory = "odd"'), encoding="utf-8")
        refused(["monitor", "push", "bad.toml", "news.jsonl"], 2, "labels")
    return trial.finish("monitor sentiment: scored by topic, scored anew by another model, shown, refused")


if __name__ == "__main__":
    sys.exit(main())
