#!/usr/bin/env bash
# Every test of the release build: unit tests, tidy, golden, stories through the binary, a short kill -9 run, the browser.
set -euo pipefail
cd "$(dirname "$0")/.."
jobs="${JOBS:-$(nproc)}"
make --no-print-directory build/release/build.ninja
ninja -C build/release -j "$jobs"
ctest --test-dir build/release --output-on-failure -j "$jobs" --schedule-random
