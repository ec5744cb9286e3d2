#!/usr/bin/env bash
# The same work on other people's software, on this machine, in the same run: make bench-peers.
#   bench/peers/run.sh [--data DIR] [--only finetune/base,tokenizer] [--quick] [--threads N]
# Makes an environment of its own with pinned peers (several GB, once): YUPU_PEERS_VENV, default build/peers-venv; a second
# one beside it for Debian's python3-torch where that is installed (apt install python3-torch), else that peer is left out
# aloud.  DIR holds banking77/ (train.csv, test.csv, categories.json), bert-vocab/ and chnsenticorp-hotel/; default
# YUPU_PEERS_DATA, then ../shared/data.  Rows are appended to bench/results/peers.jsonl, and docs/performance.md drawn anew.
# The whole takes about a quarter of an hour after the first time.  Nothing else should run meanwhile.
set -euo pipefail
cd "$(dirname "$0")/../.."
venv="${YUPU_PEERS_VENV:-build/peers-venv}"
debian="${venv%/}-debian"
data="${YUPU_PEERS_DATA:-../shared/data}"
arguments=()
while [ $# -gt 0 ]; do
  case "$1" in
    --data) data="$2"; shift 2 ;;
    -h | --help) sed -n '2,9p' "$0"; exit 0 ;;
    *) arguments+=("$1"); shift ;;
  esac
done
if [ ! -f "$data/banking77/train.csv" ] || [ ! -d "$data/bert-vocab" ]; then
  echo "SKIPPED the peers: no banking77/ and bert-vocab/ in '$data' (--data DIR)" >&2
  exit 0
fi
install_into() {  # VENV REQUIREMENTS: once for each content of the list
  local stamp="$1/.requirements"
  cmp -s "$2" "$stamp" && return
  "$1/bin/pip" install --quiet --requirement "$2"
  cp "$2" "$stamp"
}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
install_into "$venv" bench/peers/requirements.txt
if /usr/bin/python3 -c 'import torch' 2>/dev/null; then
  [ -x "$debian/bin/python" ] || /usr/bin/python3 -m venv --system-site-packages "$debian"
  install_into "$debian" bench/peers/requirements-debian.txt
  # The reference BLAS that comes with python3-torch is one thread of plain loops: a peer nobody would run, and a flattering one.
  if ! ls -l /etc/alternatives/libblas.so.3-* | grep -q openblas-openmp; then
    echo "python3-torch would run on $(readlink -f /etc/alternatives/libblas.so.3-*): apt install libopenblas0-openmp" >&2
    exit 1
  fi
  arguments+=(--debian-python "$(realpath -s "$debian/bin/python")")
else
  echo "SKIPPED Debian's PyTorch: python3-torch is not installed" >&2
fi
status=0
"$venv/bin/python" bench/peers/drive.py --data "$data" "${arguments[@]}" || status=$?
python3 bench/report.py
exit "$status"
