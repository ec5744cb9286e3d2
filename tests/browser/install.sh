#!/usr/bin/env bash
# What the checks in a browser need, from package-lock.json into node_modules, once. `npm ci` empties the folder first, so two of
# them at a time take each other's files away: tests that run side by side wait here for the first.
set -euo pipefail
cd "$(dirname "$0")"
exec 9>.install-lock
flock 9
installed=node_modules/.yupu-installed
if [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  touch "$installed"
fi
