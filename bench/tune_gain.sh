#!/usr/bin/env bash
# What TPE and ASHA save: the epochs they need to reach the best validation figure of a random search whose trials all
# run to the end, as a share of that search's epochs.  The issue's bar is a half, over 5 seeds.
#   bench/tune_gain.sh TRAIN.csv VALID.csv [TEXT_COLUMN LABEL_COLUMN]
# TRIALS (20) and EPOCHS (9) of the random search; SEEDS ("1 2 3 4 5"); TPE and ASHA may begin three times the trials.
# About ten minutes on a quiet machine of two cores with the defaults and 2,000 short rows.
set -euo pipefail
cd "$(dirname "$0")/.."
train="${1:?usage: bench/tune_gain.sh TRAIN.csv VALID.csv [TEXT_COLUMN LABEL_COLUMN]}"
valid="${2:?usage: bench/tune_gain.sh TRAIN.csv VALID.csv [TEXT_COLUMN LABEL_COLUMN]}"
text="${3:-text}"
label="${4:-label}"
trials="${TRIALS:-20}"
epochs="${EPOCHS:-9}"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
space() {  # SAMPLER SCHEDULER
  cat <<TOML
[tune]
sampler = "$1"
scheduler = "$2"
max_epochs = $epochs
startup_trials = 8
[tune.fixed]
config = "tiny"
wide = false
vocab_size = 1000
max_length = 32
[tune.space.lr]
type = "float"
low = 1e-5
high = 1e-1
log = true
[tune.space.weight_decay]
type = "float"
low = 1e-4
high = 1.0
log = true
[tune.space.dropout]
type = "float"
low = 0.0
high = 0.5
[tune.space.label_smoothing]
type = "float"
low = 0.0
high = 0.3
[tune.space.batch_tokens]
type = "int"
low = 128
high = 1024
log = true
TOML
}
space random none > "$work/random.toml"
space tpe asha > "$work/tpe.toml"
for seed in ${SEEDS:-1 2 3 4 5}; do
  for kind in random tpe; do
    count="$trials"
    [ "$kind" = tpe ] && count=$((3 * trials))
    build/release/yupu tune "$work/$kind.toml" --train "$train" --valid "$valid" --text "$text" --label "$label" \
      --out "$work/$kind-$seed" --trials "$count" --seed "$seed" --json > "$work/$kind-$seed.json" 2> "$work/log" ||
      { cat "$work/log" >&2; exit 1; }
  done
done
python3 - "$work" ${SEEDS:-1 2 3 4 5} <<'PY'
import json, statistics, sys
shares = []
print("seed,random_epochs,random_best,tpe_asha_epochs,tpe_asha_best,epochs_to_random_best,share")
for seed in sys.argv[2:]:
    random, tpe = (json.load(open(f"{sys.argv[1]}/{kind}-{seed}.json")) for kind in ("random", "tpe"))
    goal = random["progress"][-1]["best"]
    reached = next((step["epochs"] for step in tpe["progress"] if step["best"] is not None and step["best"] >= goal), None)
    share = reached / random["epochs"] if reached else float("inf")
    shares.append(share)
    print(f"{seed},{random['epochs']},{goal:.4f},{tpe['epochs']},{tpe['progress'][-1]['best']:.4f},{reached},{share:.3f}")
print(f"# median share {statistics.median(shares):.3f}, worst {max(shares):.3f} (bar: 0.5)")
PY
