#!/usr/bin/env python3
"""Three people take over from the bot for twenty visitors, through the real binary; the server is killed in the middle. No message
is lost, none is doubled, and both sides have read all of them.  agents_test.py --yupu build/release/yupu"""
import http.client
import json
import signal
import socket
import sys
import tempfile
import threading
import time

from conversation_test import STRATEGY, Server, write_files
from story_test import call
from trial import Trial, yupu_from_arguments

VISITORS, MESSAGES = 20, 4
REQUEUE_S = 2
PATIENCE_S = 90
# No stage of tests here, and a short wait for agents who are gone.
AGENTS_STRATEGY = STRATEGY[:STRATEGY.index("[[service.test]]")].replace(
    "idle_minutes = 600", f"idle_minutes = 600\nrequeue_after_s = {REQUEUE_S}") + STRATEGY[STRATEGY.index("[commerce]"):]


def insist(server, method, path, body, key, headers=None):
    """The answer, however often the server is killed meanwhile; None when it is a conflict for good."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
            connection.request(method, path, json.dumps(body) if body is not None else None,
                               {"authorization": f"Bearer {key}", "content-type": "application/json", **(headers or {})})
            response = connection.getresponse()
            answer = json.loads(response.read())
            if response.status == 200:
                return answer
            if response.status == 409 and answer.get("field") == "conversation":
                return None
        except (OSError, http.client.HTTPException, ValueError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"{method} {path}")


class Stream(threading.Thread):
    """Reads server-sent events and comes back when the stream breaks."""

    def __init__(self, server, path, key, take):
        super().__init__(daemon=True)
        self.server, self.path, self.key, self.take = server, path, key, take
        self.last_id, self.ended, self.sock = "", False, None
        self.start()

    def run(self):
        while not self.ended:
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
                connection.connect()
                self.sock = connection.sock  # the connection lets go of it when the answer has begun
                headers = {"authorization": f"Bearer {self.key}"}
                if self.last_id:
                    headers["last-event-id"] = self.last_id
                connection.request("GET", self.path, headers=headers)
                response = connection.getresponse()
                fields = {}
                while response.status == 200 and not self.ended:
                    line = response.readline()
                    if not line:
                        break
                    name, _, value = line.decode().rstrip("\n").partition(": ")
                    if name.startswith(":"):  # a heart-beat
                        continue
                    if name:
                        fields[name] = value
                    elif fields:
                        self.last_id = fields.get("id", self.last_id)
                        self.take(fields.get("event", "message"), json.loads(fields["data"]))
                        fields = {}
            except (OSError, http.client.HTTPException, ValueError, AttributeError):
                pass
            time.sleep(0.05)

    def end(self):
        self.ended = True
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except (OSError, AttributeError):
            pass


class Agent:
    """Answers each message of a visitor with its text, once; gives the conversation back after the last."""

    def __init__(self, server, name, token):
        self.server, self.name, self.token = server, name, token
        self.most, self.mine, self.lock = 0, set(), threading.Lock()
        self.threads = []
        self.stream = Stream(server, "/v1/agent/events", token, self.take)

    def take(self, event, data):
        conversation = data.get("conversation")
        if event == "hello":  # a stream begins: what is theirs follows
            with self.lock:
                self.mine.clear()
        if event == "assigned":
            with self.lock:
                self.mine.add(conversation)
                self.most = max(self.most, len(self.mine))
        if event == "released":
            with self.lock:
                self.mine.discard(conversation)
        if event in ("assigned", "message"):
            thread = threading.Thread(target=self.answer_all, args=(conversation,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def answer_all(self, conversation):
        read = insist(self.server, "GET", f"/v1/agent/conversations/{conversation}", None, self.token)
        if read is None or not read["mine"]:
            return
        said = {m["text"] for m in read["messages"] if m["author"] == "person"}
        asked = [m for m in read["messages"] if m["author"] == "visitor"]
        for message in asked:
            if f"re: {message['text']}" not in said:
                # The same id whoever of us tries: what was said is not said again.
                insist(self.server, "POST", f"/v1/agent/conversations/{conversation}/say",
                       {"message_id": f"re-{message['sequence']}", "text": f"re: {message['text']}"}, self.token)
        if len(asked) == MESSAGES:
            insist(self.server, "POST", f"/v1/agent/conversations/{conversation}/close", {"to": "bot"}, self.token)


class Visitor(threading.Thread):
    def __init__(self, server, key, number):
        super().__init__(daemon=True)
        self.server, self.key, self.number = server, key, number
        self.heard, self.states, self.problem = [], [], None
        self.texts = ["let me talk to somebody"] + [f"message {n} of visitor {number}" for n in range(1, MESSAGES)]
        self.conversation, self.stream = None, None

    def take(self, event, data):
        (self.heard if event == "message" else self.states).append(data)

    def run(self):
        try:
            for n, text in enumerate(self.texts):
                body = {"bot": "shop", "text": text}
                if self.conversation:
                    body["conversation"] = self.conversation
                answer = insist(self.server, "POST", "/v1/answer", body, self.key, {"idempotency-key": f"v{self.number}-{n}"})
                if answer["decision"] != "handoff" or answer["handover"]["state"] not in ("waiting", "with"):
                    raise ValueError(f"message {n}: {answer}")
                if answer["handover"]["state"] == "with" and n > 0 and answer["text"]:
                    raise ValueError(f"the bot speaks beside a person: {answer}")
                if self.conversation is None:
                    self.conversation = answer["conversation"]
                    self.stream = Stream(self.server, f"/v1/conversations/{self.conversation}/events", self.key, self.take)
                until = time.monotonic() + PATIENCE_S
                while f"re: {text}" not in [m["text"] for m in list(self.heard)]:
                    if time.monotonic() > until:
                        raise TimeoutError(f"nobody answered '{text}'")
                    time.sleep(0.02)
        except (ValueError, TimeoutError, TypeError, KeyError) as problem:
            self.problem = f"visitor {self.number}: {problem!r}"
        if self.stream:
            self.stream.end()


def crowd(trial, server, key, tokens):
    expect = trial.expect
    agents = [Agent(server, name, token) for name, token in tokens.items()]
    time.sleep(0.5)
    visitors = [Visitor(server, key, number) for number in range(VISITORS)]
    for visitor in visitors:
        visitor.start()
    until = time.monotonic() + PATIENCE_S
    while sum(len(v.heard) for v in visitors) < VISITORS * MESSAGES // 2 and time.monotonic() < until:
        time.sleep(0.02)
    server.kill_and_start()
    for visitor in visitors:
        visitor.join(timeout=2 * PATIENCE_S)
    for agent in agents:
        expect(agent.most <= 3, f"{agent.name} had {agent.most} conversations at a time")
        agent.stream.end()
    for visitor in visitors:
        expect(visitor.problem is None, visitor.problem)
        shown = json.loads(trial.run("conversations", "show", visitor.conversation or "none", "--workdir", "w", "--json"))
        texts = [m["text"] for m in shown["messages"] if m["author"] == "visitor"]
        replies = sorted(m["text"] for m in shown["messages"] if m["author"] == "person")
        expect(texts == visitor.texts, f"visitor {visitor.number} said {texts}")
        expect(replies == sorted(f"re: {text}" for text in visitor.texts), f"visitor {visitor.number} was told {replies}")
        sequences = [m["sequence"] for m in visitor.heard]
        expect(sequences == sorted(set(sequences)), f"visitor {visitor.number} heard some twice: {sequences}")
        heard = [m["text"] for m in visitor.heard if m["author"] == "person"]
        expect(sorted(heard) == replies, f"visitor {visitor.number} heard {heard}")


def gone(trial, server, key, tokens):
    """An agent whose stream has ended loses their conversations to another."""
    expect = trial.expect
    names = list(tokens)
    mine = []
    first = Stream(server, "/v1/agent/events", tokens[names[0]], lambda event, data: mine.append((event, data)))
    answer = insist(server, "POST", "/v1/answer", {"bot": "shop", "text": "let me talk to somebody"}, key)
    conversation = answer["conversation"]

    def holder():
        return insist(server, "GET", f"/v1/conversations/{conversation}/messages", None, key)["state"].get("agent")

    def wait_for(name, seconds):
        until = time.monotonic() + seconds
        while holder() != name and time.monotonic() < until:
            time.sleep(0.05)
        expect(holder() == name, f"the conversation is {holder()}'s, not {name}'s")
    wait_for(names[0], 10)
    first.end()
    second = Stream(server, "/v1/agent/events", tokens[names[1]], lambda event, data: None)
    began = time.monotonic()
    wait_for(names[1], REQUEUE_S + 20)
    expect(time.monotonic() - began > REQUEUE_S / 2, "who is gone for a moment keeps their conversations")
    trial.run("agents", "remove", names[1], "--workdir", "w", "--tenant", "one")
    status, _, _ = call(server.port, "GET", "/v1/agent/me", None, tokens[names[1]])
    expect(status == 401, f"a removed agent's token: {status}")
    second.end()


def offline(trial, server, key):
    expect = trial.expect
    until = time.monotonic() + 30
    while True:
        answer = insist(server, "POST", "/v1/answer", {"bot": "shop", "text": "let me talk to somebody"}, key)
        if answer["handover"]["state"] == "offline" or time.monotonic() > until:
            break
        time.sleep(0.2)
    expect(answer["handover"]["state"] == "offline", f"nobody on duty: {answer}")
    conversation = answer["conversation"]
    insist(server, "POST", f"/v1/conversations/{conversation}/contact", {"contact": "me@example.org", "text": "my parcel"}, key)
    tickets = json.loads(trial.run("conversations", "list", "--tickets", "--workdir", "w", "--json"))["tickets"]
    expect([(t["conversation"], t["contact"], t["text"]) for t in tickets] == [(conversation, "me@example.org", "my parcel")], f"tickets {tickets}")
    expect("me@example.org" in trial.run("conversations", "list", "--tickets", "--workdir", "w"), "tickets as text")


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        write_files(trial.folder)
        (trial.folder / "strategy.toml").write_text(AGENTS_STRATEGY, encoding="utf-8")
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts", "--json")
        key = trial.key_of("one")
        trial.expect("--tenant" in trial.run("agents", "add", "Mei", "--workdir", "w", code=2), "which of two tenants")
        tokens = {}
        for agent, skills in (("Mei", "en,zh"), ("Lin", "en"), ("Wu", "")):
            skill_words = ["--skills", skills] if skills else []
            added = json.loads(trial.run("agents", "add", agent, "--workdir", "w", "--tenant", "one", "--limit", "3", *skill_words, "--json"))
            tokens[agent] = added["token"]
        listed = trial.run("agents", "list", "--workdir", "w", "--tenant", "one")
        trial.expect(all(agent in listed for agent in tokens) and not any(token in listed for token in tokens.values()), listed)
        server = Server(trial)
        try:
            crowd(trial, server, key, tokens)
            gone(trial, server, key, tokens)
            offline(trial, server, key)
        finally:
            server.stop(signal.SIGTERM)
        trial.run("ledger", "check", "--workdir", "w")
        return trial.finish(f"{VISITORS} visitors and {len(tokens)} people: nothing lost, nothing doubled")


if __name__ == "__main__":
    sys.exit(main())
