#!/usr/bin/env python3
"""MovieLens-100k by one instant for all users: every baseline, the encoder frozen, fine-tuned, and with the ranker.

    recommend_movielens.py SHARED_DATA WORKDIR [--yupu PATH] [--seed N] [--threads N] [--prepare] [--train] [--evaluate]

Without a step named, all three. prepare writes items and events (recommend_data.py); train fine-tunes yupu-base and a
tiny encoder from random weights on the behaviour before the test (each goes on where it was stopped); evaluate judges
all methods, prints the tables and appends rows to bench/results/recommend.jsonl.

New users after 3 clicks are the slice new_user: nothing before the test, three to nine clicks by the question.
"""
import argparse
import json
import pathlib
import subprocess
import sys

import record

TOWERS = {
    "base": "--base yupu-base --epochs 12 --examples 20480 --batch-size 1024 --lr 1e-3 --max-length 32 --precision bf16".split(),
    "tiny": "--config tiny --epochs 12 --examples 20480 --batch-size 1024 --lr 2e-3 --max-length 32".split(),
}
SLICES = ["all", "warm", "cold_user", "new_user", "cold_item"]


def interval(figure):
    return f"{figure['value']:.3f} [{figure['low']:.3f}, {figure['high']:.3f}]"


def table(report):
    judged = [method for method in report["methods"] if "slices" in method]
    lines = [f"| all questions | recall@20 | nDCG@10 | MRR | nDCG@10 minus {report['best_baseline']} |", "|---" * 5 + "|"]
    for method in judged:
        of_all = method["slices"]["all"]
        cells = [of_all["recall@20"], of_all["ndcg@10"], of_all["mrr"], method["above_best_baseline"]]
        lines.append(f"| {method['name']} | " + " | ".join(map(interval, cells)) + " |")
    names = [f"{name} ({judged[0]['slices'][name]['questions']})" for name in SLICES[1:]]
    lines += ["", "| nDCG@10 by slice | " + " | ".join(names) + " |", "|---" * len(SLICES) + "|"]
    for method in judged:
        cells = [interval(method["slices"][name]["ndcg@10"]) for name in SLICES[1:]]
        lines.append(f"| {method['name']} | " + " | ".join(cells) + " |")
    lines += ["", "| first tens | alike | chosen for variety | less | nDCG@10 | chosen | less |", "|---" * 7 + "|"]
    for method in judged:
        variety = method["variety"]
        cells = [f"{variety[key]['value']:.3f}" for key in ("likeness", "varied_likeness", "ndcg", "varied_ndcg")]
        shares = [f"{100 * variety[key]:.1f} %" for key in ("likeness_saved_share", "ndcg_lost_share")]
        lines.append(f"| {method['name']} | " + " | ".join([*cells[:2], shares[0], *cells[2:], shares[1]]) + " |")
    return "\n".join(lines)


def rows_of(report, tower, command):
    rows = []
    for method in report["methods"]:
        if "skipped" in method:
            continue
        columns = {"tower": tower, "method": method["name"], "best_baseline": report["best_baseline"]}
        for name in SLICES:
            part = method["slices"][name]
            columns[name] = {key: part[key] for key in ["questions", "recall@20", "ndcg@10", "mrr"]}
        columns["above_best_baseline"] = method["above_best_baseline"]
        columns["above_best_single"] = method.get("above_best_single")
        columns["variety"] = method["variety"]
        name = f"recommend movielens {tower} {method['name']}"
        rows.append({"row": name, "bench": "recommend_movielens", "columns": columns})
    record.append("recommend.jsonl", rows, command)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data")
    parser.add_argument("work")
    parser.add_argument("--yupu", default=str(record.ROOT / "build" / "release" / "yupu"))
    parser.add_argument("--seed", default="1")
    parser.add_argument("--threads", default="0")
    parser.add_argument("--tower", choices=TOWERS, action="append")
    for step in ["prepare", "train", "evaluate"]:
        parser.add_argument(f"--{step}", action="store_true")
    given = parser.parse_args()
    everything = not (given.prepare or given.train or given.evaluate)
    work = pathlib.Path(given.work)
    run = ["--seed", given.seed, "--threads", given.threads]
    files = ["--items", str(work / "items.jsonl"), "--events", str(work / "events.jsonl")]
    if everything or given.prepare:
        prepare = record.ROOT / "bench" / "recommend_data.py"
        subprocess.run([sys.executable, str(prepare), given.data, str(work)], check=True)
    for tower in given.tower or TOWERS:
        if everything or given.train:
            train = [given.yupu, "recommend", "train", *files, "--out", str(work / tower), *run, *TOWERS[tower]]
            subprocess.run(train, check=True)
        if everything or given.evaluate:
            command = [given.yupu, "recommend", "evaluate", *files, "--model", str(work / tower), *run, "--json"]
            report = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            (work / f"{tower}.json").write_text(json.dumps(report))
            print(f"\ntower: {tower} {' '.join(TOWERS[tower])}\n{table(report)}")
            rows_of(report, tower, "bench/recommend_movielens.py SHARED_DATA WORKDIR")


if __name__ == "__main__":
    main()
