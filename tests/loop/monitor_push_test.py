#!/usr/bin/env python3
"""Documents pushed over HTTP through the real binary: what is wrong with each, the bounds, taken in by whoever runs the monitor; and a
route that is tested, and told again what nobody took.  monitor_push_test.py --yupu build/release/yupu"""
import http.server
import json
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

from trial import Trial, yupu_from_arguments

STRATEGY = """[strategy]
name = "newsroom"
[monitor]
[monitor.push]
waiting_max = 500
rows_per_minute = 100000
[[monitor.topic]]
name = "tea"
[[monitor.topic]]
name = "Apple"
ambiguous = ["Apple"]
context = ["iPhone"]
[[monitor.route]]
name = "desk"
url = "http://127.0.0.1:{port}/hook"
secret_file = "secret"
allow_private_addresses = true
"""


class Receiver(http.server.BaseHTTPRequestHandler):
    statuses = [404]
    notices = []

    def do_POST(self):  # noqa: N802 (the name is the base class's)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        status = Receiver.statuses.pop(0) if Receiver.statuses else 204
        Receiver.notices.append((self.headers["idempotency-key"], status, body["status"]))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *words):
        pass


class Board:
    def __init__(self, address, token):
        self.address, self.token = address, token

    def call(self, path, body=None):
        """Status, headers, JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        try:
            with urllib.request.urlopen(urllib.request.Request(self.address + path, data, headers), timeout=60) as answer:
                return answer.status, answer.headers, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.headers, json.load(error)


def row(guid, text):
    return {"guid": guid, "text": text, "sentiment": "negative"}


def look(trial, board):
    run, expect = trial.run, trial.expect

    def once():
        return json.loads(run("monitor", "run", "s.toml", "--once", "--json", "--workdir", "w"))

    pushed = [row("1", "tea is bad"), row("2", "an apple and an iPhone"), row("3", "an apple a day"), {"text": "tea"}, {"txet": "tea"}]
    status, _, said = board.call("/v1/monitor/documents", {"source": "desk", "documents": pushed})
    expect(status == 200 and said["accepted"] == 3, f"{status} {said}")
    expect([(one["index"], one["reason"]) for one in said["refused"]] == [(3, "sentiment"), (4, "malformed")], f"{said}")
    status, headers, said = board.call("/v1/monitor/documents", {"documents": [row(f"x{n}", "tea") for n in range(500)]})
    expect(status == 429 and said["field"] == "waiting" and headers["retry-after"] == "5", f"{status} {said}")
    expect(once()["outcomes"] == {"new": 2, "off_topic": 1}, "what waited is taken in, and an apple without its context is no Apple")
    board.call("/v1/monitor/documents", {"source": "desk", "documents": pushed[:1]})
    expect(once()["outcomes"] == {"repeated": 1}, "pushed again is nothing")
    sources = {(one["source"], one["outcome"]): one["count"] for one in board.call("/v1/monitor/sources")[2]["sources"]}
    expect(sources[("push:desk", "new")] == 2 and sources[("push:desk", "refused_malformed")] == 1, f"{sources}")
    expect(board.call("/v1/monitor/alarms?limit=")[0] == 200, "an empty limit is none")

    expect(board.call("/v1/monitor/routes/desk/test", {})[0] == 200, "the route is not tested")
    expect(once()["dead"] == 1, "the receiver refused it")
    listed = board.call("/v1/monitor/notices?state=dead")[2]
    expect(len(listed["notices"]) == 1 and listed["routes"] == [{"kind": "webhook", "name": "desk", "topics": []}], f"{listed}")
    notice = listed["notices"][0]["id"]
    expect(board.call(f"/v1/monitor/notices/{notice}/resend", {})[0] == 200, "it is not sent again")
    expect(once()["sent"] == 1, "it was not sent again")
    expect(Receiver.notices == [(notice, 404, "test"), (notice, 204, "test")], f"{Receiver.notices}")
    log = [(one["event"], one["who"]) for one in board.call("/v1/monitor/audit")[2]["audit"]]
    expect(("notice_resent", "Li") in log and ("notice_tested", "Li") in log, f"{log}")


def main():
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        (trial.folder / "s.toml").write_text(STRATEGY.format(port=hook.server_port))
        (trial.folder / "secret").write_text("hush\n")
        trial.run("plans", "set", "desk", "--monthly-tokens", "1000000", "--price", "classify_tokens=0.01", "--workdir", "w")
        trial.run("plans", "tenant", "bank", "--plan", "desk", "--workdir", "w")
        token = json.loads(trial.run("agents", "add", "Li", "--workdir", "w", "--json"))["token"]
        words = [trial.yupu, "serve", "--monitor", "s.toml", "--listen", "127.0.0.1:0", "--workdir", "w"]
        with subprocess.Popen(words, cwd=trial.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as server:
            try:
                address = next(found.group() for line in server.stdout if (found := re.search(r"http://[0-9.]+:\d+", line)))
                look(trial, Board(address, token))
            finally:
                server.terminate()
    return trial.finish("push: taken in, refused, bounded; a notice sent again")


if __name__ == "__main__":
    sys.exit(main())
