#!/usr/bin/env python3
"""Visitors of a public bot through the real binary: a token instead of a key, what is theirs and what is not, a server killed in the
middle, a conversation followed from another origin's page, users the shop vouches for, too many questions.  widget_test.py --yupu build/release/yupu"""
import hashlib
import hmac
import http.client
import json
import signal
import sys
import tempfile
import time

from conversation_test import Server, write_files
from story_test import call
from trial import Trial, yupu_from_arguments

PAGE = "https://shop.example"
SECRET = "a secret of the shop and its server, 32 bytes or more"
WIDGET = f"""
[widget]
tenant = "one"
origins = ["{PAGE}"]
title_en = "Ask the shop"
requests_per_minute = 60
identity_secret = "identity"
"""


class Visitor:
    def __init__(self, server, origin=PAGE, **claim):
        self.server, self.origin = server, origin
        status, body, _ = call(server.port, "POST", "/v1/visitors", {"bot": "shop", **claim}, headers={"Origin": origin})
        self.status, self.token = status, body.get("token", "")

    def post(self, path, body, token=None):
        return call(self.server.port, "POST", path, body, headers={"Origin": self.origin, "yupu-visitor": token or self.token})

    def say(self, text="please refund me", bot="shop", token=None, **more):
        return self.post("/v1/answer", {"bot": bot, "text": text, **more}, token)


def signed(user, expires_at, secret=SECRET):
    lines = f"shop\n{user}\n{expires_at}".encode()
    return {"user_id": user, "expires_at": expires_at, "signature": hmac.new(secret.encode(), lines, hashlib.sha256).hexdigest()}


def own_things(trial, server, keys):
    expect = trial.expect
    mine, other = Visitor(server), Visitor(server)
    status, said, headers = mine.say()
    expect((status, said["decision"]) == (200, "answer"), f"asked: {status} {said}")
    expect(headers["access-control-allow-origin"] == PAGE, "the page may read it")
    conversation = said["conversation"]
    server.kill_and_start()
    status, again, _ = mine.say("when do you open", conversation=conversation)
    expect((status, again["conversation"]) == (200, conversation), f"goes on after a kill: {status} {again}")
    expect(mine.post("/v1/feedback", {"trace_id": said["trace_id"], "rating": -1})[0] == 200, "a vote")
    expect(mine.post("/v1/feedback", {"trace_id": said["trace_id"], "rating": 1, "reason": "after all"})[0] == 200, "another vote")
    misses = json.loads(trial.run("feedback", "misses", "--workdir", "w"))["misses"]
    expect(said["trace_id"] not in [miss["trace_id"] for miss in misses], f"the last vote counts: {misses}")
    for name, got in (("another visitor", other.say(conversation=conversation)), ("a guess", other.say(conversation="cv_" + "a" * 26)),
                      ("the demo page", call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": "hi", "conversation": conversation})),
                      ("another tenant", call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": "hi", "conversation": conversation}, keys["two"]))):
        expect((got[0], got[1].get("field")) == (404, "conversation"), f"{name}: {got[:2]}")
    for name, got in (("another visitor", other.post("/v1/feedback", {"trace_id": said["trace_id"], "rating": 1})),
                      ("another tenant", call(server.port, "POST", "/v1/feedback", {"trace_id": said["trace_id"], "rating": 1}, keys["two"]))):
        expect(got[0] == 404, f"a vote of {name}: {got[:2]}")
    expect(mine.say(token="vt_" + "a" * 26)[0] == 401, "a forged token")
    expect(mine.say(bot="other")[0] == 403, "another bot")
    expect(Visitor(server, "https://evil.example").status == 403, "a page that is not listed")
    mine.origin = "https://evil.example"
    expect(mine.say()[0] == 403, "a stolen token on another page")
    stored = b"".join(file.read_bytes() for file in (trial.folder / "w").glob("yupu.db*"))
    expect(mine.token.encode() not in stored and conversation.encode() in stored, "the token itself is not stored")
    usage = call(server.port, "GET", "/v1/usage", key=keys["one"])[1]
    expect('"answer_tokens"' in json.dumps(usage), f"the tenant pays: {usage}")


def following(trial, server):
    """What a page needs after a hand-off: messages, live and asked for, and the offline form; and the browser's questions before."""
    expect = trial.expect
    mine, other = Visitor(server), Visitor(server)
    status, said, _ = mine.say("let me talk to somebody")
    expect((status, said.get("handover")) == (200, {"state": "offline"}), f"nobody is on duty: {status} {said}")
    path = f"/v1/conversations/{said['conversation']}"
    evil = "https://evil.example"
    contact = {"contact": "me@example.org", "text": "my parcel"}
    for method, what in (("GET", "events"), ("GET", "messages"), ("POST", "contact")):
        status, _, headers = call(server.port, "OPTIONS", f"{path}/{what}", headers={
            "Origin": PAGE, "Access-Control-Request-Method": method, "Access-Control-Request-Headers": "last-event-id,yupu-visitor"})
        allowed = [name.strip() for name in headers.get("access-control-allow-headers", "").split(",")]
        expect((status, headers["access-control-allow-origin"], headers["access-control-allow-methods"]) == (204, PAGE, method), f"asked about {what}: {status} {headers}")
        expect({"yupu-visitor", "last-event-id", "content-type"} <= set(allowed), f"headers of {what}: {allowed}")
        expect(call(server.port, "OPTIONS", f"{path}/{what}", headers={"Origin": evil})[0] == 403, f"{what} for a page that is not listed")
        body = contact if method == "POST" else None
        refused = call(server.port, method, f"{path}/{what}", body, headers={"Origin": PAGE, "yupu-visitor": other.token})
        expect((refused[0], refused[1].get("field")) == (404, "conversation"), f"{what} of another visitor: {refused[:2]}")
        expect(refused[2]["access-control-allow-origin"] == PAGE, "the page may read why")
        expect(call(server.port, method, f"{path}/{what}", body, headers={"Origin": evil, "yupu-visitor": mine.token})[0] == 403, f"{what} on another page")
    status, asked, headers = call(server.port, "GET", f"{path}/messages", headers={"Origin": PAGE, "yupu-visitor": mine.token})
    expect((status, asked["state"], headers["access-control-allow-origin"]) == (200, {"state": "offline"}, PAGE), f"messages: {status} {asked}")
    expect([message["author"] for message in asked["messages"]] == ["visitor", "bot"], f"messages: {asked}")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    connection.request("GET", f"{path}/events", headers={"Origin": PAGE, "yupu-visitor": mine.token, "last-event-id": str(asked["messages"][0]["sequence"])})
    stream = connection.getresponse()
    expect((stream.status, stream.headers["access-control-allow-origin"]) == (200, PAGE), f"events: {stream.status} {stream.headers}")
    heard = []
    while not heard or heard[-1] != 'data: {"state":"offline"}':
        line = stream.readline().decode()
        if not line:
            break
        heard.append(line.rstrip("\n"))
    expect(heard.count("event: message") == 1 and heard[-1] == 'data: {"state":"offline"}', f"the stream goes on after the first message: {heard}")
    connection.close()
    expect(mine.post(f"{path}/contact", {"contact": " "})[1].get("field") == "contact", "an empty contact")
    expect(mine.post(f"{path}/contact", contact)[0] == 200, "the offline form")
    tickets = json.loads(trial.run("conversations", "list", "--tickets", "--workdir", "w", "--json"))["tickets"]
    expect([(ticket["contact"], ticket["text"]) for ticket in tickets] == [("me@example.org", "my parcel")], f"tickets: {tickets}")


def known_users(trial, server):
    expect = trial.expect
    soon = int(time.time()) + 600
    phone = Visitor(server, **signed("u-42", soon))
    conversation = phone.say()[1]["conversation"]
    expect(Visitor(server, **signed("u-42", soon + 1)).say(conversation=conversation)[0] == 200, "the same user elsewhere")
    expect(Visitor(server, **signed("u-43", soon)).say(conversation=conversation)[0] == 404, "another user")
    for name, claim in (("unsigned", {**signed("u-42", soon), "signature": "0" * 64}), ("another secret", signed("u-42", soon, "x" * 40)),
                        ("over", signed("u-42", soon - 700)), ("another's", {**signed("u-43", soon), "user_id": "u-42"})):
        expect(Visitor(server, **claim).status == 401, f"an identity that is {name}")


def floods(trial, server):
    fast = Visitor(server)
    answers = [fast.say() for _ in range(60)]
    refused = [answer for answer in answers if answer[0] == 429]
    trial.expect({answer[0] for answer in answers} == {200, 429}, f"a flood: {sorted({answer[0] for answer in answers})}")
    trial.expect(refused and int(refused[0][2]["retry-after"]) >= 1, "and when to come again")
    trial.expect(Visitor(server).say()[0] == 200, "another visitor is not held up")


def pages(trial, server):
    if call(server.port, "GET", "/")[0] == 404:
        print("skipped: this binary has no pages (YUPU_WEB=OFF)")
        return
    status, _, headers = call(server.port, "GET", "/chat/shop")
    trial.expect(status == 200 and f"frame-ancestors 'self' {PAGE}" in headers["content-security-policy"], f"the hosted page: {status} {headers}")
    trial.expect(call(server.port, "GET", "/chat/other")[0] == 404, "no other bot's")
    trial.expect(call(server.port, "GET", "/widget.js")[2]["cross-origin-resource-policy"] == "cross-origin", "the script is for other pages")
    greeting = call(server.port, "GET", "/v1/widget?bot=shop", headers={"Origin": PAGE})[1]
    trial.expect(greeting["title"]["en"] == "Ask the shop", f"the greeting: {greeting}")


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        write_files(trial.folder)
        with open(trial.folder / "strategy.toml", "a", encoding="utf-8") as strategy:
            strategy.write(WIDGET)
        said = trial.run("plan", "strategy.toml", "--workdir", "w", code=2)
        trial.expect("widget.identity_secret: there is no file" in said, f"no secret: {said}")
        secret = trial.folder / "identity"
        secret.touch(mode=0o600)
        secret.write_text(SECRET + "\n")
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts")
        keys = {tenant: trial.key_of(tenant) for tenant in ("one", "two")}
        server = Server(trial)
        try:
            own_things(trial, server, keys)
            following(trial, server)
            known_users(trial, server)
            floods(trial, server)
            pages(trial, server)
        finally:
            server.stop(signal.SIGTERM)
        trial.run("ledger", "check", "--workdir", "w")
        return trial.finish("visitors have what is theirs, and nothing else")


if __name__ == "__main__":
    sys.exit(main())
