#!/usr/bin/env bash
# BANKING77 (77 intents, official split) from random weights, through the command line, beside a linear model on the same rows.
#   bench/banking77.sh DATA_DIR [yupu train options...]     DATA_DIR holds train.csv and test.csv (columns text, category)
# The validation rows, for early stopping, are every tenth row of train.csv: the test file is judged once, at the end.
# The linear floor needs a python3 with scikit-learn (PYTHON=...); it is skipped aloud where there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
data="${1:?usage: bench/banking77.sh DATA_DIR [yupu train options...]}"
shift
python="${PYTHON:-python3}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 - "$data/train.csv" "$work" <<'PY'
import sys
sys.path.insert(0, "bench")
from quality import files
for name, rows in files.every_tenth(files.labelled(sys.argv[1], "text", "category")).items():
    files.write_labelled(f"{sys.argv[2]}/{name}.csv", rows)
PY
options=("$@")
[ ${#options[@]} -gt 0 ] || options=(--config mini --epochs 40 --lr 1e-3 --batch-tokens 512 --label-smoothing 0.1 --patience 8)
build/release/yupu train --task classify --train "$work/train.csv" --valid "$work/valid.csv" --test "$data/test.csv" \
  --text text --label category --out "$work/model" --seed 1 "${options[@]}"
if "$python" -c 'import sklearn' 2>/dev/null; then
  echo "linear floor (TF-IDF, linear SVM) on the same rows, then on all of train.csv:"
  "$python" bench/peers/linear_floor.py "$work/train.csv" "$data/test.csv" --text text --label category
  "$python" bench/peers/linear_floor.py "$data/train.csv" "$data/test.csv" --text text --label category
else
  echo "SKIPPED the linear floor: no scikit-learn for $python" >&2
fi
