#!/usr/bin/env bash
# The lower rooms built for 64-bit ARM, their tests run under qemu-user (docs/aarch64.md).
set -euo pipefail
cd "$(dirname "$0")/.."
jobs="${JOBS:-$(nproc)}"
make --no-print-directory build/aarch64/build.ninja
ninja -C build/aarch64 -j "$jobs" base_tests engine_tests text_tests model_tests
ctest --test-dir build/aarch64 --output-on-failure -j "$jobs" -R '^(base|engine|text|model)/'
