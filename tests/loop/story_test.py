#!/usr/bin/env python3
"""The loop through the real binary, on a small part of the shop: run, plan, run again, serve, ask, pay, correct, improve,
roll back.  story_test.py --yupu build/release/yupu"""
import argparse
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

from kill_test import Session, wait_ready, write_strategy
from trial import free_port


def call(port, method, path, body=None, key=None, headers=None):
    """(status, parsed body, headers); a problem document is a body too."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method,
                                     data=None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    if key:
        request.add_header("Authorization", f"Bearer {key}")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, raw, got = answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        status, raw, got = error.code, error.read(), error.headers
    try:
        return status, json.loads(raw), got
    except ValueError:
        return status, raw.decode(errors="replace"), got


class Story:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, what, holds, seen=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED: {what} {str(seen)[:700]}", flush=True)


def run_story(story, session, strategy, visitor_count):
    once = json.loads(session.command("run", strategy, "--workdir", session.workdir, "--once", "--json"))
    names = [stage["name"] for stage in once["stages"]]
    story.check("all stages ran", names == ["data", "train", "release", "accounts", "visitors", "collect", "improve", "promote"], names)
    by_name = {stage["name"]: stage["output"] for stage in once["stages"]}
    story.check("every visitor was served", by_name["visitors"]["calls"] == visitor_count, by_name["visitors"])
    story.check("corrections were filed", by_name["visitors"]["corrections"] > 0, by_name["visitors"])
    story.check("the round trained on them", by_name["improve"]["corrections"] == by_name["visitors"]["corrections"], by_name["improve"])
    story.check("the gate gave a reason", len(by_name["improve"]["reason"]) > 10, by_name["improve"])
    invoices = by_name["collect"]["invoices"]
    story.check("the month has a draft invoice", len(invoices) == 1 and invoices[0]["state"] == "draft", invoices)
    plan = json.loads(session.command("plan", strategy, "--workdir", session.workdir, "--json"))
    story.check("plan says nothing is left", not any(stage["runs"] for stage in plan["stages"]), plan)
    again = json.loads(session.command("run", strategy, "--workdir", session.workdir, "--once", "--json"))
    story.check("the second run skips everything", all(stage["skipped"] for stage in again["stages"]), again)
    for lang in ("zh", "en"):
        page = (session.workdir / "site" / f"report.{lang}.html").read_text(encoding="utf-8")
        accuracy = by_name["train"]["figures"]["test.accuracy"]
        story.check(f"the {lang} report binds its numbers", "data-fact" in page and "<svg" in page, page[:300])
        story.check("accuracy is a share", 0.0 < accuracy <= 1.0, accuracy)
    usage = json.loads(session.command("usage", "--tenant", "green-hill-tea", "--workdir", session.workdir, "--json"))
    story.check("usage counts the visitors' calls", usage["calls"] == visitor_count and usage["tokens"] > 0, usage)


def http_story(story, session, strategy, port, key):
    status, answer, headers = call(port, "POST", "/v1/answer", {"bot": "shop", "text": "where is my parcel"}, key)
    story.check("an answer has everything", status == 200 and {"decision", "text", "score", "intent", "sources", "trace_id"} <= set(answer), answer)
    story.check("every answer carries its request id", headers["x-request-id"].startswith("req_"), dict(headers))
    trace = answer.get("trace_id", "")
    status, body, _ = call(port, "POST", "/v1/feedback", {"trace_id": trace, "rating": -1, "correction": "refund_status"}, key)
    story.check("a correction is taken", status in (200, 201), body)
    status, body, _ = call(port, "POST", "/v1/feedback", {"trace_id": "tr_nobody", "rating": 1}, key)
    story.check("feedback on a foreign trace is 404", status == 404, body)
    status, body, _ = call(port, "POST", "/v1/feedback", {"trace_id": trace, "correction": "no_such_intent"}, key)
    story.check("an unknown label names the field", status == 400 and body["field"] == "correction", body)
    status, body, _ = call(port, "POST", "/v1/classify", {"model": "killed", "input": ["你好", "refund please"]}, key)
    story.check("classify answers a list", status == 200 and len(body.get("data", body.get("results", []))) == 2, body)
    for path, what in (("/healthz", "health"), ("/readyz", "ready"), ("/metrics", "metrics"), ("/openapi.json", "OpenAPI"), ("/", "demo page")):
        status, body, _ = call(port, "GET", path)
        story.check(f"{what} answers", status == 200 and body, (status, body))
    status, body, _ = call(port, "GET", "/v1/models")
    story.check("models are listed", status == 200 and body["data"], body)
    for path in ("/v1/usage", "/v1/balance", "/v1/invoices"):
        status, body, _ = call(port, "GET", path, key=key)
        story.check(f"{path} answers its owner", status == 200, body)
        status, body, _ = call(port, "GET", path)
        story.check(f"{path} needs a key", status == 401 and body["code"] == "unauthenticated", body)


def bad_requests(story, port, key):
    def problem(what, want, body, path="/v1/answer", with_key=key, field=None, headers=None):
        status, answer, got = call(port, "POST", path, body, with_key, headers)
        wanted = want if isinstance(want, tuple) else (want,)
        good = status in wanted and isinstance(answer, dict) and {"code", "detail", "request_id"} <= set(answer)
        good = good and got["content-type"].startswith("application/problem+json") and (field is None or answer.get("field") == field)
        story.check(what, good, (status, answer))

    problem("a wrong key is 401", 401, {"bot": "shop", "text": "hi"}, with_key="yp_" + "a" * 52)
    problem("a made-up key is 401", 401, {"bot": "shop", "text": "hi"}, with_key="nonsense")
    problem("an unknown bot is 404", 404, {"bot": "nobody", "text": "hi"})
    problem("an unknown field is named", 400, {"bot": "shop", "text": "hi", "colour": 1}, field="colour")
    problem("an empty text is 400", 400, {"bot": "shop", "text": "   \u0000\t"}, field="text")
    problem("a missing text is 400", 400, {"bot": "shop"}, field="text")
    problem("a text of 100 kB is 413", 413, {"bot": "shop", "text": "x" * 100_000})
    problem("a body of 2 MB is 413", 413, b'{"bot": "shop", "text": "' + b"x" * (2 << 20) + b'"}')
    problem("invalid UTF-8 is 400", 400, b'{"bot": "shop", "text": "\xff\xfe"}')
    problem("broken JSON is 400", 400, b'{"bot": ')
    problem("a key twice is 400", 400, b'{"bot": "shop", "bot": "shop", "text": "hi"}')
    problem("a wrong type is named", 400, {"bot": "shop", "text": 5}, field="text")
    status, _, _ = call(port, "GET", "/v1/nowhere", key=key)
    story.check("an unknown route is 404", status == 404, status)
    status, _, headers = call(port, "DELETE", "/v1/answer", key=key)
    story.check("a wrong method is 405 with Allow", status == 405 and "POST" in headers["allow"], dict(headers))
    first = call(port, "POST", "/v1/answer", {"bot": "shop", "text": "refund"}, key, {"Idempotency-Key": "story-1"})
    second = call(port, "POST", "/v1/answer", {"bot": "shop", "text": "refund"}, key, {"Idempotency-Key": "story-1"})
    story.check("the same Idempotency-Key gives the same answer", first[:2] == second[:2], (first[1], second[1]))
    problem("the same Idempotency-Key with another body is 409", 409, {"bot": "shop", "text": "other"}, headers={"Idempotency-Key": "story-1"})


def quota_story(story, session, port):
    session.command("plans", "set", "small", "--monthly-tokens", "40", "--price", "answer_tokens=0.30", "--workdir", session.workdir)
    session.command("plans", "tenant", "poor", "--plan", "small", "--workdir", session.workdir)
    created = json.loads(session.command("keys", "create", "--tenant", "poor", "--workdir", session.workdir, "--json"))
    key = created.get("secret") or created["key"]
    answers = [call(port, "POST", "/v1/answer", {"bot": "shop", "text": "where is my parcel"}, key) for _ in range(12)]
    statuses = [status for status, _, _ in answers]
    story.check("the quota lets some calls through and then answers 402 or 429", statuses[0] == 200 and statuses[-1] in (402, 429), statuses)
    usage = json.loads(session.command("usage", "--tenant", "poor", "--workdir", session.workdir, "--json"))
    story.check("the quota is never overshot", usage["tokens"] <= 40 and usage["calls"] == statuses.count(200), (usage, statuses))
    key_id = (created.get("info") or created)["id"]
    session.command("keys", "revoke", key_id, "--workdir", session.workdir)
    for _ in range(30):
        status = call(port, "GET", "/v1/usage", key=key)[0]
        if status == 401:
            break
        threading.Event().wait(0.1)
    story.check("a revoked key is refused within seconds", status == 401, status)


def swap_story(story, session, port, key):
    """Promote and roll back while questions keep coming: none fails."""
    releases = json.loads(session.command("models", "list", "--workdir", session.workdir, "--json"))["releases"]
    stop = threading.Event()
    statuses = []

    def ask():
        while not stop.is_set():
            statuses.append(call(port, "POST", "/v1/answer", {"bot": "shop", "text": "where is my parcel"}, key)[0])

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    changed = 0
    live = next(release["release_id"] for release in releases if release["live"])
    for _ in range(4):
        for release in releases:
            if release["release_id"] == live and len(releases) > 1:
                continue
            session.command("models", "promote", "killed", release["release_id"], "--workdir", session.workdir)
            live = release["release_id"]
            for _ in range(60):
                seen = {model.get("release_id") for model in call(port, "GET", "/v1/models")[1]["data"]}
                if live in seen:
                    changed += 1
                    break
                threading.Event().wait(0.1)
    stop.set()
    for asker in askers:
        asker.join()
    story.check("every promotion reached the running server", changed >= 4, changed)
    story.check("no request failed while models were swapped", set(statuses) == {200} and len(statuses) > 20, statuses[-5:])
    if len(releases) > 1:
        before = json.loads(session.command("models", "show", "killed", "--workdir", session.workdir, "--json"))["release_id"]
        back = json.loads(session.command("models", "rollback", "killed", "--workdir", session.workdir, "--json"))["release_id"]
        story.check("a roll-back brings the release before", back != before, (before, back))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    options = parser.parse_args()
    story = Story()
    with tempfile.TemporaryDirectory(prefix="yupu-story-") as name:
        folder = pathlib.Path(name)
        session = Session(options.yupu, folder, random.Random(1))
        strategy, visitor_count = write_strategy(folder, 11)
        run_story(story, session, strategy, visitor_count)
        port = free_port()
        key = (session.workdir / "secrets" / "keys" / "green-hill-tea").read_text().strip()
        server = session.start("serve", "--strategy", strategy, "--workdir", session.workdir, "--listen", f"127.0.0.1:{port}")
        try:
            wait_ready(port, server)
            http_story(story, session, strategy, port, key)
            bad_requests(story, port, key)
            quota_story(story, session, port)
            swap_story(story, session, port, key)
            improved = json.loads(session.command("improve", strategy, "--workdir", session.workdir, "--json"))
            story.check("a round says what came of it", "reason" in improved and "released" in improved, improved)
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=30)
        story.check("SIGTERM ends the server cleanly", code == 0, code)
        session.check_books()
        story.check("the books are right at the end", True)
        if story.failed:
            print((folder / "log.txt").read_text(errors="replace")[-3000:])
    print(f"{story.passed} passed, {story.failed} failed")
    return 1 if story.failed else 0


if __name__ == "__main__":
    sys.exit(main())
