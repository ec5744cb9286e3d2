#!/usr/bin/env bash
# clang-tidy over every source of ours, with the compile commands of the release build. lint.sh [FILE...] for a few.
set -euo pipefail
cd "$(dirname "$0")/.."
make --no-print-directory build/release/build.ninja
files=("$@")
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files 'src/*.cc' 'tests/*.cc' | grep -v '_bench\.cc$')
printf '%s\n' "${files[@]}" | xargs -P "${JOBS:-$(nproc)}" -n 4 clang-tidy-14 --quiet --extra-arg=-Wno-unknown-warning-option -p build/release 2> >(grep -v 'warnings generated\|warning generated\|Suppressed\|Use -header-filter' >&2)
echo "clang-tidy: ${#files[@]} files clean"
