#!/usr/bin/env python3
"""The newsroom example as its README says: train, news, one round, an alarm about the right company.
newsroom_test.py --yupu build/release/yupu"""
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from trial import Trial, yupu_from_arguments

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "newsroom"


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        run, expect = trial.run, trial.expect
        example = trial.folder / "newsroom"
        shutil.copytree(EXAMPLE, example, ignore=shutil.ignore_patterns("model", "feed.jsonl"))
        words = ["train", "--task", "classify", "--train", "newsroom/data/train.csv", "--valid", "newsroom/data/test.csv", "--text", "text",
                 "--label", "label", "--epochs", "8", "--out", "newsroom/model", "--threads", "2"]
        run(*words, "--base", "yupu-base")
        subprocess.run([sys.executable, str(example / "make_news.py"), str(example / "feed.jsonl")], check=True)
        first = json.loads(run("monitor", "run", "newsroom/strategy.toml", "--once", "--json"))
        expect(first["outcomes"].get("new") == 14, f"{first}")
        topics = {row["topic"]: row for row in json.loads(run("monitor", "topics", "newsroom/strategy.toml", "--json"))["topics"]}
        tea, sea = topics["青山茶业"], topics["蓝海物流"]
        expect(tea["total"] == 11 and sea["total"] == 3, f"{topics}")
        expect(tea["state"] == "firing" and tea["negative"] >= 6 and sea["state"] != "firing" and sea["negative"] <= 1, f"{topics}")
        alarms = json.loads(run("monitor", "alarms", "newsroom/strategy.toml", "--json"))["alarms"]
        expect([alarm["topic"] for alarm in alarms] == ["青山茶业"], f"{alarms}")
        again = json.loads(run("monitor", "run", "newsroom/strategy.toml", "--once", "--json"))
        expect(again["outcomes"] == {} and again["changes"] == 0, f"nothing twice: {again}")
    return trial.finish("newsroom: trained, read, fired about the right company")


if __name__ == "__main__":
    sys.exit(main())
