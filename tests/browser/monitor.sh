#!/usr/bin/env bash
# The monitor's page in a real browser, against the real binary:  monitor.sh YUPU_BINARY [--screenshots DIR]
# A monitor of its own in a folder of its own: `serve --monitor` shows it, monitor.mjs writes to a file, has `monitor run` read it and
# tell a mail server and a webhook of ours, and looks. What the file says happened in a bucket that is over, so the monitor's first look raises the alarm.
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
yupu="$(realpath "${1:?usage: monitor.sh YUPU_BINARY [--screenshots DIR]}")"
shift

"$here/install.sh"

folder="$(mktemp -d)"
processes=""
finish() {
  for process in $processes; do
    kill "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$folder"
}
trap finish EXIT
cd "$folder"
python3 "$here/receivers.py" ports notices.jsonl 2>receivers.log &
processes="$!"
for _ in $(seq 100); do
  [ -s ports ] && break
  sleep 0.1
done
read -r mail hook <ports
echo hush >secret
cat >s.toml <<TOML
[strategy]
name = "newsroom"
[monitor]
[[monitor.topic]]
name = "tea"
absolute_limit = 5
[[monitor.topic]]
name = "青山茶"
[[monitor.file]]
path = "news.jsonl"
source = "news"
[[monitor.route]]
name = "desk"
url = "http://127.0.0.1:$hook/"
secret_file = "secret"
wait_seconds = 0
allow_private_addresses = true
[[monitor.route]]
name = "mail"
kind = "mail"
url = "smtp://127.0.0.1:$mail"
tls = "none"
from = "alerts@bank.example"
to = ["li@bank.example"]
wait_seconds = 0
allow_private_addresses = true
TOML
# The detection looks at what is received after it looked last: the first document is older than the surge will be.
received="$(date -u -d '170 minutes ago' +%Y-%m-%dT%H:%M:%SZ)"
echo "{\"guid\": \"first\", \"title\": \"tea and 青山茶 are drunk\", \"sentiment\": \"positive\", \"received\": \"$received\"}" >news.jsonl
"$yupu" plans set desk --monthly-tokens 1000000 --price classify_tokens=0.01 --workdir w >/dev/null
"$yupu" plans tenant bank --plan desk --workdir w >/dev/null
token="$("$yupu" agents add Li --manager --workdir w --json | sed -n 's/.*"token": "\(ya_[0-9a-f]*\)".*/\1/p')"
other="$("$yupu" agents add Bo --workdir w --json | sed -n 's/.*"token": "\(ya_[0-9a-f]*\)".*/\1/p')"
"$yupu" monitor push s.toml news.jsonl --source news --workdir w >/dev/null
"$yupu" serve --monitor s.toml --listen 127.0.0.1:0 --workdir w >serve.log 2>&1 &
processes="$processes $!"
url=""
for _ in $(seq 100); do
  url="$(grep -o 'http://127\.0\.0\.1:[1-9][0-9]*' serve.log | tail -n 1 || true)"
  [ -n "$url" ] && break
  sleep 0.2
done
status=0
MONITOR_TOKEN="$token" MONITOR_OTHER="$other" MONITOR_FEED="$folder/news.jsonl" MONITOR_NOTICES="$folder/notices.jsonl" node "$here/monitor.mjs" "${url:?the server did not listen: $(tail -n 5 serve.log)}" "$@" -- "$yupu" monitor run s.toml --workdir w || status=$?
if [ "$status" != 0 ]; then
  echo "monitor.sh: last lines of the monitor and of the server:" >&2
  tail -n 10 run.log serve.log >&2 || true
fi
exit "$status"
