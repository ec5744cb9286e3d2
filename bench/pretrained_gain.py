#!/usr/bin/env python3
"""What a pre-trained base brings: three sets fine-tuned from the base and from random weights of the same shape.

    bench/pretrained_gain.py DATA_DIR [--base yupu-base] [--seeds 1,2,3,4,5] [--wide off,on] [--sets banking77,shop,hotel]

DATA_DIR holds banking77/ and chnsenticorp-hotel/; examples/shop is the project's own.  BANKING77 and the shop have test
files; the hotel reviews are split 70/10/20 by a hash of the text with everything but letters and digits taken out, so
that repeated reviews stand on one side.  Validation rows are for early stopping and choosing the epoch alone.  Each model
is quantised to int8 and asked the test rows again.  A run is a row of bench/results/pretrained_gain.jsonl; what stands there
is not run again, so a sitting that was cut short goes on.  The table at the end: medians over the seeds, lowest to highest.
"""
import argparse
import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import record
from quality import files

RESULTS = "pretrained_gain.jsonl"
LENGTHS = {"hotel": 128}  # of the longest text, in tokens; else 64
# Of one update: some twenty texts of each set.  With 512, four reviews an update, the hotel's learning went nowhere (0.69).
BATCH_TOKENS = {"hotel": 2048}  # else 512


def write_sets(data, work):
    sets = {"hotel": files.hotel_parts(data)}
    for name, folder, label in (("banking77", data / "banking77", "category"),
                                ("shop", record.ROOT / "examples/shop/data", "intent")):
        sets[name] = files.every_tenth(files.labelled(folder / "train.csv", "text", label))
        sets[name]["test"] = files.labelled(folder / "test.csv", "text", label)
    for name, parts in sets.items():
        for part, rows in parts.items():
            files.write_csv(work / f"{name}-{part}.csv", ("text", "label"), rows)


def run(args, work, which):
    """One model: its figures on the test rows, and those of its int8 weights."""
    model, small = work / "model", work / "int8"
    start = ["--base", args.base] if which["start"] == "base" else ["--config", args.config]
    command = [args.yupu, "train", "--task", "classify", *start, "--lr", "1e-3", "--out", model, "--json",
               *(part for name in ("train", "valid", "test") for part in (f"--{name}", work / f"{which['set']}-{name}.csv")),
               "--epochs", args.epochs, "--patience", 4, "--batch-tokens", BATCH_TOKENS.get(which["set"], 512), "--label-smoothing", 0.1,
               "--max-length", LENGTHS.get(which["set"], 64), "--wide", which["wide"], "--pooling", args.pooling, "--seed", which["seed"],
               "--threads", args.threads]
    asked = lambda *words: json.loads(subprocess.run(list(map(str, words)), check=True, capture_output=True, text=True).stdout)
    trained = asked(*command)
    asked(args.yupu, "models", "quantize", "--model", model, "--out", small, "--json")
    quantised = asked(args.yupu, "evaluate", "--model", small, "--data", work / f"{which['set']}-test.csv", "--label", "label",
                      "--json")
    for directory in (model, small):
        shutil.rmtree(directory)
    return {"accuracy": trained["figures"]["test.accuracy"], "macro_f1": trained["figures"]["test.macro_f1"],
            "int8_accuracy": quantised["accuracy"], "seconds": trained["seconds"]}


def name_of(which, args):
    pooled = "" if args.pooling == "cls" else f" pooling {args.pooling}"
    return f"{which['set']} {which['start']} wide {which['wide']} seed {which['seed']} epochs {args.epochs}{pooled}"


def spread(values):
    return f"{statistics.median(values):.4f} ({min(values):.4f} to {max(values):.4f})"


def table(rows):
    cells = {}
    for row in rows:
        cells.setdefault((row["set"], row["wide"]), {}).setdefault(row["start"], []).append(row)
    yield "| set | wide branch | seeds | random weights | base | base, int8: largest loss of accuracy |"
    yield "|---|---|---|---|---|---|"
    for (name, wide), starts in cells.items():
        if {"random", "base"} <= starts.keys():
            accuracies = [spread([row["accuracy"] for row in starts[start]]) for start in ("random", "base")]
            loss = max(row["accuracy"] - row["int8_accuracy"] for row in starts["base"])
            counts = " and ".join(dict.fromkeys(str(len(starts[start])) for start in ("random", "base")))
            yield f"| {name} | {wide} | {counts} | {accuracies[0]} | {accuracies[1]} | {100 * loss:.2f} points |"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("--base", default="yupu-base", help="a model directory or a built-in base")
    parser.add_argument("--config", default="mini", help="the base's shape, for the random weights")
    parser.add_argument("--yupu", default=str(record.ROOT / "build/release/yupu"))
    parser.add_argument("--seeds", default="1,2,3,4,5")
    parser.add_argument("--wide", default="off,on")
    parser.add_argument("--sets", default="banking77,shop,hotel")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--pooling", default="mean", choices=["cls", "mean"], help="what the head reads")
    parser.add_argument("--threads", type=int, default=0, help="0: as many as the machine has")
    args = parser.parse_args()
    chosen = [{"set": name, "wide": wide, "start": start, "seed": int(seed)} for wide in args.wide.split(",")
              for seed in args.seeds.split(",") for name in args.sets.split(",") for start in ("base", "random")]
    wanted = {name_of(which, args) for which in chosen}
    found = {row["row"] for row in record.read(RESULTS)}
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        write_sets(args.data, work)
        for which in chosen:
            name = name_of(which, args)
            if name in found:
                continue
            figures = run(args, work, which)
            print(f"{name}: accuracy {figures['accuracy']:.4f}, int8 {figures['int8_accuracy']:.4f}, "
                  f"{figures['seconds']:.0f} s", flush=True)
            record.append(RESULTS, [{"row": name, **which, **figures, "base": args.base}], "bench/pretrained_gain.py DATA_DIR")
    print("\n".join(table([row for row in record.newest(RESULTS) if row["row"] in wanted])))


if __name__ == "__main__":
    main()
