#!/usr/bin/env python3
"""fastText supervised: fasttext_floor.py TRAIN.csv TEST.csv THREADS [SEED].  One JSON line per setting: accuracy and seconds."""
import csv
import json
import os
import sys
import tempfile
import time

import fasttext

# Small sets need many more epochs than the default 5: these stop gaining.
COMMON = {"lr": 1.0, "epoch": 100, "wordNgrams": 2, "dim": 50, "bucket": 200000, "loss": "softmax"}
SETTINGS = {"fastText, words": {}, "fastText, words and characters": {"minn": 2, "maxn": 4}}


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return [(" ".join(r["text"].lower().split()), r["category"]) for r in csv.DictReader(file)]


def main(train, test, threads, seed=0):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8", delete=False) as file:
        for text, label in rows(train):
            file.write(f"__label__{label} {text}\n")
    for name, settings in SETTINGS.items():
        began = time.monotonic()
        model = fasttext.train_supervised(file.name, thread=threads, seed=seed, verbose=0, **COMMON, **settings)
        seconds = time.monotonic() - began
        # The binding below predict(), which no longer works with numpy 2.
        hits = sum(model.f.predict(text + "\n", 1, 0.0, "strict")[0][1] == "__label__" + label for text, label in rows(test))
        print(json.dumps({"name": name, "accuracy": hits / len(rows(test)), "seconds": seconds}), flush=True)
    os.unlink(file.name)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:5]))
