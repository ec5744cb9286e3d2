#!/usr/bin/env python3
"""Bad input through the real binary: every mistake gets exit status 2 (or 1 where it is not the caller's) and one message
that names file, line and field.  bad_input_test.py --yupu build/release/yupu"""
import argparse
import pathlib
import socket
import subprocess
import sys
import tempfile

GOOD_STRATEGY = """[strategy]
name = "bad"
[data]
[[data.source]]
path = "train.csv"
label = "intent"
[train]
epochs = 1
vocab_size = 200
[service]
answers = "answers.toml"
[commerce]
[[commerce.plan]]
name = "starter"
monthly_tokens = 1000
[[commerce.plan.price]]
meter = "answer_tokens"
yuan_per_thousand = "0.30"
[[commerce.tenant]]
name = "t"
plan = "starter"
"""
ANSWER = """[[answer]]
intent = "{0}"
title_zh = "{0}"
title_en = "{0}"
text_zh = "好"
text_en = "fine"
source = "policy#1"
"""


class Tester:
    def __init__(self, yupu, folder):
        self.yupu, self.folder, self.passed, self.failed = yupu, folder, 0, 0

    def write(self, name, text):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    def expect(self, title, words, code, parts, stdin=None):
        done = subprocess.run([self.yupu, *words], capture_output=True, cwd=self.folder, check=False, timeout=120, input=stdin)
        output = (done.stderr + done.stdout).decode(errors="replace")
        wrong = []
        if done.returncode != code:
            wrong.append(f"exit status {done.returncode}, not {code}")
        wrong += [f"no '{part}' in the message" for part in parts if part not in output]
        if wrong:
            self.failed += 1
            print(f"FAILED {title}: {'; '.join(wrong)}\n  yupu {' '.join(words)}\n  {output.strip()[-800:]}")
        else:
            self.passed += 1


def rows(pairs):
    return "text,intent\n" + "".join(f"{text},{intent}\n" for text, intent in pairs)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    yupu = str(pathlib.Path(parser.parse_args().yupu).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        t = Tester(yupu, folder)
        good = [(f"where is parcel {i}", "a") for i in range(12)] + [(f"refund number {i} please", "b") for i in range(12)]
        t.write("s/train.csv", rows(good))
        t.write("s/answers.toml", ANSWER.format("a") + ANSWER.format("b"))
        strategy = t.write("s/strategy.toml", GOOD_STRATEGY)

        # The command line.
        t.expect("unknown command", ["trian"], 2, ["there is no command 'trian'"])
        t.expect("unknown flag", ["run", strategy, "--onse"], 2, ["unknown flag --onse", "did you mean --once?"])
        t.expect("missing value", ["train", "--train"], 2, ["--train needs a value"])
        t.expect("missing flag", ["evaluate", "--data", "x.csv"], 2, ["--model is missing"])
        t.expect("number out of range", ["train", "--train", "a", "--valid", "b", "--out", "c", "--epochs", "0"], 2, ["--epochs must be a whole number from 1"])
        t.expect("no working folder", ["ledger", "check", "--workdir", "nowhere"], 2, ["there is no working folder nowhere"])
        t.expect("unknown stage", ["run", strategy, "--until", "profit"], 2, ["--until", "profit"])

        # The strategy file: file, line, key.
        bad = t.write("s/unknown.toml", GOOD_STRATEGY.replace("epochs = 1", "epoch = 1"))
        t.expect("unknown key", ["plan", bad], 2, ["unknown.toml: line 8: unknown key 'train.epoch'", 'did you mean "epochs"'])
        bad = t.write("s/type.toml", GOOD_STRATEGY.replace("epochs = 1", 'epochs = "many"'))
        t.expect("wrong type", ["run", bad, "--once"], 2, ["type.toml: line 8: train.epochs: must be a whole number"])
        bad = t.write("s/file.toml", GOOD_STRATEGY.replace("train.csv", "gone.csv"))
        t.expect("missing file", ["run", bad, "--once"], 2, ["file.toml: line 5: data.source[0].path: there is no file"])
        bad = t.write("s/syntax.toml", "[strategy\n")
        t.expect("broken TOML", ["plan", bad], 2, ["syntax.toml: line 1"])
        t.expect("no strategy", ["run", "gone.toml"], 2, ["gone.toml"])
        bad = t.write("s/answers2.toml", ANSWER.format("a").replace("text_en", "txet_en"))
        bad = t.write("s/answers.strategy.toml", GOOD_STRATEGY.replace("answers.toml", "answers2.toml"))
        t.expect("answers with an unknown key", ["run", bad, "--once"], 2, ["answers2.toml: line 6", "txet_en", "text_en"])

        # Data.
        bad = t.write("columns.csv", "utterance,intent\nhello,a\n")
        t.expect("missing column", ["data", "import", bad, "--label", "intent"], 2, ["columns.csv", "line 1", "text", "utterance"])
        bad = t.write("lonely.csv", rows(good + [("only one of these", "c")]))
        t.expect("an intent with one example", ["data", "import", bad, "--label", "intent"], 2, ["lonely.csv:26", "'c'"])
        bad = t.write("conflict.csv", rows(good + [("where is parcel 1", "b")]))
        t.expect("one text under two intents", ["data", "check", bad, "--label", "intent"], 1, ["conflict", "line"])
        bad = t.write("long.csv", rows(good + [("x" * 100_000, "a")]))
        t.expect("a text of 100 kB is a reject with line and reason", ["data", "check", bad, "--label", "intent"], 1, ["too_long", "26"])
        bad = t.write("utf8.csv", rows(good).encode() + b"\xff\xfe broken,a\n")
        t.expect("invalid UTF-8 is a reject with line and reason", ["data", "check", bad, "--label", "intent"], 1, ["utf8", "26"])
        t.expect("no such file", ["data", "import", "gone.csv"], 2, ["gone.csv"])
        bad = t.write("broken.jsonl", '{"text": "a", "label": "x"}\n{"text": \n')
        t.expect("broken JSON names its line", ["train", "--train", bad, "--valid", bad, "--out", "m"], 2, ["broken.jsonl", "line 2"])

        # A strategy is not trained on such data, unless it says so.
        for what, more, wanted in (("an intent with one example", [("only one of these", "c")], ["thin_label", "'c'"]),
                                   ("one text under two intents", [("where is parcel 1", "b")], ["train.csv:26: conflict"]),
                                   ("an empty label", [("and what is this", "")], ["train.csv:26: blank_label"])):
            t.write("s/train.csv", rows(good + more))
            t.expect(f"{what}: no training", ["run", strategy, "--once", "--until", "train"], 2, ["stage 'data'", *wanted])
        t.write("s/test.csv", rows([("where is parcel 2", "a")]))
        leak = t.write("s/leak.toml", GOOD_STRATEGY.replace("[train]", '[[data.source]]\npath = "test.csv"\nlabel = "intent"\nsplit = "test"\n[train]'))
        t.write("s/train.csv", rows(good))
        t.expect("a row of the test set in train: no training", ["run", leak, "--once", "--until", "train"], 2, ["train.csv:4: leakage"])

        # Models.
        model = folder / "model"
        t.write("valid.csv", rows([("where is parcel 77", "a"), ("refund number 77 please", "b")]))
        t.expect("training works", ["train", "--task", "classify", "--train", str(folder / "s/train.csv"), "--valid", "valid.csv",
                                    "--label", "intent", "--config", "tiny", "--vocab-size", "200", "--epochs", "1", "--out", str(model)], 0, [])
        diverging = ["train", "--train", str(folder / "s/train.csv"), "--valid", "valid.csv", "--label", "intent", "--vocab-size", "200", "--epochs", "200",
                     "--patience", "200", "--lr", "2", "--weight-decay", "10", "--clip-norm", "0", "--warmup", "0", "--out", "diverged"]
        t.expect("a loss that is no number names the step", diverging, 1, ["step ", "training has diverged", "smaller learning rate", "is kept in diverged/.state"])
        t.expect("and may end with the best epoch", [*diverging, "--on-divergence", "best"], 0, ["train.diverged_at_step"])
        alike = t.write("alike.csv", rows([("hello", "a")] * 5 + [("hello", "b")] * 5))
        t.expect("texts that are all alike", ["train", "--train", alike, "--valid", alike, "--label", "intent", "--out", "none"], 2, ["the same text"])
        t.write("zebra.csv", rows([("where is parcel 77", "a"), ("a horse with stripes", "zebra")]))
        t.expect("a label that no training row has", ["train", "--train", str(folder / "s/train.csv"), "--valid", "zebra.csv", "--label", "intent",
                 "--vocab-size", "200", "--epochs", "1", "--out", "told"], 0, ["1 of 2 validation rows", "zebra"])
        t.expect("prediction works", ["predict", "--model", str(model), "--text", "where is my parcel"], 0, ['"label"'])
        weights = (model / "model.safetensors").read_bytes()
        (model / "model.safetensors").write_bytes(weights[: len(weights) // 2])
        t.expect("truncated safetensors", ["predict", "--model", str(model), "--text", "hello"], 2, ["model.safetensors"])
        (model / "model.safetensors").write_bytes(weights)
        config = (model / "config.json").read_text()
        (model / "config.json").write_text(config.replace('"hidden_size": 128', '"hidden_size": 256'))
        t.expect("shapes that contradict the config", ["predict", "--model", str(model), "--text", "hello"], 2, ["[", "256", "128"])
        (model / "config.json").write_text(config)
        t.expect("no such model", ["predict", "--model", "gone", "--text", "hello"], 2, ["gone"])
        t.expect("an unknown label in the test rows", ["evaluate", "--model", str(model), "--data",
                 t.write("unknown.csv", rows([("where is parcel 3", "a"), ("hello", "zebra")])), "--label", "intent"], 0, ["zebra"])

        # Operations.
        t.expect("a full disk loses nothing and says so", ["train", "--train", str(folder / "s/train.csv"), "--valid", "valid.csv", "--label", "intent",
                 "--epochs", "1", "--vocab-size", "200", "--out", "/dev/full/model"], 2, ["/dev/full"])
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            t.expect("port in use", ["serve", "--workdir", "w", "--model", f"m={model}", "--listen", address], 1, [address, "in use"])
        t.expect("bad listen address", ["serve", "--workdir", "w", "--model", f"m={model}", "--listen", "nowhere:http"], 2, ["nowhere:http"])
        t.expect("unknown tenant", ["keys", "create", "--workdir", "w", "--tenant", "nobody"], 2, ["nobody"])
        t.expect("unknown record", ["data", "show", "ds_00000000000000000000", "--workdir", "w"], 2, ["ds_00000000000000000000"])
        print(f"{t.passed} passed, {t.failed} failed")
        return 1 if t.failed else 0


if __name__ == "__main__":
    sys.exit(main())
