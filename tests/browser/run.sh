#!/usr/bin/env bash
# The pages in a real browser, against the real server:  run.sh YUPU_BINARY [--screenshots DIR]
# Carries out examples/shop in a working folder beside the binary (kept: the second time only changed stages run again),
# then serves a copy of it, with the books of examples/bookshop to recommend, on a free port and runs run.mjs, then widget.mjs with
# the chat and shelf.mjs with a list of books on the pages of embedding.mjs, and console.mjs with two agents and the chat's pages: what the tests tell the shop is gone with the copy, and teaches no later run
# anything. misses.mjs has a small shop of its own, which learns; with its two releases it is what shop.mjs shows.
#   run.sh --fake [--screenshots DIR]   the same checks of page and chat alone, against fake_server.mjs and web/dist
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
yupu="${1:?usage: run.sh YUPU_BINARY|--fake [--screenshots DIR]}"
shift
wait_s=500

log="$(mktemp)"
shop="$(mktemp -d)"
copy=""
server=""
embedding=""
misses_server=""
finish() {
  for process in $server $embedding $misses_server; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$log" "$shop" ${copy:+"$copy"}
}
trap finish EXIT

"$here/install.sh"

# The port a server of ours has said in its log, once it has.
address_in() {
  grep -o 'http://127\.0\.0\.1:[1-9][0-9]*' "$1" | tail -n 1 || true
}

# Serves the shop of misses_story; $misses_url is where.
serve_small_shop() {
  local folder="$shop/misses"
  : >"$folder/log"
  "$yupu" serve --strategy "$folder/strategy.toml" --workdir "$folder/w" --listen 127.0.0.1:0 >"$folder/log" 2>&1 &
  misses_server=$!
  misses_url=""
  for _ in $(seq 300); do
    misses_url="$(address_in "$folder/log")"
    [ -n "$misses_url" ] && return 0
    kill -0 "$misses_server" || { tail -n 30 "$folder/log" >&2; return 1; }
    sleep 0.2
  done
  return 1
}

# A shop small enough to be trained twice, served in a folder of its own: what its visitors ask in vain becomes a release.
misses_story() {
  local folder="$shop/misses"
  mkdir "$folder"
  python3 "$root/tests/loop/misses_shop.py" "$folder"
  "$yupu" run "$folder/strategy.toml" --workdir "$folder/w" --once --until accounts >"$folder/log" 2>&1 || { tail -n 30 "$folder/log" >&2; return 1; }
  local token
  token="$("$yupu" agents add Mei --tenant one --workdir "$folder/w" --json | sed -n 's/.*"token": "\(ya_[0-9a-f]*\)".*/\1/p')"
  serve_small_shop || return 1
  AGENT_TOKEN="$token" node "$here/misses.mjs" "$misses_url" "$@" -- "$yupu" improve "$folder/strategy.toml" --workdir "$folder/w" --json
}

# The same shop again, with a document and two tests, one of which expects another answer than the shop gives.
shop_story() {
  local folder="$shop/misses" tokens="" name
  kill "$misses_server" 2>/dev/null || true
  wait "$misses_server" 2>/dev/null || true
  printf '# Parking\n\nYou may park behind the shop for two hours.\n' >"$folder/parking.md"
  cat >>"$folder/strategy.toml" <<'END'
[knowledge]
documents = ["parking.md"]
[[service.test]]
name = "only punctuation asks nothing"
[[service.test.turn]]
say = "？？？"
expect = { decision = "refuse" }
[[service.test]]
name = "opening hours"
[[service.test.turn]]
say = "when do you open"
expect = { decision = "answer", contains = "From ten to five." }
END
  (cd "$folder" && "$yupu" knowledge add parking.md --workdir w >/dev/null) || return 1
  for name in "Wang --manager" "Lin"; do
    # shellcheck disable=SC2086
    tokens="$tokens $("$yupu" agents add $name --tenant one --workdir "$folder/w" --json | sed -n 's/.*"token": "\(ya_[0-9a-f]*\)".*/\1/p')"
  done
  # The first release reads beside the second one.
  "$yupu" models shadow talks --candidate "$("$yupu" models list --workdir "$folder/w" | awk '$2 == "talks" && $4 != "yes" { print $1; exit }')" \
    --workdir "$folder/w" >/dev/null || return 1
  serve_small_shop || return 1
  AGENT_TOKENS="${tokens# }" node "$here/shop.mjs" "$misses_url" "$@"
}

: >"$shop/pages"
node "$here/embedding.mjs" >"$shop/pages" &
embedding=$!
until grep -q '^pages ' "$shop/pages"; do
  kill -0 "$embedding"
  sleep 0.1
done
read -r _ listed unlisted <"$shop/pages"

if [ "$yupu" = --fake ]; then
  node "$here/fake_server.mjs" --origin "$listed" >"$log" 2>&1 &
else
  yupu="$(realpath "$yupu")"
  workdir="${YUPU_BROWSER_WORKDIR:-$(dirname "$yupu")/browser-test}"
  # The shop as it is, but for the one origin its chat may stand on.
  cp -r "$root/examples/shop/." "$shop/"
  sed -i "s|^origins = .*|origins = [\"$listed\"]|" "$shop/strategy.toml"
  if ! "$yupu" run "$shop/strategy.toml" --workdir "$workdir" --once >"$log" 2>&1; then
    echo "run.sh: the shop was not carried out:" >&2
    tail -n 30 "$log" >&2
    exit 1
  fi
  copy="$(mktemp -d)"
  cp -a "$workdir/." "$copy/"
  "$yupu" recommend import --items "$root/examples/bookshop/data/items.jsonl" --events "$root/examples/bookshop/data/events.jsonl" \
    --tenant green-hill-tea --workdir "$copy" >/dev/null
  "$yupu" run "$shop/strategy.toml" --workdir "$copy" --listen 127.0.0.1:0 >"$log" 2>&1 &
fi
server=$!

url=""
for _ in $(seq $((wait_s * 5))); do
  url="$(address_in "$log")"
  [ -n "$url" ] && break
  if ! kill -0 "$server" 2>/dev/null; then
    echo "run.sh: the server ended before it listened:" >&2
    tail -n 30 "$log" >&2
    exit 1
  fi
  sleep 0.2
done
if [ -z "$url" ]; then
  echo "run.sh: the server did not listen within $wait_s s:" >&2
  tail -n 30 "$log" >&2
  exit 1
fi
status=0
node "$here/run.mjs" "$url" "$@" || status=$?
node "$here/widget.mjs" "$url" "$listed" "$unlisted" "$@" || status=$?
if [ "$yupu" != --fake ]; then
  node "$here/shelf.mjs" "$url" "$listed" "$unlisted" "$@" || status=$?
  # Who waits for a person since before, the recorded day's visitors among them, would be given to the two.
  for waiting in $("$yupu" conversations list --waiting --workdir "$copy" --json | grep -o 'cv_[a-z0-9]*' | sort -u); do
    "$yupu" conversations close "$waiting" --workdir "$copy" >/dev/null
  done
  tokens=""
  for agent in Mei Lin; do
    tokens="$tokens $("$yupu" agents add "$agent" --limit 5 --workdir "$copy" --json | sed -n 's/.*"token": "\(ya_[0-9a-f]*\)".*/\1/p')"
  done
  AGENT_TOKENS="${tokens# }" node "$here/console.mjs" "$url" "$listed" "$@" || status=$?
  misses_story "$@" || status=$?
  shop_story "$@" || status=$?
fi
if [ "$status" != 0 ]; then
  echo "run.sh: the server's last lines:" >&2
  tail -n 15 "$log" >&2
fi
exit "$status"
