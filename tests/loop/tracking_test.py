#!/usr/bin/env python3
"""Watching and comparing through the real binary: train twice, watched; list, compare, report as a page.
tracking_test.py --yupu build/release/yupu"""
import json
import subprocess
import sys
import tempfile

from trial import Trial, yupu_from_arguments


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        folder, run, expect = trial.folder, trial.run, trial.expect

        rows = [(f"where is parcel {i}", "parcel", "en") for i in range(20)]
        rows += [(f"退款 {i} 什么时候到", "退款", "zh") for i in range(20)]
        (folder / "train.csv").write_text("text,label,lang\n" + "".join(",".join(row) + "\n" for row in rows))
        data = ["--train", "train.csv", "--valid", "train.csv", "--test", "train.csv", "--vocab-size", "200"]

        trained = {}
        for model, lr in [("models/a", "1e-3"), ("models/b", "1e-4")]:
            trained[model] = json.loads(run("train", *data, "--out", model, "--epochs", "3", "--lr", lr, "--json",
                                            "--track", "tensorboard:tb", "--track", "wandb:wb"))
        for model in "ab":
            files = list((folder / "tb" / model).glob("events.out.tfevents.*"))
            expect(len(files) == 1 and files[0].stat().st_size > 10_000, f"event files of {model}: {files}")
        expect(len(list((folder / "wb").glob("offline-run-*/run-*.wandb"))) == 2, "two offline runs")

        # A server nobody runs: said, and training ends well.
        done = subprocess.run([yupu, "train", *data, "--out", "models/c", "--epochs", "1", "--track", "mlflow:http://127.0.0.1:1"],
                              capture_output=True, cwd=folder, check=False, timeout=300, text=True)
        expect(done.returncode == 0 and done.stderr.count("mlflow: ") == 2, f"no server: {done.returncode} {done.stderr[-500:]}")
        expect("there is no tracker \"comet\"" in run("train", *data, "--out", "d", "--track", "comet:x", code=2), "comet")
        expect(not (folder / "d").exists(), "a bad --track is refused before anything is written")

        listed = run("train", "ls", "models")
        expect(all(f"models/{m}" in listed for m in "abc") and any(b in listed for b in "▁▅█"), f"train ls: {listed}")
        rows = json.loads(run("train", "ls", "models", "--json"))["runs"]
        expect([row["name"] for row in rows] == ["models/a", "models/b", "models/c"], f"train ls --json: {rows}")
        expect(len(rows[0]["valid"]) == 3 and rows[0]["losses"][0] > rows[0]["losses"][2], f"curve: {rows[0]}")
        expect(rows[0]["figures"] == trained["models/a"]["figures"], "figures as trained")

        text = run("train", "compare", "models/a", "models/b")
        differ = text.split("FIGURES")[0]
        expect("lr" in differ and "0.0001" in differ and "epochs" not in differ, f"options that differ: {differ}")
        compared = json.loads(run("train", "compare", "models/a", "models/b", "--json"))
        expect(compared["options_that_differ"] == {"lr": [0.001, 0.0001]}, f"{compared['options_that_differ']}")
        expect("is no model directory" in run("train", "compare", "models/a", "gone", code=2), "an unknown run")
        run("train", "compare", "models/a", code=2)

        run("evaluate", "--model", "models/a", "--data", "train.csv", "--html", "report.html")
        page = (folder / "report.html").read_text()
        for part in ["混淆矩阵", "Confusion matrix", "学习曲线", "Reliability", "models/a", "退款"]:
            expect(part in page, f"report.html: no {part}")
        expect("<script" not in page and "http" not in page, "report.html stands by itself")
    return trial.finish("tracking: trained, watched, listed, compared, reported")


if __name__ == "__main__":
    sys.exit(main())
