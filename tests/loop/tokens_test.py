#!/usr/bin/env python3
"""Entities through the real binary: train from column files, killed on the way, evaluate, predict; and what is refused.
tokens_test.py --yupu build/release/yupu"""
import json
import pathlib
import sys
import tempfile

from trial import Trial, yupu_from_arguments

DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "entities"
FAST = ["--epochs", "15", "--lr", "2e-3", "--batch-tokens", "128", "--vocab-size", "400", "--max-length", "32", "--threads", "2"]


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        folder, run, expect = trial.folder, trial.run, trial.expect

        def train(out, *more):
            return ["train", "--task", "tokens", "--train", str(DATA / "train.conll"), "--valid", str(DATA / "valid.conll"),
                    "--test", str(DATA / "test.conll"), "--out", out, "--json", *FAST, *more]

        whole = json.loads(run(*train("whole", "--crf", "on")))
        expect(whole["figures"]["test.span_f1"] > 0.9, f"span F1 {whole['figures']}")

        # Killed once it has updates behind it, the same command goes on to the same weights.
        trial.kill_once_checkpointed(train("cut", "--crf", "on"), "cut")
        cut = json.loads(run(*train("cut", "--crf", "on")))
        expect(cut["weights_sha256"] == whole["weights_sha256"], f"another result after a kill (at step {cut['resumed_at_step']})")

        plain = json.loads(run(*train("plain")))
        expect(plain["figures"]["test.span_f1"] > 0.85, f"span F1 without a CRF {plain['figures']}")
        config = json.loads((folder / "plain" / "config.json").read_text())
        expect(config["architectures"] == ["BertForTokenClassification"], "the architecture")
        expect(config["id2label"]["1"] == "B-LOC" and len(config["id2label"]) == 7, f"{config['id2label']}")

        text = run("evaluate", "--model", "whole", "--data", str(DATA / "test.conll"), "--html", "report.html")
        for part in ["B-PER", "I-PER", "O ", "precision", "support", "micro avg", "macro avg", "weighted avg", "accuracy", "TEA", "spans"]:
            expect(part in text, f"evaluate: no {part}")
        report = json.loads(run("evaluate", "--model", "whole", "--data", str(DATA / "test.conll"), "--json"))
        expect(abs(report["spans"]["micro avg"]["f1-score"] - whole["figures"]["test.span_f1"]) < 1e-12, "evaluate says what train said")
        expect(report["tokens"]["labels"]["B-PER"]["support"] == report["spans"]["types"]["PER"]["support"], "every name has a B")
        page = (folder / "report.html").read_text()
        for part in ["实体识别评估报告", "Entity evaluation", "学习曲线", "B-PER"]:
            expect(part in page, f"report.html: no {part}")
        expect("<script" not in page and "http" not in page, "report.html stands by itself")

        # A line of code points, another of more bytes than code points.
        lines = ["Greta Stone ordered oolong yesterday.", "我叫周敏，住在新港。", ""]
        (folder / "texts.txt").write_text("\n".join(lines) + "\n")
        said = [json.loads(line) for line in run("predict", "--model", "whole", "texts.txt").splitlines()]
        expect([s["text"] for s in said] == lines, "every line is answered")
        for answer in said:
            for entity in answer["entities"]:
                by_bytes = answer["text"].encode()[entity["begin_byte"]:entity["end_byte"]].decode()
                expect(answer["text"][entity["begin"]:entity["end"]] == entity["text"] == by_bytes, f"offsets of {entity}")
                expect(0 < entity["score"] <= 1, f"score of {entity}")
        found = {(e["type"], e["text"]) for s in said for e in s["entities"]}
        for wanted in [("PER", "Greta Stone"), ("PER", "周敏"), ("LOC", "新港")]:
            expect(wanted in found, f"{wanted} is not among {found}")

        # The same as a column file, in two schemes: read back, it is what the model says.
        for scheme in ("bio", "bioes"):
            (folder / "said.conll").write_text(run("predict", "--model", "whole", "--scheme", scheme, "texts.txt"))
            again = json.loads(run("evaluate", "--model", "whole", "--data", "said.conll", "--json"))
            expect(again["spans"]["micro avg"]["f1-score"] == 1 and again["repaired"]["tags"] == 0, f"{scheme}: {again['spans']}")
        # And the lines of spans: judged, and learned from.
        (folder / "said.jsonl").write_text("".join(json.dumps(answer, ensure_ascii=False) + "\n" for answer in said if answer["text"]))
        again = json.loads(run("evaluate", "--model", "whole", "--data", "said.jsonl", "--json"))
        expect(again["spans"]["micro avg"]["f1-score"] == 1 and again["widened"]["spans"] == 0, f"spans: {again['spans']}")
        run("train", "--task", "tokens", "--train", "said.jsonl", "--valid", "said.jsonl", "--out", "spans", "--epochs", "1", "--vocab-size", "200",
            "--max-length", "32", "--threads", "2")

        # Bad input.
        def written(file, content):
            (folder / file).write_text(content)
            return file

        good = written("good.conll", "Anna B-PER\nsleeps O\n\nMei B-PER\nReed I-PER\n")
        bad = ["train", "--task", "tokens", "--out", "no", "--vocab-size", "100"]
        refused = lambda train_file, valid_file: run(*bad, "--train", train_file, "--valid", valid_file, code=2)
        expect("empty.conll: no sentence" in refused(written("empty.conll", ""), good), "an empty file")
        expect("valid.conll: line 2: tag \"B-ORG\"" in refused(good, written("valid.conll", "at O\nHill B-ORG\n")), "an unknown label")
        expect("every tag is \"O\"" in refused(written("o.conll", "a O\nb O\n"), good), "one class")
        expect("line 2: \"PERSON\" is no tag" in refused(written("p.conll", "a O\nb PERSON\n"), good), "no tag")
        expect("line 2" in refused(written("r.conll", "a O\nb\n"), good), "a ragged line")
        outside = written("outside.jsonl", '{"text": "in Rome", "entities": [[3, 9, "LOC"]]}\n')
        expect("outside.jsonl: line 1: field 'entities[0]'" in refused(outside, good), "a span outside its text")
        expect("is part of entities[0] too" in refused(written("shared.jsonl", '{"text": "in Rome", "entities": [[0, 7, "X"], [3, 7, "LOC"]]}\n'), good),
               "two spans of one word")
        run(*bad, "--train", good, "--valid", good, "--method", "lora", code=2)
        expect(not (folder / "no" / "yupu.json").exists(), "nothing was made")
        broken = written("broken.conll", "I O\nam O\nAnna I-PER\n\nMei B-PER\n")
        expect("1 tags of 1 sentences" in run("evaluate", "--model", "whole", "--data", broken, "--scheme", "bio"), "repairs are counted")
        unaligned = written("unaligned.jsonl", '{"text": "Annas tea", "entities": [[0, 4, "PER"]]}\n')
        expect("1 spans began or ended within a word" in run("evaluate", "--model", "whole", "--data", unaligned), "widened spans are counted")
        expect("counted as wrong: ORG" in run("evaluate", "--model", "whole", "--data", "valid.conll"), "an unknown type is named")
        expect("\"tokens\"" in run("serve", "--model", "x=whole", "--listen", "127.0.0.1:0", "--workdir", "w", code=2), "serve says why not")
    return trial.finish("tokens: trained, killed, resumed, judged, predicted, refused")


if __name__ == "__main__":
    sys.exit(main())
