#!/usr/bin/env bash
# The pages of recommendation in a real browser, against the real binary:  recommend.sh YUPU_BINARY [--screenshots DIR]
# The bookshop of examples/bookshop in a folder of its own, with one release refused and two that served.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
data="$(cd "$here/../../examples/bookshop/data" && pwd)"
yupu="$(realpath "${1:?usage: recommend.sh YUPU_BINARY [--screenshots DIR]}")"
shift

"$here/install.sh"

folder="$(mktemp -d)"
server=""
finish() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
mine="--tenant acme --workdir w"
"$yupu" plans set books --monthly-tokens 1000000 --price pair_tokens=0.01 --workdir w >/dev/null
"$yupu" plans tenant acme --plan books --workdir w >/dev/null
key="$("$yupu" keys create --tenant acme --workdir w | grep -o 'yp_[0-9A-Za-z_]*' | head -n 1)"
token="$("$yupu" agents add Li --manager --workdir w --json | sed -n 's/.*"token": "\(ya_[0-9a-f]*\)".*/\1/p')"
other="$("$yupu" agents add Bo --workdir w --json | sed -n 's/.*"token": "\(ya_[0-9a-f]*\)".*/\1/p')"
echo '{"id": "odd", "title": "<b>odd</b> title", "tags": ["odd"]}' >odd.jsonl
# shellcheck disable=SC2086
{
  "$yupu" recommend import --items "$data/items.jsonl" --events "$data/events.jsonl" $mine
  "$yupu" recommend import --items odd.jsonl $mine
  "$yupu" recommend retrain --users-min 5 --loss-max 1 $mine
  "$yupu" recommend retrain --users-min 5 --loss-max 1 --lambda 1 $mine
  "$yupu" recommend retrain --users-min 100000 $mine || true
} >/dev/null 2>&1
"$yupu" serve --recommend --listen 127.0.0.1:0 --workdir w >serve.log 2>&1 &
server="$!"
url=""
for _ in $(seq 100); do
  url="$(grep -o 'http://127\.0\.0\.1:[1-9][0-9]*' serve.log | tail -n 1 || true)"
  [ -n "$url" ] && break
  sleep 0.2
done
status=0
RECOMMEND_TOKEN="$token" RECOMMEND_OTHER="$other" RECOMMEND_KEY="$key" node "$here/recommend.mjs" "${url:?the server did not listen: $(tail -n 5 serve.log)}" "$@" || status=$?
if [ "$status" != 0 ]; then
  echo "recommend.sh: last lines of the server:" >&2
  tail -n 10 serve.log >&2 || true
fi
exit "$status"
