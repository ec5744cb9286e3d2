#!/usr/bin/env python3
"""Runs the contest and appends one row per figure to bench/results/peers.jsonl.  Started by run.sh, which see.

Everybody gets the same weights, token ids and labels, and as many threads; the answers are compared before the clock is
read, and a figure whose answers differ is not timed.  Contestants alternate inside a run; a ratio is
the median over the rounds of (peer's time / yupu's time), with the lowest and highest round beside it.
"""
import argparse
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
import record
import inference_rows
import other_rows
import training_rows
from bench import Bench, ROOT
from contest import unset_here

# Threads that wait for each other by spinning, as PyTorch's do, lose a factor of ten and more to one busy neighbour: a
# figure taken beside other work would flatter us.
BUSY_CORES_MAX = 0.1

FIGURES = {
    "finetune/base": lambda b: training_rows.finetune(b, "base"),
    "finetune/6x384": lambda b: training_rows.finetune(b, "6x384"),
    "finetune/4x312": lambda b: training_rows.finetune(b, "4x312"),
    "lora/base": lambda b: training_rows.lora(b, "base"),
    "lora/6x384": lambda b: training_rows.lora(b, "6x384"),
    "infer/base": lambda b: inference_rows.fp32(b, "base"),
    "infer/6x384": lambda b: inference_rows.fp32(b, "6x384"),
    "infer/4x312": lambda b: inference_rows.fp32(b, "4x312"),
    "int8/base": lambda b: inference_rows.int8(b, "base"),
    "int8/6x384": lambda b: inference_rows.int8(b, "6x384"),
    "int8/4x312": lambda b: inference_rows.int8(b, "4x312"),
    "bf16/base": lambda b: inference_rows.bf16(b, "base"),
    "bf16/6x384": lambda b: inference_rows.bf16(b, "6x384"),
    "finetune bf16/base": lambda b: training_rows.bf16(b, "base"),
    "tokenizer": other_rows.tokenizer,
    "start": other_rows.start,
    "tenants/base": lambda b: inference_rows.tenants(b, "base"),
    "tenants/6x384": lambda b: inference_rows.tenants(b, "6x384"),
    "quality": other_rows.quality,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="holds banking77/ and bert-vocab/")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "peers-work")
    parser.add_argument("--debian-python", help="a Python that has Debian's torch and transformers 4.44")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--quick", action="store_true", help="few rounds: for trying the harness, not for figures")
    parser.add_argument("--no-compile", action="store_true", help="leave torch.compile out (its first run takes minutes)")
    parser.add_argument("--only", help="figures, comma-separated; a part of a name will do")
    parser.add_argument("--out", default="peers.jsonl", help="file in bench/results")
    args = parser.parse_args()
    args.data, args.build, args.work = (p.resolve() for p in (args.data, args.build, args.work))
    wanted = [name for name in FIGURES if not args.only or any(part in name for part in args.only.split(","))]
    if not wanted:
        parser.error("--only names no figure of " + ", ".join(FIGURES))
    if unset_here():
        print("unset for the contestants:", ", ".join(unset_here()))
    bench = Bench(args)
    command = "bench/peers/run.sh" + (f" --only {args.only}" if args.only else "") + (" --quick" if args.quick else "")
    failed = 0
    for name in wanted:
        busy = record.busy_cores()
        if busy > BUSY_CORES_MAX and not args.quick:
            failed += 1
            print(f"{name} NOT RUN: other processes keep {busy:.2f} cores busy; stop them first", flush=True)
            continue
        began, before = time.monotonic(), len(bench.rows)
        try:
            FIGURES[name](bench)
        except Exception as error:  # the other figures are still wanted
            failed += 1
            print(f"{name} FAILED: {type(error).__name__}: {error}", flush=True)
        shared = {"versions": bench.versions, "threads": args.threads, "quick": args.quick, "busy_cores": round(busy, 3)}
        record.append(args.out, [{**row, **shared} for row in bench.rows[before:]], command)
        print(f"-- {name}: {time.monotonic() - began:.0f} s", flush=True)
    sys.exit(1 if failed or any(not row["check"]["passed"] for row in bench.rows) else 0)


if __name__ == "__main__":
    main()
