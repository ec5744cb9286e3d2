#!/usr/bin/env bash
# What sharing an update over processes costs and gains, on one machine: fine-tuning a model from random weights with
#   A  1 rank of 1 thread    B  1 rank of 2 threads    C  2 ranks of 1 thread each
# in turns, ROUNDS times; medians. The clock is the run's own (training alone, without start and saving).
#   bench/mpi_scaling.sh [ROUNDS] [yupu train options...]
# Prints one CSV row a contestant and the two ratios: C against A (2 is ideal) and C against B. First the results are compared.
set -euo pipefail
cd "$(dirname "$0")/.."
rounds="${1:-5}"
[ $# -gt 0 ] && shift
command -v mpirun >/dev/null || { echo "SKIPPED: there is no mpirun" >&2; exit 0; }
options=("$@")
[ ${#options[@]} -gt 0 ] || options=(--config small --epochs 1 --batch-tokens 1024 --max-length 32)
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
train() {  # NAME LAUNCHER... -- THREADS: prints the result
  local name="$1"; shift
  local launcher=()
  while [ "$1" != -- ]; do launcher+=("$1"); shift; done
  "${launcher[@]}" build/release/yupu train --task classify --train examples/shop/data/train.csv --valid examples/shop/data/test.csv \
    --label intent --out "$work/$name" --seed 1 --threads "$2" --json "${options[@]}" 2>/dev/null
}
for round in $(seq "$rounds"); do
  train a -- 1 >"$work/a.$round.json"
  train b -- 2 >"$work/b.$round.json"
  train c mpirun --allow-run-as-root --oversubscribe --bind-to core -n 2 -- 1 >"$work/c.$round.json"
done
python3 - "$work" "$rounds" <<'PY'
import json, statistics, sys
work, rounds = sys.argv[1], int(sys.argv[2])
runs = {name: [json.load(open(f"{work}/{name}.{i}.json")) for i in range(1, rounds + 1)] for name in "abc"}
losses = {name: all_[0]["epochs"][-1]["train_loss"] for name, all_ in runs.items()}
if max(losses.values()) - min(losses.values()) > 1e-4:
    sys.exit(f"the contestants do not compute the same: {losses}")
seconds = {name: [run["seconds"] for run in all_] for name, all_ in runs.items()}
steps = runs["a"][0]["steps"]
print("ranks,threads,rounds,updates,median_seconds,updates_per_second")
for name, ranks, threads in (("a", 1, 1), ("b", 1, 2), ("c", 2, 1)):
    median = statistics.median(seconds[name])
    print(f"{ranks},{threads},{rounds},{steps},{median:.3f},{steps / median:.2f}")
for name, what in (("a", "2 ranks x 1 thread against 1 rank x 1 thread (ideal 2.00)"), ("b", "2 ranks x 1 thread against 1 rank x 2 threads")):
    print(f"# {what}: {statistics.median(x / y for x, y in zip(seconds[name], seconds['c'])):.3f}")
PY
