#!/usr/bin/env bash
# Every fuzz target for SECONDS each, from its corpus: fuzz.sh SECONDS [TARGET...].
set -euo pipefail
cd "$(dirname "$0")/.."
seconds="$1"
shift
make --no-print-directory build/asan/build.ninja
targets=("$@")
[ ${#targets[@]} -gt 0 ] || targets=($(cd fuzz && ls ./*_fuzz.cc | sed 's,^\./,,; s,\.cc$,,'))
ninja -C build/asan -j "${JOBS:-$(nproc)}" "${targets[@]}"
for target in "${targets[@]}"; do
  corpus="build/asan/fuzz/corpus/$target"
  mkdir -p "$corpus"
  seed="fuzz/corpus/${target%_fuzz}"
  echo "== $target, $seconds s"
  # shellcheck disable=SC2046
  "build/asan/fuzz/$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=4096 -print_final_stats=1 "$corpus" $([ -d "$seed" ] && echo "$seed") \
    >"build/asan/fuzz/$target.log" 2>&1 || { tail -n 40 "build/asan/fuzz/$target.log" >&2; exit 1; }
  grep -E 'stat::number_of_executed_units|stat::peak_rss_mb' "build/asan/fuzz/$target.log"
done
