#!/usr/bin/env python3
"""Sentence embeddings through the real binary: trained from pairs, scores and labels, killed on the way, evaluated, asked;
and what is refused.   embed_test.py --yupu build/release/yupu"""
import json
import math
import pathlib
import random
import sys
import tempfile

from trial import Trial, yupu_from_arguments

FAST = ["--epochs", "6", "--lr", "2e-3", "--batch-size", "8", "--vocab-size", "300", "--max-length", "24", "--threads", "2"]
TOPICS = ["parcel", "refund", "invoice", "password", "coupon", "address", "warranty", "colour", "快递", "发票"]
ASK = ["where is", "how do i get", "tell me about", "我要问"]


def rows_of(seed, count):
    """Question, answer without a word in common, answer to something else, likeness, topic."""
    chance = random.Random(seed)
    for _ in range(count):
        topic = chance.randrange(len(TOPICS))
        other = (topic + 1 + chance.randrange(len(TOPICS) - 1)) % len(TOPICS)
        answer = lambda t: f"answer{'x' * (t + 1)}, page {t}"
        alike = chance.random() < 0.5
        yield {"q": f"{chance.choice(ASK)} {TOPICS[topic]} no{chance.randrange(30)}", "a": answer(topic), "wrong": answer(other),
               "b": answer(topic if alike else other), "score": 4.5 if alike else 1, "topic": TOPICS[topic]}


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        for file, seed, count in [("train.jsonl", 1, 160), ("valid.jsonl", 2, 50), ("test.jsonl", 3, 50)]:
            (folder / file).write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows_of(seed, count)))

        def train(out, *more):
            return ["train", "--task", "embed", "--train", "train.jsonl", "--valid", "valid.jsonl", "--test", "test.jsonl",
                    "--out", out, "--json", *FAST, *more]

        pairs = ["--text", "q", "--text-b", "a"]
        whole = json.loads(run(*train("whole", *pairs)))
        expect(whole["figures"]["test.mrr@10"] > 0.8, f"MRR {whole['figures']}")

        # Killed once it has updates behind it, the same command goes on to the same weights.
        trial.kill_once_checkpointed(train("cut", *pairs), "cut")
        cut = json.loads(run(*train("cut", *pairs)))
        expect(cut["weights_sha256"] == whole["weights_sha256"], f"another result after a kill (at step {cut['resumed_at_step']})")

        other = json.loads(run(*train("other", *pairs, "--symmetric", "on", "--negative", "wrong", "--pooling", "cls",
                                      "--normalize", "off", "--batch-tokens", "64")))
        expect(other["figures"]["test.mrr@10"] > 0.8, f"MRR with negatives {other['figures']}")
        scored = json.loads(run(*train("scored", "--text", "q", "--text-b", "b", "--label", "score")))
        expect(scored["figures"]["test.spearman"] > 0.7, f"Spearman {scored['figures']}")
        labels = json.loads(run(*train("labels", "--text", "q", "--label", "topic")))
        expect(labels["figures"]["test.nearest@1"] > 0.8, f"nearest {labels['figures']}")

        # Few rows a label: a head on the mean of the tokens of the body whose labels were brought together.
        few = ["train", "--task", "classify", "--train", "few.jsonl", "--valid", "none", "--text", "q", "--label", "topic", "--pooling", "mean",
               "--wide", "off", "--epochs", "20", "--lr", "1e-3", "--batch-size", "8", "--max-length", "24", "--threads", "2"]
        (folder / "few.jsonl").write_text("".join((folder / "train.jsonl").read_text().splitlines(keepends=True)[:50]))
        run(*few, "--base", "labels", "--out", "few")
        told = json.loads(run("evaluate", "--model", "few", "--data", "test.jsonl", "--text", "q", "--label", "topic", "--json"))
        expect(told["accuracy"] > 0.5, f"some five rows a label on a contrastive body: {told['accuracy']}")

        report = json.loads(run("evaluate", "--model", "whole", "--data", "test.jsonl", *pairs, "--json"))
        expect(abs(report["retrieval"]["mrr@10"] - whole["figures"]["test.mrr@10"]) < 1e-12, "evaluate says what train said")
        expect(report["bm25"]["mrr@10"] < report["retrieval"]["mrr@10"], "no word in common, and BM25 finds it")
        text = run("evaluate", "--model", "whole", "--data", "test.jsonl", *pairs, "--html", "report.html")
        page = (folder / "report.html").read_text()
        for part in ["句向量评估报告", "Embedding evaluation", "学习曲线", "BM25", "recall@10"]:
            expect(part in page, f"report.html: no {part}")
        expect("<script" not in page and "http" not in page, "report.html stands by itself")
        for part in ["MRR@10", "recall@1 ", "recall@10", "nDCG@10", "BM25", "documents"]:
            expect(part in text, f"evaluate: no {part}")
        expect("Spearman" in run("evaluate", "--model", "scored", "--data", "test.jsonl", "--text", "q", "--text-b", "b", "--label", "score"),
               "evaluate with scores")
        expect("nearest" in run("evaluate", "--model", "labels", "--data", "test.jsonl", "--text", "q", "--label", "topic"),
               "evaluate with labels")

        lines = ["where is my parcel", "我要问 快递", ""]
        (folder / "texts.txt").write_text("\n".join(lines) + "\n")
        said = [json.loads(line) for line in run("predict", "--model", "whole", "texts.txt").splitlines()]
        expect([s["text"] for s in said] == lines, "every line is answered")
        for answer in said:
            expect(len(answer["embedding"]) == 128, "the width of tiny")
            expect(abs(math.hypot(*answer["embedding"]) - 1) < 1e-5, "length one")
        alone = json.loads(run("predict", "--model", "whole", "--text", lines[1]))
        expect(alone["embedding"] == said[1]["embedding"], "a text depends on its batch")
        long = json.loads(run("predict", "--model", "other", "--text", lines[0]))
        expect(abs(math.hypot(*long["embedding"]) - 1) > 1e-3, "--normalize off")

        # Bad input.
        def written(file, content):
            (folder / file).write_text(content)
            return file

        good = written("good.csv", "q,a\nwhere,here\nwhen,now\nhow,so\n")

        def refused(train_file, *flags, valid_file=good):
            return run("train", "--task", "embed", "--out", "no", "--vocab-size", "100", "--train", train_file, "--valid", valid_file,
                       *flags, code=2)

        expect("good.csv: line 1: no column 'b'" in refused(good, "--text", "q", "--text-b", "b"), "a missing column")
        expect("e.csv: line 3: field 'a': " in refused(written("e.csv", "q,a\nx,y\nz,\n"), *pairs), "an empty text")
        expect("s.csv: fewer than two different pairs" in refused(written("s.csv", "q,a\nx,y\nx,y\n"), *pairs), "one pair")
        expect("v.csv: every row has the same second text" in refused(good, *pairs, valid_file=written("v.csv", "q,a\nx,y\nz,y\n")), "one answer")
        expect("only one label" in refused(written("l.csv", "q,label\nx,same\ny,same\n"), "--text", "q", valid_file="l.csv"), "one label")
        expect("line 2: field 'n': \"good\" is no number" in
               refused(written("n.csv", "q,a,n\nx,y,good\n"), *pairs, "--label", "n"), "a score that is none")
        expect("line 2: the negative" in refused(written("w.csv", "q,a,w\nx,y,y\nz,u,v\n"), *pairs, "--negative", "w", valid_file="w.csv"), "a negative that is right")
        expect("--negative" in refused(good, "--text", "q", "--label", "a", "--negative", "a"), "a negative without pairs")
        expect("--batch-size" in refused(good, *pairs, "--batch-size", "0"), "no batch")
        expect("batch_size" in refused(good, *pairs, "--batch-size", "1"), "a batch of one")
        expect(not (folder / "no" / "yupu.json").exists(), "nothing was made")
    return trial.finish("embed: trained, killed, resumed, judged, asked, refused")


if __name__ == "__main__":
    sys.exit(main())
