#!/usr/bin/env python3
"""A shop that learns by itself, and its people told: the tests of conversations find an answer that has changed,
corrections begin a round that releases, a visitor waits and nobody looks. All of it is told to a signed webhook.
rounds_test.py --yupu build/release/yupu"""
import hashlib
import hmac
import http.server
import json
import signal
import sys
import tempfile
import threading
import time

from conversation_test import ANSWERS, Server, Visitor
from misses_shop import MISSES_STRATEGY, asked, write_shop
from story_test import call
from trial import Trial, yupu_from_arguments

SECRET, CORRECTED = "hush", 12


class Receiver(http.server.BaseHTTPRequestHandler):
    heard = []  # (signed as agreed, notice)
    statuses = [503]  # what the next answers are; 204 then

    def do_POST(self):  # noqa: N802 (the name is the base class's)
        body = self.rfile.read(int(self.headers["content-length"]))
        signed = self.headers["x-yupu-timestamp"].encode() + b"." + body
        wanted = "sha256=" + hmac.new(SECRET.encode(), signed, hashlib.sha256).hexdigest()
        status = Receiver.statuses.pop(0) if Receiver.statuses else 204
        if status == 204:
            Receiver.heard.append((self.headers["x-yupu-signature"] == wanted, json.loads(body)))
        self.send_response(status)
        self.end_headers()

    def log_message(self, *words):
        pass


def told(trial, event, seconds=30):
    """The notice of this event, once it has come."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for is_signed, notice in Receiver.heard:
            if notice["event"] == event:
                trial.expect(is_signed, f"{event}: signed")
                return notice
        time.sleep(0.1)
    trial.expect(False, f"nobody was told of {event}: {Receiver.heard}")
    return {"words": {"en": {"subject": "", "lines": [""]}}, "waiting": [{}]}


def strategy(port, tests_at="00:00"):
    rules = f"""[[service.test]]
name = "money"
[[service.test.turn]]
say = "please refund me"
expect = {{ contains = "three days" }}
[[service.notify]]
name = "desk"
url = "http://127.0.0.1:{port}/hook"
secret_file = "secret"
allow_private_addresses = true
wait_seconds = 0
[improve]
after_corrections = {CORRECTED}
"""
    service = f'idle_minutes = 600\ntests_at = "{tests_at}"\nconsole_url = "https://shop.example/console"'
    return MISSES_STRATEGY.replace("[improve]\n", rules).replace("idle_minutes = 600", service)


def rounds(trial, *more):
    return json.loads(trial.run("rounds", "strategy.toml", "--workdir", "w", "--json", *more))["rounds"]


def tests_of_conversations(trial):
    """An answer that has changed is found on the day, and told."""
    expect = trial.expect
    path = trial.folder / "answers.toml"
    path.write_text(ANSWERS.replace("Within three days.", "Within two days."), encoding="utf-8")
    done = rounds(trial, "--once")
    expect([(one["kind"], one["outcome"]) for one in done] == [("tests", "changed")], f"tests alone are due: {done}")
    path.write_text(ANSWERS, encoding="utf-8")
    expect(rounds(trial, "--once") == [], "once a day")


def correct(trial, server, key, intent, count):
    for number in range(count):
        status, said, _ = call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": asked(intent, number)}, key)
        trial.expect(status == 200, f"asked: HTTP {status} {said}")
        body = {"trace_id": said["trace_id"], "correction": intent}
        status, kept, _ = call(server.port, "POST", "/v1/feedback", body, key)
        trial.expect(status == 200, f"corrected: HTTP {status} {kept}")


def improvement(trial, server, key, token):
    expect = trial.expect
    correct(trial, server, key, "hours", CORRECTED - 1)
    expect(rounds(trial, "--once") == [], "too few corrections for a round")
    correct(trial, server, key, "refund", CORRECTED)
    done = rounds(trial, "--once")
    expect(len(done) == 1 and done[0]["why"] == f"{2 * CORRECTED - 1} new corrections", f"a round of so many: {done}")
    expect(done and done[0]["outcome"] == "released", f"it is released: {done}")
    expect(rounds(trial, "--once") == [], "the same corrections begin no second round")
    shown = call(server.port, "GET", "/v1/console/releases", key=token)[1]
    outcomes = [one["outcome"] for one in shown["rounds"]]
    expect(outcomes == ["released", "changed"], f"the console has both: {shown['rounds']}")
    expect(shown["live"] == done[0]["release_id"], "what it released answers")
    tests = call(server.port, "GET", "/v1/console/tests", key=token)[1]
    expect(tests["failed"] == 1 and tests["by"] == "yupu rounds", f"the console has the difference: {tests}")
    listed = rounds(trial, "--list")
    expect([one["kind"] for one in listed] == ["improve", "tests"], f"the log: {listed}")


def notices(trial, visitor):
    expect = trial.expect
    changed = told(trial, "tests")
    expect("Within two days." in changed["words"]["en"]["lines"][0], f"the difference is told: {changed}")
    released = told(trial, "release")
    expect(released.get("link") == "https://shop.example/console", f"where the console is: {released}")
    waiting = told(trial, "waiting")
    expect(waiting["waiting"][0].get("conversation") == visitor.conversation, f"who waits: {waiting}")
    expect("4111 1111" not in json.dumps(waiting), "what a visitor writes stays in the shop")
    form = {"contact": "me@example.org", "text": "call"}
    call(trial.port, "POST", f"/v1/conversations/{visitor.conversation}/contact", form, visitor.key)
    ticket = told(trial, "ticket")
    expect(ticket["conversations"] == [visitor.conversation], f"a ticket: {ticket}")
    expect("me@example.org" not in json.dumps(ticket), "how to reach somebody stays in the shop")
    command = ("agents", "notices", "strategy.toml", "--workdir", "w")
    listed = json.loads(trial.run(*command, "--state", "sent", "--json"))["notices"]
    expect(len(listed) == 4, f"four were sent: {listed}")
    expect(max(one["attempts"] for one in listed) == 2, f"the one that met a 503 was tried again: {listed}")
    expect(trial.run(*command, "--test", "desk").strip() == "tested desk", "a test")
    expect("no [[service.notify]]" in trial.run(*command, "--test", "x", code=2), "no such route")


def main():
    yupu = yupu_from_arguments()
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        write_shop(trial.folder)
        (trial.folder / "secret").write_text(SECRET, encoding="utf-8")
        path = trial.folder / "strategy.toml"
        path.write_text(strategy(receiver.server_port, "25:00"), encoding="utf-8")
        refused = trial.run("plan", "strategy.toml", "--workdir", "w", code=2)
        trial.expect("service.tests_at" in refused, f"no time of the day: {refused}")
        path.write_text(strategy(receiver.server_port), encoding="utf-8")
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts")
        key = trial.key_of("one")
        token = json.loads(trial.run("agents", "add", "Mei", "--tenant", "one", "--workdir", "w", "--json"))["token"]
        tests_of_conversations(trial)
        server = Server(trial)
        trial.port = server.port
        try:
            improvement(trial, server, key, token)
            visitor = Visitor(server, key)
            trial.expect(visitor.say("a person please")["decision"] == "handoff", "a person is asked for")
            visitor.say("my card is 4111 1111 1111 1111")
            notices(trial, visitor)
        finally:
            server.stop(signal.SIGTERM)
        return trial.finish("a shop that learns by itself, and its people told")


if __name__ == "__main__":
    sys.exit(main())
