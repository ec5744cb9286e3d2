#!/usr/bin/env bash
# What a pre-trained base brings: three sets fine-tuned from the base and from random weights of the same shape, the
# encoder alone and with the wide branch.  Prints one row a run.
#   bench/pretrained_gain.sh DATA_DIR BASE [SEED...]      BASE: a model directory or a built-in base (yupu-base)
# DATA_DIR holds banking77/ and chnsenticorp-hotel/; examples/shop is the project's own.  BANKING77 and the shop have test
# files; the hotel reviews are split 70/10/20 by a hash of the text with everything but letters and digits taken out, so
# that repeated reviews stand on one side.  Validation rows are for early stopping and choosing the epoch alone.
# YUPU names the binary, SETS the sets, WIDE off, on or both; EPOCHS, BASE_LR and THREADS are passed on.
set -euo pipefail
cd "$(dirname "$0")/.."
data="${1:?usage: bench/pretrained_gain.sh DATA_DIR BASE [SEED...]}"
base="${2:?usage: bench/pretrained_gain.sh DATA_DIR BASE [SEED...]}"
shift 2
seeds=("$@")
[ ${#seeds[@]} -gt 0 ] || seeds=(1)
yupu="${YUPU:-build/release/yupu}"
epochs="${EPOCHS:-20}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 - "$data" "$work" <<'PY'
import pathlib, sys
sys.path.insert(0, "bench")
from quality import files
data, work = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
sets = {"hotel": files.hotel_parts(data)}
for name, folder, text, label in (("banking77", data / "banking77", "text", "category"),
                                  ("shop", pathlib.Path("examples/shop/data"), "text", "intent")):
    sets[name] = files.every_tenth(files.labelled(folder / "train.csv", text, label))
    sets[name]["test"] = files.labelled(folder / "test.csv", text, label)
for name, parts in sets.items():
    for part, rows in parts.items():
        files.write_csv(work / f"{name}-{part}.csv", ("text", "label"), rows)
PY
# Random weights of the base's shape and with a vocabulary trained on the rows: what a user without a base would have.
size="${CONFIG:-mini}"
printf '%-10s %-7s %-5s %5s  %8s %8s %8s\n' set start wide seed accuracy macro_f1 seconds
for set in ${SETS:-banking77 shop hotel}; do
  length=64
  [ "$set" = hotel ] && length=128
  for wide in ${WIDE:-off on}; do
    for start in random base; do
      for seed in "${seeds[@]}"; do
        if [ "$start" = base ]; then from=(--base "$base" --lr "${BASE_LR:-1e-3}"); else from=(--config "$size" --lr 1e-3); fi
        "$yupu" train --task classify --train "$work/$set-train.csv" --valid "$work/$set-valid.csv" \
          --test "$work/$set-test.csv" "${from[@]}" --out "$work/model" --epochs "$epochs" --patience 4 \
          --batch-tokens 512 --max-length "$length" --label-smoothing 0.1 --wide "$wide" --seed "$seed" \
          ${THREADS:+--threads "$THREADS"} --json 2>"$work/log" >"$work/result.json" || { cat "$work/log" >&2; exit 1; }
        python3 - "$work/result.json" "$set" "$start" "$wide" "$seed" <<'PY'
import json, sys
result = json.load(open(sys.argv[1]))
figures = result["figures"]
print("{:<10} {:<7} {:<5} {:>5}  {:>8.4f} {:>8.4f} {:>8.1f}".format(
    *sys.argv[2:6], figures["test.accuracy"], figures["test.macro_f1"], result["seconds"]), flush=True)
PY
        rm -rf "$work/model"
      done
    done
  done
done
