#!/usr/bin/env python3
"""A conversation through the real binary: answered, asked back, tapped, tapped too late, handed over, slots filled, the server
killed in the middle; and the strategy's own tests of it.  conversation_test.py --yupu build/release/yupu"""
import csv
import datetime
import json
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading

from story_test import call
from trial import Trial, yupu_from_arguments

PHRASES = {
    "hours": ["when do you open", "opening hours please", "are you open on sunday", "几点开门", "营业时间是什么"],
    "refund": ["i want my money back", "please refund me", "send the money back", "我要退款", "把钱退给我"],
    "status": ["where is my parcel", "track my order", "has my order left", "我的快递到哪了", "查一下订单"],
    "talk_to_human": ["a person please", "let me talk to somebody", "human agent now", "转人工", "我要找真人客服"],
}
# Under two intents by turns: nothing can be sure of these.
VAGUE = ["about the thing of last week", "it is the other matter", "still the same subject"]
STRATEGY = """[strategy]
name = "talks"
seed = 3
[data]
[[data.source]]
path = "rows.csv"
label = "intent"
split_column = "split"
[train]
config = "tiny"
epochs = 12
batch_tokens = 256
lr = 2e-3
vocab_size = 300
max_length = 24
patience = 12
threads = 2
[release]
slice_drop_max = 1.0
target_precision = 0.99
[service]
bot = "shop"
answers = "answers.toml"
idle_minutes = 600
[[service.trigger]]
name = "anger"
words = ["terrible", "投诉"]
priority = 3
[[service.test]]
name = "money"
[[service.test.turn]]
say = "please refund me"
expect = { decision = "answer", intent = "refund", contains = "three days" }
[[service.test]]
name = "parcel"
[[service.test.turn]]
say = "where is my parcel"
expect = { decision = "clarify", slot = "order_number" }
[[service.test.turn]]
say = "GH12345678"
expect = { contains = "GH12345678, is that right", values = { order_number = "GH12345678" } }
[[service.test.turn]]
say = "yes"
expect = { decision = "answer", contains = "GH12345678" }
[commerce]
[[commerce.plan]]
name = "starter"
monthly_tokens = 100000000
[[commerce.plan.price]]
meter = "answer_tokens"
yuan_per_thousand = "0.30"
[[commerce.plan.price]]
meter = "classify_tokens"
yuan_per_thousand = "0.10"
[[commerce.tenant]]
name = "one"
plan = "starter"
[[commerce.tenant]]
name = "two"
plan = "starter"
"""
ANSWERS = """[[slot]]
name = "order_number"
kind = "order_number"
patterns = ['GH\\d{8}']
prompt_zh = "订单号是多少？"
prompt_en = "What is the order number?"
confirm_zh = "{value}，对吗？"
confirm_en = "{value}, is that right?"
[[answer]]
intent = "hours"
title_zh = "营业时间"
title_en = "Opening hours"
text_zh = "十点到六点。"
text_en = "From ten to six."
source = "policy#1"
[[answer]]
intent = "refund"
title_zh = "退款"
title_en = "Refunds"
text_zh = "三天内到账。"
text_en = "Within three days."
source = "policy#2"
[[answer]]
intent = "status"
title_zh = "查订单"
title_en = "Track my order"
text_zh = "订单{order_number}在路上。"
text_en = "Order {order_number} is on its way."
source = "policy#3"
"""


def write_files(folder, strategy=STRATEGY, vague=tuple(VAGUE)):
    """The strategy, its answers, and rows: sure of PHRASES, of `vague` not."""
    rng = random.Random(5)
    rows = []
    for split, count in (("train", 24), ("valid", 8), ("test", 4)):
        for intent, phrases in PHRASES.items():
            for i in range(count):
                rows.append((f"{rng.choice(['', 'well ', 'hello '])}{phrases[i % len(phrases)]} {rng.choice(['', 'ok', 'thanks'])} {len(rows)}", intent, split))
        for i in range(3 * count):
            rows.append((f"{vague[i % len(vague)]} {len(rows)}", ["hours", "refund"][i // len(vague) % 2], split))
    for name, content in (("strategy.toml", strategy), ("answers.toml", ANSWERS)):
        (folder / name).write_text(content, encoding="utf-8")
    with open(folder / "rows.csv", "w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(("text", "intent", "split"))
        writer.writerows(rows)


class Server:
    def __init__(self, trial, *more):
        self.trial, self.more = trial, more
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.trial.yupu, "serve", "--strategy", "strategy.toml", "--workdir", "w", "--listen", "127.0.0.1:0",
                                         *self.more],
                                        cwd=self.trial.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.port = int(next(found.group(1) for line in self.process.stdout if (found := re.search(r"http://[0-9.]+:(\d+)", line))))
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def stop(self, with_signal):
        self.process.send_signal(with_signal)
        self.process.wait(timeout=30)

    def kill_and_start(self):
        self.stop(signal.SIGKILL)
        self.start()


class Visitor:
    """One conversation."""

    def __init__(self, server, key):
        self.server, self.key, self.conversation = server, key, None

    def send(self, **body):
        if self.conversation:
            body["conversation"] = self.conversation
        status, answer, _ = call(self.server.port, "POST", "/v1/answer", {"bot": "shop", **body}, self.key)
        self.server.trial.expect(status == 200, f"{body}: HTTP {status} {answer}")
        self.conversation = answer["conversation"]
        return answer

    def say(self, text):
        return self.send(text=text)

    def tap(self, intent):
        return self.send(option=intent)


def vague_text(server, key, prefix=""):
    """A text the model would rather ask about."""
    texts = [f"{prefix}{text} {number}" for text in VAGUE for number in (501, 502, 503, 504, 505)]
    _, body, _ = call(server.port, "POST", "/v1/classify", {"model": "talks", "input": texts}, key)
    return next((text for text, result in zip(texts, body["results"]) if result["decision"] == "clarify"), None)


def steps(trial, server, key):
    expect, run = trial.expect, trial.run
    vague, angry_vague = vague_text(server, key), vague_text(server, key, "terrible: ")
    if vague is None or angry_vague is None:
        trial.findings.append("no vague text is worth asking about")
        return
    visitor = Visitor(server, key)
    said = visitor.say("please refund me")
    expect(said["decision"] == "answer" and said["text"] == "Within three days.", f"sure: {said}")
    first = said["conversation"]
    asked = visitor.say(vague)
    expect(asked["decision"] == "clarify" and 1 <= len(asked["options"]) <= 3, f"unsure: {asked}")
    expect(visitor.conversation == first, "the conversation goes on")
    server.kill_and_start()
    option = asked["options"][0]["intent"]
    tapped = visitor.tap(option)
    expect(tapped["decision"] == "answer" and tapped["intent"] == option, f"a tap: {tapped}")
    labels = [json.loads(line) for line in run("feedback", "list", "--workdir", "w").splitlines()]
    expect([(row["text"], row["label"]) for row in labels] == [(vague, option)], f"a tap is a label: {labels}")
    stale = visitor.tap(option)
    expect(stale["decision"] == "clarify" and [o["intent"] for o in stale["options"]] == [option], f"a stale tap: {stale}")
    expect(visitor.tap("no_such_intent")["decision"] == "clarify", "a tap on what never was")
    expect(len(run("feedback", "list", "--workdir", "w").splitlines()) == 1, "a stale tap is no label")

    # Twice unsure: a person. Nothing new from the bot, also after a kill, until it is given back.
    angry = Visitor(server, key)
    expect(angry.say(vague)["decision"] == "clarify", "the first time")
    handed = angry.say(angry_vague)
    expect(handed["decision"] == "handoff", f"twice unsure: {handed}")
    server.kill_and_start()
    silent = angry.say("please refund me")
    expect((silent["decision"], silent["text"]) == ("handoff", handed["text"]), f"silent: {silent}")
    asked_for = Visitor(server, key)
    expect(asked_for.say("let me talk to somebody")["decision"] == "handoff", "asked for")
    waiting = json.loads(run("conversations", "list", "--waiting", "--workdir", "w", "--json"))["conversations"]
    expect([c["id"] for c in waiting] == [angry.conversation, asked_for.conversation], f"the angry one first: {waiting}")
    expect(waiting[0]["priority"] == 3 and waiting[0]["triggers"] == ["anger"], f"priority {waiting[0]}")
    shown = json.loads(run("conversations", "show", angry.conversation, "--workdir", "w", "--json"))
    expect([m["author"] for m in shown["messages"]] == ["visitor", "bot", "visitor", "bot", "visitor"], f"transcript {shown['messages']}")
    run("conversations", "return", angry.conversation, "--workdir", "w")
    expect(angry.say("please refund me")["decision"] == "answer", "given back")
    run("conversations", "close", asked_for.conversation, "--workdir", "w")
    closed = asked_for.conversation
    again = asked_for.say("please refund me")
    expect(again.get("began_anew") is True and asked_for.conversation != closed, f"closed: {again}")
    expect("there is no conversation" in run("conversations", "show", "cv_none", "--workdir", "w", code=2), "no such conversation")
    run("conversations", "show", angry.conversation, "--tenant", "two", "--workdir", "w", code=2)


def slots(trial, server, key):
    expect = trial.expect
    visitor = Visitor(server, key)
    said = visitor.say("where is my parcel")
    expect((said["decision"], said.get("slot"), said["text"]) == ("clarify", "order_number", "What is the order number?"), f"a slot: {said}")
    server.kill_and_start()
    said = visitor.say("GH12345678")
    expect(said["text"] == "GH12345678, is that right?", f"to be confirmed: {said}")
    server.kill_and_start()
    said = visitor.say("yes")
    expect((said["decision"], said["text"], said["sources"]) == ("answer", "Order GH12345678 is on its way.", ["policy#3"]), f"filled: {said}")
    chinese = Visitor(server, key)
    expect(chinese.say("我的快递到哪了")["text"] == "订单号是多少？", "in Chinese")
    expect(chinese.say("GH99")["decision"] == "clarify", "no order number")
    expect(chinese.say("取消")["text"] == "好的，已取消。", "cancelled")
    lost = Visitor(server, key)
    lost.say("where is my parcel")
    expect(lost.say("XX12345678")["decision"] == "clarify", "impossible once")
    expect(lost.say("XX12345679")["decision"] == "clarify", "impossible twice")
    expect(lost.say("XX12345680")["decision"] == "handoff", "impossible three times")


# The same shop asks for more: a day and an amount.
FORM_ANSWERS = ANSWERS.replace("订单{order_number}在路上。", "订单{order_number}（{ordered_on}下单，{paid}元）在路上。").replace(
    "Order {order_number} is", "Order {order_number} of {ordered_on}, {paid} yuan, is") + """[[slot]]
name = "ordered_on"
kind = "date"
prompt_zh = "哪天下的单？"
prompt_en = "When did you order?"
[[slot]]
name = "paid"
kind = "amount"
prompt_zh = "付了多少钱？"
prompt_en = "How much did you pay?"
"""
# And for a name, which a model of entities finds.
NAME_ANSWERS = ANSWERS.replace("订单{order_number}在路上。", "订单{order_number}（{receiver}收）在路上。").replace(
    "Order {order_number} is", "Order {order_number} for {receiver} is") + """[[slot]]
name = "receiver"
kind = "entity"
entity = "PER"
prompt_zh = "收件人是谁？"
prompt_en = "Who is it for?"
"""
ENTITIES = pathlib.Path(__file__).resolve().parents[2] / "examples" / "entities"


def forms(trial, key):
    """Scripted dialogues in both languages: days and amounts as people write them, wrong ones, and changes."""
    (trial.folder / "answers.toml").write_text(FORM_ANSWERS, encoding="utf-8")
    server = Server(trial)
    today = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).date()
    monday = today - datetime.timedelta(days=today.weekday() + 7)
    dialogues = {
        "in English": [
            ("where is my parcel", "What is the order number?"),
            ("GH12345678", "GH12345678, is that right?"),
            ("yes", "When did you order?"),
            ("31 Feb", "That does not look right. When did you order?"),
            ("the order is GH87654321, sorry", "GH87654321, is that right?"),
            ("yes", "When did you order?"),
            ("two weeks ago", "How much did you pay?"),
            ("-2", "That does not look right. How much did you pay?"),
            ("320 yuan", f"Order GH87654321 of {today - datetime.timedelta(days=14)}, 320 yuan, is on its way.")],
        "in Chinese": [
            ("我的快递到哪了", "订单号是多少？"),
            ("GH12345678", "GH12345678，对吗？"),
            ("修改", "订单号是多少？"),
            ("GH11112222", "GH11112222，对吗？"),
            ("对", "哪天下的单？"),
            ("二月三十日", "这个好像不对。哪天下的单？"),
            ("上周一", "付了多少钱？"),
            ("三百二十块", f"订单GH11112222（{monday}下单，320元）在路上。")]}
    try:
        for name, turns in dialogues.items():
            visitor = Visitor(server, key)
            for number, (text, wanted) in enumerate(turns):
                got = visitor.say(text)["text"]
                trial.expect(got == wanted, f"a form {name}, {text}: {got}, not {wanted}")
                if number == 4:
                    server.kill_and_start()
    finally:
        server.stop(signal.SIGTERM)
        (trial.folder / "answers.toml").write_text(ANSWERS, encoding="utf-8")


def names(trial, key):
    """A slot of a name, read by a model that learned entities."""
    folder, expect = trial.folder, trial.expect
    trial.run("train", "--task", "tokens", "--train", str(ENTITIES / "train.conll"), "--valid", str(ENTITIES / "valid.conll"), "--out", "ner",
              "--crf", "on", "--epochs", "15", "--lr", "2e-3", "--batch-tokens", "128", "--vocab-size", "400", "--max-length", "32", "--threads", "2")
    (folder / "answers.toml").write_text(NAME_ANSWERS, encoding="utf-8")
    said = trial.run("serve", "--strategy", "strategy.toml", "--workdir", "w", "--listen", "127.0.0.1:0", code=2)
    expect("slot 'receiver' is of kind entity" in said, f"without a model of entities: {said}")
    (folder / "strategy.toml").write_text(STRATEGY.replace("[service]\n", '[service]\nentities = "ner"\n'), encoding="utf-8")
    server = Server(trial)
    try:
        for turns in ([("where is my parcel", "What is the order number?"), ("GH12345678", "GH12345678, is that right?"), ("yes", "Who is it for?"),
                       ("Greta Stone ordered oolong yesterday.", "Order GH12345678 for Greta Stone is on its way.")],
                      [("我的快递到哪了", "订单号是多少？"), ("GH12345678", "GH12345678，对吗？"), ("对", "收件人是谁？"),
                       ("我叫周敏，住在新港。", "订单GH12345678（周敏收）在路上。")]):
            visitor = Visitor(server, key)
            for text, wanted in turns:
                got = visitor.say(text)["text"]
                expect(got == wanted, f"a name, {text}: {got}, not {wanted}")
    finally:
        server.stop(signal.SIGTERM)
        (folder / "answers.toml").write_text(ANSWERS, encoding="utf-8")
        (folder / "strategy.toml").write_text(STRATEGY, encoding="utf-8")


def opinions(trial, server, keys):
    """Votes, scores and an agent's correction stand in one queue, each with its trace; foreign ones are not found."""
    expect, run = trial.expect, trial.run
    visitor = Visitor(server, keys["one"])
    said = visitor.say("please refund me")
    trace, conversation = said["trace_id"], visitor.conversation
    agents = {tenant: json.loads(run("agents", "add", "Mei", "--workdir", "w", "--tenant", tenant, "--json"))["token"] for tenant in keys}
    rating = f"/v1/conversations/{conversation}/rating"
    correct = f"/v1/agent/conversations/{conversation}/correct"
    for path, body, key, wanted in (
            ("/v1/feedback", {"trace_id": trace, "rating": 1}, keys["one"], (200, None)),
            ("/v1/feedback", {"trace_id": trace, "rating": -1, "reason": "not yet"}, keys["one"], (200, None)),
            ("/v1/feedback", {"trace_id": trace, "rating": 1}, keys["two"], (404, "trace_id")),
            (rating, {"score": 2}, keys["one"], (200, None)),
            (rating, {"score": 5, "reason": "in the end"}, keys["one"], (200, None)),
            (rating, {"score": 6}, keys["one"], (400, "score")),
            (rating, {"score": 1}, keys["two"], (404, "conversation")),
            (correct, {"trace_id": trace, "correction": "hours"}, agents["one"], (200, None)),
            (correct, {"trace_id": trace, "correction": "no_such"}, agents["one"], (400, "correction")),
            (correct, {"trace_id": "tr_none", "correction": "hours"}, agents["one"], (404, "trace_id")),
            (correct, {"trace_id": trace, "correction": "hours"}, agents["two"], (404, "conversation"))):
        status, answer, _ = call(server.port, "POST", path, body, key)
        expect((status, answer.get("field")) == wanted, f"{path} {body}: {status} {answer}")
    server.kill_and_start()
    queue = [row for row in json.loads(run("feedback", "opinions", "--workdir", "w"))["opinions"] if row["conversation"] == conversation]
    expect([(row["correction"], row["satisfaction"], row["rating"]) for row in queue] == [("hours", None, None), (None, 5, None), (None, None, -1)],
           f"one queue, the last ones count: {queue}")
    expect(all((row["trace_id"], row["text"], row["answer"]) == (trace, "please refund me", "Within three days.") for row in queue),
           f"each with its call: {queue}")
    expect(queue and queue[0]["author"].startswith("agent:") and queue[-1]["author"] == "", f"who said so: {queue}")
    satisfied = json.loads(run("feedback", "summary", "--workdir", "w"))["satisfaction"]
    expect((satisfied["conversations"], satisfied["mean"], satisfied["satisfied"]) == (1, 5.0, 1.0), f"satisfaction: {satisfied}")
    status, seen, _ = call(server.port, "GET", "/v1/console/opinions", key=agents["one"])
    expect(status == 200 and [row["id"] for row in seen["opinions"][:3]] == [row["id"] for row in queue], f"in the console: {status} {seen}")
    status, seen, _ = call(server.port, "GET", "/v1/console/opinions", key=agents["two"])
    expect((status, seen["opinions"]) == (200, []), f"another tenant's console: {status} {seen}")
    status, shown, _ = call(server.port, "GET", f"/v1/agent/conversations/{conversation}", key=agents["one"])
    expect([message["trace_id"] for message in shown["messages"]] == [trace, trace], f"what a correction names: {shown}")


def guesses(trial, server, keys):
    expect = trial.expect
    mine = Visitor(server, keys["one"])
    mine.say("please refund me")
    for name, key, conversation in (("another tenant's", keys["two"], mine.conversation), ("a guess", keys["one"], "cv_" + "a" * 26),
                                    ("a cut one", keys["one"], mine.conversation[:-1])):
        status, body, _ = call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": "hi", "conversation": conversation}, key)
        expect((status, body["code"], body["field"]) == (404, "not_found", "conversation"), f"{name}: {status} {body}")
    barrage = [threading.Thread(target=call, args=(server.port, "POST", "/v1/answer", {
        "bot": "shop", "text": "please refund me", "conversation": mine.conversation}, keys["one"])) for _ in range(8)]
    for thread in barrage:
        thread.start()
    for thread in barrage:
        thread.join()
    shown = json.loads(trial.run("conversations", "show", mine.conversation, "--workdir", "w", "--json"))
    traces = [m["trace_id"] for m in shown["messages"]]
    expect(len(traces) == 18 and len(set(traces)) == 9, f"nothing is lost or doubled when several are sent at once: {len(traces)}")


def changed_answers(trial):
    expect, run, folder = trial.expect, trial.run, trial.folder
    expect("2 conversation tests, 0 failed" in run("answers", "test", "strategy.toml", "--workdir", "w"), "the tests pass")
    (folder / "answers.toml").write_text(ANSWERS.replace("Within three days.", "Some day."), encoding="utf-8")
    report = json.loads(subprocess.run([trial.yupu, "answers", "test", "strategy.toml", "--workdir", "w", "--json"], cwd=folder,
                                       capture_output=True, text=True, check=False).stdout)
    expect(report["failed"] == 1 and report["failures"][0]["test"] == "money" and report["failures"][0]["differences"] == [
        {"what": "text", "expected": "... three days ...", "got": "Some day."}], f"the difference: {report}")
    said = run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "test", code=1)
    for part in ("stage 'test'", 'test "money", turn 1', "strategy.toml: line", "- text: ... three days ...", "+ text: Some day."):
        expect(part in said, f"run with a changed answer: no {part} in {said}")
    (folder / "answers.toml").write_text(ANSWERS.replace("Order {order_number}", "Order {order}"), encoding="utf-8")
    said = run("run", "strategy.toml", "--workdir", "w", "--once", code=2)
    expect("answers.toml: line 28: answer[2].text_en: '{order}' is no slot" in said, f"an unknown slot: {said}")


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        write_files(trial.folder)
        done = json.loads(trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts", "--json"))
        stages = {stage["name"]: stage["output"] for stage in done["stages"]}
        trial.expect(list(stages) == ["data", "train", "test", "release", "accounts"], f"stages {list(stages)}")
        trial.expect((stages["test"]["tests"], stages["test"]["turns"]) == (2, 4), f"tests {stages['test']}")
        keys = {tenant: trial.key_of(tenant) for tenant in ("one", "two")}
        server = Server(trial)
        try:
            steps(trial, server, keys["one"])
            slots(trial, server, keys["one"])
            guesses(trial, server, keys)
            opinions(trial, server, keys)
        finally:
            server.stop(signal.SIGTERM)
        forms(trial, keys["one"])
        names(trial, keys["one"])
        trial.run("ledger", "check", "--workdir", "w")
        changed_answers(trial)
        return trial.finish("conversations go on, hand over and are tested")


if __name__ == "__main__":
    sys.exit(main())
