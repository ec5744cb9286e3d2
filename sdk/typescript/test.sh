#!/usr/bin/env bash
# Installs the compiler where the lock file has changed, builds dist, checks the types, runs the tests.
set -euo pipefail
cd "$(dirname "$0")"
installed=node_modules/.yupu-installed
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
  touch "$installed"
fi
rm -rf dist
npm --silent run build
npm --silent test
