#!/usr/bin/env bash
# Installs what is missing, by Debian/Ubuntu package name: install-deps.sh [build] [test] [check] [aarch64]. Asks for
# nothing.
# Reasons for every package: docs/dependencies.md.
set -euo pipefail

build="g++ cmake ninja-build pkg-config git ca-certificates libfmt-dev libhwy-dev libutf8proc-dev libsqlite3-dev libpq-dev libssl-dev
  nlohmann-json3-dev libtomlplusplus-dev libgumbo-dev libcmark-gfm-dev libcmark-gfm-extensions-dev libpugixml-dev libzip-dev
  libcurl4-openssl-dev librdkafka-dev libhnswlib-dev libxgboost-dev libpoppler-cpp-dev libgtest-dev libgmock-dev libbenchmark-dev libopenmpi-dev python3"
test="python3 python3-venv chromium fonts-noto-cjk sqlite3 wrk openmpi-bin postgresql"
check="clang-14 clang-tidy-14 clang-format-14 libclang-rt-14-dev lld-14"
# The cross compiler, the emulator, and the arm64 libraries beside the machine's own.
aarch64="g++-aarch64-linux-gnu qemu-user libstdc++6:arm64 libfmt-dev:arm64 libhwy-dev:arm64 libutf8proc-dev:arm64
  libsqlite3-dev:arm64 libssl-dev:arm64 libtomlplusplus-dev:arm64 libgtest-dev:arm64 libgmock-dev:arm64 libgumbo-dev:arm64
  libcmark-gfm-dev:arm64 libcmark-gfm-extensions-dev:arm64 libpugixml-dev:arm64 libzip-dev:arm64 libcurl4-openssl-dev:arm64"

wanted=""
for group in "$@"; do
  case "$group" in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    check) wanted="$wanted $check" ;;
    aarch64) wanted="$wanted $aarch64" ;;
    *) echo "install-deps.sh: unknown group '$group' (build, test, check, aarch64)" >&2; exit 2 ;;
  esac
done

# A package counts as there when dpkg says so, or when what it gives is on the PATH from elsewhere (node from its own builds).
missing=""
for package in $wanted; do
  dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null | grep -q '^ii' || missing="$missing $package"
done
case " $* " in
  *" build "*)
    [ -e /usr/include/boost/beast.hpp ] || missing="$missing BOOST"
    command -v node >/dev/null 2>&1 || missing="$missing nodejs"
    command -v npm >/dev/null 2>&1 || missing="$missing npm"
    ;;
esac
[ -z "$missing" ] && exit 0

sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo"
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
log="$(mktemp)"
trap 'rm -f "$log"' EXIT
case "$missing" in
  *:arm64*) $sudo dpkg --add-architecture arm64 ;;
esac
$sudo apt-get update -qq >"$log" 2>&1 || cat "$log" >&2
# Boost 1.81 is what we test with; the distribution's own (1.74 or later) works where 1.81 is not packaged.
boost=libboost-dev
apt-cache show libboost1.81-dev >/dev/null 2>&1 && boost=libboost1.81-dev
missing="${missing/BOOST/$boost}"
# shellcheck disable=SC2086
$sudo apt-get install -y -qq --no-install-recommends $missing >"$log" 2>&1 || { tail -n 20 "$log" >&2; exit 1; }
