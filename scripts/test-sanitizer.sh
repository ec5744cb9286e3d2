#!/usr/bin/env bash
# The unit tests under a sanitizer: test-sanitizer.sh asan|tsan. tsan runs what is concurrent (store, http, serving, commerce, engine).
set -euo pipefail
cd "$(dirname "$0")/.."
preset="$1"
jobs="${JOBS:-$(nproc)}"
make --no-print-directory "build/$preset/build.ninja"
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1 UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1
case "$preset" in
  asan)
    ninja -C build/asan -j "$jobs" unit_tests
    ctest --test-dir build/asan --output-on-failure -j "$jobs" -LE 'story|slow|tidy'
    ;;
  tsan)
    ninja -C build/tsan -j "$jobs" store_tests http_tests serving_tests commerce_tests
    ctest --test-dir build/tsan --output-on-failure -j "$jobs" -R '^(store|http|serving|commerce)/' -LE slow
    ;;
esac
