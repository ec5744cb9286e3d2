#!/usr/bin/env python3
"""A language model through the real binary: trained from texts and from prompts with answers, killed on the way, continued,
judged, asked; and what is refused.   generate_test.py --yupu build/release/yupu"""
import json
import random
import sys
import tempfile

from trial import Trial, yupu_from_arguments

FAST = ["--lr", "4e-3", "--batch-tokens", "128", "--vocab-size", "320", "--max-length", "48", "--threads", "2"]
THINGS = ["parcel", "refund", "invoice", "coupon", "快递", "发票"]


def rows_of(seed, count):
    chance = random.Random(seed)
    for _ in range(count):
        thing = chance.choice(THINGS)
        yield {"text": f"where is my {thing}?\nsee the help page", "prompt": f"about {thing}:", "completion": " the help page, please"}


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        for file, seed, count in [("train", 1, 160), ("valid", 2, 40), ("test", 3, 40)]:
            rows = list(rows_of(seed, count))
            (folder / f"{file}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))
            (folder / f"{file}.txt").write_text("\n\n".join(row["text"] for row in rows) + "\n")

        def train(out, *more, kind="txt", epochs=12):
            return ["train", "--task", "generate", "--train", f"train.{kind}", "--valid", f"valid.{kind}", "--test", f"test.{kind}",
                    "--out", out, "--epochs", str(epochs), "--json", *FAST, *more]

        whole = json.loads(run(*train("whole")))
        expect(whole["figures"]["test.perplexity"] < 2, f"perplexity {whole['figures']}")
        rows = json.loads(run(*train("rows", kind="jsonl")))
        expect(rows["weights_sha256"] == whole["weights_sha256"], "the same texts as rows give another model")

        # Killed once it has updates behind it, the same command goes on to the same weights.
        trial.kill_once_checkpointed(train("cut"), "cut")
        cut = json.loads(run(*train("cut")))
        expect(cut["weights_sha256"] == whole["weights_sha256"], f"another result after a kill (at step {cut['resumed_at_step']})")
        more = json.loads(run(*train("more", "--base", "whole", epochs=1)))
        expect(more["figures"]["test.loss"] < whole["figures"]["test.loss"] + 0.2, "going on from a model lost it")
        answers = json.loads(run(*train("answers", "--prompt", "prompt", kind="jsonl")))
        expect(answers["figures"]["test.perplexity"] < 1.3, f"answers {answers['figures']}")

        report = json.loads(run("evaluate", "--model", "whole", "--data", "test.txt", "--json"))
        expect(report["perplexity"] == whole["figures"]["test.perplexity"], "evaluate says what train said")
        text = run("evaluate", "--model", "answers", "--data", "test.jsonl", "--prompt", "prompt")
        for part in ["perplexity", "bits per byte", "first guess"]:
            expect(part in text, f"evaluate: no {part}")

        expect(run("generate", "--model", "answers", "--prompt", "about refund:") == "about refund: the help page, please\n", "one prompt, streamed")
        expect(run("generate", "--model", "answers", "--prompt", "about refund:", "--stop", " page") == "about refund: the help\n", "a stop string")
        prompts = [f"about {thing}:" for thing in THINGS] * 4  # more than a batch
        (folder / "prompts.txt").write_text("\n".join(prompts) + "\n")
        drawn = ["--temperature", "6", "--top-k", "40", "--top-p", "0.95", "--repetition-penalty", "1.1", "--max-new-tokens", "12"]
        said = [json.loads(line) for line in run("generate", "--model", "answers", "prompts.txt", *drawn).splitlines()]
        expect([s["prompt"] for s in said] == prompts, "every prompt is answered, in order")
        expect(len({s["text"] for s in said}) > 3, "nothing is drawn")
        again = [json.loads(line) for line in run("generate", "--model", "answers", "prompts.txt", *drawn, "--threads", "1").splitlines()]
        expect(again == said, "the same seed draws something else")
        other = [json.loads(line) for line in run("generate", "--model", "answers", "prompts.txt", *drawn, "--seed", "2").splitlines()]
        expect(other != said, "another seed draws the same")
        predicted = json.loads(run("predict", "--model", "answers", "--text", "about refund:"))
        expect(predicted == {"prompt": "about refund:", "text": " the help page, please", "finish": "end", "prompt_tokens": predicted["prompt_tokens"],
                             "tokens": predicted["tokens"]}, f"predict {predicted}")

        # Bad input.
        (folder / "bad.txt").write_bytes(b"good\n\n\xff\xfe\n")
        refused = lambda *flags: run("train", "--task", "generate", "--valid", "valid.txt", "--out", "no", *flags, code=2)
        expect("bad.txt: line 3: not UTF-8 at byte 1" in refused("--train", "bad.txt"), "bytes that are no text")
        expect("train.jsonl: line 1: " in refused("--train", "train.jsonl", "--text", "words"), "a missing column")
        expect("vocab_size" in refused("--train", "train.txt", "--vocab-size", "200"), "a vocabulary without every byte")
        expect("--method" in refused("--train", "train.txt", "--method", "lora"), "adapters")
        expect("the model reads 48" in run("generate", "--model", "whole", "--prompt", "x y " * 60, code=2), "a prompt too long")
        expect("--temperature" in run("generate", "--model", "whole", "--prompt", "x", "--temperature", "-1", code=2), "a temperature below 0")
        expect(not (folder / "no" / "yupu.json").exists(), "nothing was made")
    return trial.finish("generate: trained, killed, resumed, continued, judged, asked, refused")


if __name__ == "__main__":
    sys.exit(main())
