#!/usr/bin/env bash
# A few labelled rows a class: BANKING77 (77 intents) with K rows of each, judged on its whole test file.  Prints one row a run.
#   bench/few_shot.sh DATA_DIR BASE K [SEED...]     DATA_DIR holds train.csv and test.csv (columns text, category); BASE: a model
#                                                   directory of sentence vectors, or a built-in base
# The K rows of a class are drawn by the seed; no other row is used, so nothing is early stopped and every epoch is trained.
#   cls       the head reads the first token through the pooler        mean   it reads the mean of the tokens
#   contrast  first the vectors: rows of one intent near each other (--task embed), then as mean: contrastive body, then head
#   svm       TF-IDF and a linear SVM on the same rows (needs scikit-learn: PYTHON=...)
set -euo pipefail
cd "$(dirname "$0")/.."
usage="usage: bench/few_shot.sh DATA_DIR BASE K [SEED...]"
data="${1:?$usage}" base="${2:?$usage}" shots="${3:?$usage}"
shift 3
seeds=("$@")
[ ${#seeds[@]} -gt 0 ] || seeds=(1 2 3 4 5)
yupu="${YUPU:-build/release/yupu}" python="${PYTHON:-python3}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
common=(--test "$data/test.csv" --text text --label category --batch-size 32 --batch-tokens 2048 --max-length 64 ${THREADS:+--threads "$THREADS"})

report() {  # way seed
  python3 - "$work/result.json" "$shots" "$1" "$2" <<'PY'
import json, sys
result = json.load(open(sys.argv[1]))
figures = result["figures"]
print("{:>5} {:<9} {:>5}  {:>8.4f} {:>8.4f} {:>8.1f}".format(*sys.argv[2:5], figures["test.accuracy"], figures["test.macro_f1"], result["seconds"]), flush=True)
PY
}

train() {  # way seed base options...
  local way="$1" seed="$2" from="$3"
  shift 3
  "$yupu" train --task classify --train "$work/train.csv" --valid none "${common[@]}" --base "$from" --out "$work/$way" --wide "${WIDE:-off}" \
    --epochs "${EPOCHS:-30}" --lr "${LR:-2e-4}" --seed "$seed" --json "$@" >"$work/result.json" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  report "$way" "$seed"
}

printf '%5s %-9s %5s  %8s %8s %8s\n' shots way seed accuracy macro_f1 seconds
for seed in "${seeds[@]}"; do
  rm -rf "${work:?}"/*
  python3 - "$data/train.csv" "$work/train.csv" "$shots" "$seed" <<'PY'
import sys
sys.path.insert(0, "bench")
from quality import files
rows = files.labelled(sys.argv[1], "text", "category")
files.write_labelled(sys.argv[2], files.draw_shots(rows, int(sys.argv[3]), int(sys.argv[4])))
PY
  train cls "$seed" "$base"
  train mean "$seed" "$base" --pooling mean
  "$yupu" train --task embed --train "$work/train.csv" --valid "$work/train.csv" --text text --label category --base "$base" --out "$work/body" \
    --epochs "${BODY_EPOCHS:-10}" --patience 100 --lr "${BODY_LR:-1e-4}" --batch-size 64 --max-length 64 --seed "$seed" ${THREADS:+--threads "$THREADS"} \
    >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  train contrast "$seed" "$work/body" --pooling mean
  if "$python" -c 'import sklearn' 2>/dev/null; then
    "$python" bench/peers/linear_floor.py "$work/train.csv" "$data/test.csv" --text text --label category | sed "s/^/$(printf '%5s %-9s %5s' "$shots" svm "$seed")  /"
  fi
done
