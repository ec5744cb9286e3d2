#!/usr/bin/env bash
# Every bench of this project that needs no outside data, one after the other; quiet machine, nothing else running.
# Rows are appended to bench/results/own.jsonl, and docs/performance.md drawn anew.
set -euo pipefail
cd "$(dirname "$0")/.."
threads="${THREADS:-$(nproc)}"
run() { echo "== $*"; python3 bench/rows.py "$@"; }
run build/release/src/text/text_tokenizer_bench --benchmark_format=csv
run build/release/src/engine/engine_gemm_bench "$threads"
run build/release/src/engine/engine_int8_gemm_bench "$threads"
run build/release/src/engine/engine_training_step_bench "$threads"
run build/release/src/model/model_encoder_inference_bench "$threads"
run build/release/src/data/data_import_bench
run build/release/src/commerce/commerce_commerce_bench
if [ -d build/demo/secrets/keys ]; then
  run python3 bench/http_load.py --yupu build/release/yupu --workdir build/demo --strategy examples/shop/strategy.toml
else
  echo "SKIPPED http_load: build/demo holds no finished run (make demo)" >&2
fi
python3 bench/report.py
