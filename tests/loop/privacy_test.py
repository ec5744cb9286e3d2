#!/usr/bin/env python3
"""Personal data through the real binary: planted in rows, messages, reasons and an agent's words, it is in no file of the working
folder; an 18-digit number that is no identity card stays.  privacy_test.py --yupu build/release/yupu"""
import csv
import json
import signal
import sys
import tempfile

from conversation_test import STRATEGY, Server, write_files
from story_test import call
from trial import Trial, yupu_from_arguments

PLANTED = {"phone": "13812345678", "id_card": "330102198506151238", "bank_card": "6222020212345678909", "email": "li.lei@example.com"}
NAME = "Featherstonehaugh"
NO_ID = "330102198506151239"  # its check digit is wrong
PRIVACY = """[privacy]
conversations = "mask"
"""


def files_with(trial, text):
    return sorted(str(path.relative_to(trial.folder)) for path in (trial.folder / "w").rglob("*")
                  if path.is_file() and text.encode() in path.read_bytes())


def write_trial(folder):
    # One row below cannot be read: the others are trained on where the strategy says so.
    strategy = STRATEGY.replace("[data]\n", '[data]\ncheck = "warn"\n')
    at = strategy.index("[commerce]")
    write_files(folder, strategy[:strategy.index("[[service.test]]")] + PRIVACY + strategy[at:])
    with open(folder / "rows.csv", "a", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for number, value in enumerate(PLANTED.values()):
            writer.writerow((f"please refund me to {value} thanks {number}", "refund", "train"))
        writer.writerow((f"please refund me, number {NO_ID}", "refund", "train"))
        writer.writerow((f"please refund me, my name is {NAME}", "refund", "train"))
        writer.writerow((f"{PLANTED['phone']} " + "z" * 9000, "refund", "train"))  # refused, and shown among the rejects


def dataset_text(trial):
    return "".join(path.read_text(encoding="utf-8") for path in (trial.folder / "w" / "datasets").rglob("*.jsonl"))


def talk(trial, server, key):
    expect, run = trial.expect, trial.run
    ask = {"bot": "shop", "visitor": "ann", "text": f"please refund me, I am {PLANTED['id_card']}, not {NO_ID}"}
    status, said, _ = call(server.port, "POST", "/v1/answer", ask, key, {"Idempotency-Key": "k1"})
    expect(status == 200, f"answered: {status} {said}")
    more = {**ask, "conversation": said["conversation"], "text": f"please refund me to {PLANTED['bank_card']} or call 138 1234 5678, ask for Mr {NAME}"}
    call(server.port, "POST", "/v1/answer", more, key)
    opinion = {"trace_id": said["trace_id"], "rating": -1, "reason": f"write to {PLANTED['email']}"}
    status, filed, _ = call(server.port, "POST", "/v1/feedback", opinion, key)
    expect(status == 200, f"feedback: {status} {filed}")
    # A miss, as the console and the next round see it.
    misses = json.loads(run("feedback", "misses", "--workdir", "w", "--json"))["misses"]
    voted = [(m["text"], m["reason"]) for m in misses if m["rating"] == -1]
    expect(voted == [(f"please refund me, I am [id_card], not {NO_ID}", "write to [email]")], f"{misses}")
    run("feedback", "add", "--trace", said["trace_id"], "--correction", "hours", "--reason", f"see {PLANTED['phone']}", "--workdir", "w")
    status, _, _ = call(server.port, "POST", "/v1/classify", {"model": "talks", "input": f"refund {PLANTED['phone']}"}, key)
    expect(status == 200, f"classify: {status}")
    return said["conversation"]


def person(trial, server, key):
    """What a person says is kept without it too."""
    token = json.loads(trial.run("agents", "add", "li", "--tenant", "one", "--workdir", "w", "--json"))["token"]
    _, said, _ = call(server.port, "POST", "/v1/answer", {"bot": "shop", "text": "a person please", "visitor": "bob"}, key)
    trial.expect(said["decision"] == "handoff", f"a person is asked for: {said}")
    path = f"/v1/agent/conversations/{said['conversation']}"
    status, taken, _ = call(server.port, "POST", "/v1/agent/claim", {"conversation": said["conversation"]}, token)
    trial.expect(status == 200, f"claimed: {status} {taken}")
    status, sent, _ = call(server.port, "POST", path + "/say", {"message_id": "m1", "text": f"I call {PLANTED['phone']}"}, token)
    trial.expect(status == 200, f"said: {status} {sent}")
    trial.expect(files_with(trial, "I call [phone]"), "and kept")


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        write_trial(trial.folder)
        trial.run("run", "strategy.toml", "--workdir", "w", "--once", "--until", "accounts", "--json")
        text = dataset_text(trial)
        for kind in PLANTED:
            trial.expect(f"to [{kind}] thanks" in text, f"a row holds the kind: {kind}")
        trial.expect("my name is [name]" in text, "and a name")
        trial.expect(NO_ID in text and "[phone] zzz" in text, "what is no identity card stays; a reject is masked")
        key = trial.key_of("one")
        server = Server(trial)
        try:
            conversation = talk(trial, server, key)
            person(trial, server, key)
            for kind, value in [*PLANTED.items(), ("phone", "138 1234 5678"), ("name", NAME)]:
                trial.expect(not files_with(trial, value), f"{kind} {value} is in {files_with(trial, value)}")
            trial.expect("w/yupu.db" in "".join(files_with(trial, f"not {NO_ID}")), "what is no identity card is kept")
            round_ = json.loads(trial.run("improve", "strategy.toml", "--workdir", "w", "--json"))
            trial.expect("I am [id_card]" in dataset_text(trial), f"the round learned from the masked text: {round_}")
            shadow = round_.get("shadow", {})
            shown = sum(one["calls"] for one in shadow.get("differences", []))
            trial.expect(shadow.get("calls", 0) >= 2 and shown == shadow["changed"], f"both models read what was asked: {round_}")
            deleted = json.loads(trial.run("conversations", "delete", "--visitor", "ann", "--tenant", "one", "--workdir", "w", "--json"))
            trial.expect(deleted["conversations"] == 1, f"{deleted} of {conversation}")
            trial.expect(not any("yupu.db" in file for file in files_with(trial, "I am [id_card]")), "masked or not, it is deleted")
        finally:
            server.stop(signal.SIGTERM)
        for kind, value in [*PLANTED.items(), ("name", NAME)]:
            trial.expect(not files_with(trial, value), f"{kind} is in {files_with(trial, value)}")
        trial.run("data", "check", "rows.csv", "--label", "intent", "--split-column", "split", "--report", "found", code=1)
        for report in ("found.json", "found.txt"):
            found = (trial.folder / report).read_text(encoding="utf-8")
            trial.expect(PLANTED["phone"] not in found and "[phone] zzz" in found, f"{report} is masked")
        trial.run("data", "import", "rows.csv", "--label", "intent", "--split-column", "split", "--dataset", "raw", "--keep-personal", "--workdir", "raw")
        trial.expect(any(PLANTED["phone"].encode() in path.read_bytes() for path in (trial.folder / "raw").rglob("*.jsonl")), "unless asked for")
        return trial.finish("personal data is in no file; what is no identity card stays; deleted is deleted")


if __name__ == "__main__":
    sys.exit(main())
