#!/usr/bin/env python3
"""Any number of labels per text through the real binary: train, killed on the way, evaluate, predict, serve; and what is refused.
multilabel_test.py --yupu build/release/yupu"""
import json
import random
import re
import sys
import tempfile

from trial import Trial, yupu_from_arguments

WORDS = {"delivery": ["parcel", "包裹"], "refund": ["money", "退款"], "quality": ["broken", "坏了"]}
FAST = ["--epochs", "20", "--lr", "2e-3", "--batch-tokens", "128", "--vocab-size", "200", "--max-length", "24", "--threads", "2",
        "--patience", "20"]


def texts(seed, count):
    rng = random.Random(seed)
    rows = []
    for _ in range(count):
        labels = [label for label in WORDS if rng.random() < 0.4]
        rows.append({"text": " ".join(["hello", *(rng.choice(WORDS[label]) for label in labels)]), "labels": labels})
    return rows


def joined(rows):
    """The labels of a row in one cell."""
    return [row | {"labels": "|".join(row["labels"])} for row in rows]


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        folder, run, expect = trial.folder, trial.run, trial.expect

        trial.write_rows("train.csv", joined(texts(1, 300)))
        trial.write_rows("valid.csv", joined(texts(2, 80)))
        test = texts(3, 80)
        trial.write_rows("test.jsonl", test)

        def train(out, *more):
            return ["train", "--task", "multilabel", "--train", "train.csv", "--valid", "valid.csv", "--test", "test.jsonl",
                    "--separator", "|", "--out", out, "--json", *FAST, *more]

        whole = json.loads(run(*train("whole")))
        expect(whole["figures"]["test.micro_f1"] > 0.95, f"micro F1 {whole['figures']}")
        trial.kill_once_checkpointed(train("cut"), "cut")
        cut = json.loads(run(*train("cut")))
        expect(cut["weights_sha256"] == whole["weights_sha256"], f"another result after a kill (at step {cut['resumed_at_step']})")
        config = json.loads((folder / "whole" / "config.json").read_text())
        expect(config["problem_type"] == "multi_label_classification", f"{config['problem_type']}")

        text = run("evaluate", "--model", "whole", "--data", "test.jsonl", "--html", "report.html")
        for part in ["precision", "samples avg", "exact match", "Hamming loss", "80 rows"]:
            expect(part in text, f"evaluate: no {part}")
        page = (folder / "report.html").read_text()
        for part in ["多标签评估报告", "Multi-label evaluation", "学习曲线", "delivery"]:
            expect(part in page, f"report.html: no {part}")
        expect("<script" not in page and "http" not in page, "report.html stands by itself")
        report = json.loads(run("evaluate", "--model", "whole", "--data", "test.jsonl", "--json"))
        expect(report["micro avg"]["f1-score"] == whole["figures"]["test.micro_f1"], "evaluate says what train said")
        expect(0 < report["labels"]["refund"]["threshold"] < 1, "every label has its threshold")

        (folder / "ask.txt").write_text("".join(row["text"] + "\n" for row in test), encoding="utf-8")
        said = [json.loads(line) for line in run("predict", "--model", "whole", "--top-k", "2", "ask.txt").splitlines()]
        right = sum(sorted(label["label"] for label in line["labels"]) == sorted(row["labels"]) for line, row in zip(said, test))
        expect(right / len(test) == report["exact_match"], f"predict agrees with evaluate: {right} of {len(test)}")
        expect(all(len(line["ranked"]) == 2 for line in said), "the two best are listed, said or not")

        run("plans", "set", "tags", "--monthly-tokens", "1000000", "--price", "classify_tokens=0.01", "--workdir", "w")
        run("plans", "tenant", "acme", "--plan", "tags", "--workdir", "w")
        key = re.search(r"yp_\w+", run("keys", "create", "--tenant", "acme", "--workdir", "w")).group()
        asked = [row["text"] for row in test[:20]]
        answer = trial.ask_served("whole", key, "/v1/classify", {"model": "x", "input": asked, "top_k": 1})
        for line, result in zip(said, answer["results"], strict=False):
            chosen = {label["label"]: label["score"] for label in result["labels"] if label["said"]}
            expect({label["label"] for label in line["labels"]} == set(chosen), f"served {chosen}, predicted {line['labels']}")
            expect(all(abs(chosen[label["label"]] - label["score"]) < 1e-5 for label in line["labels"]), "with the same scores")
            expect(result["decision"] == ("answer" if chosen else "refuse"), f"{result['decision']} of {chosen}")

        # A directory of another library, and bad input.
        (folder / "whole" / "yupu.json").unlink()
        expect("samples avg" in run("evaluate", "--model", "whole", "--data", "test.jsonl"), "known by its problem_type")

        def file(name, content):
            (folder / name).write_text(content)
            return name

        good = file("good.csv", "text,labels\na,x\nb,\nc,x;y\n")
        base = ["train", "--task", "multilabel", "--out", "no", "--vocab-size", "100"]
        refused = lambda train_file, valid_file, *more: run(*base, "--train", train_file, "--valid", valid_file, *more, code=2)
        expect("c.csv: line 1: no column 'labels'" in refused(file("c.csv", "text,label\na,1\n"), good), "a missing column")
        expect("e.csv: line 3: field 'labels'" in refused(file("e.csv", "text,labels\na,x\nc,x;;y\n"), good), "a blank label")
        expect("no training row has a label" in refused(file("n.csv", "text,labels\na,\nb,\n"), good), "no label")
        expect('every training row has the label "x"' in refused(file("o.csv", "text,labels\na,x\nb,x;y\n"), good), "one everywhere")
        expect("u.csv: line 2: field 'labels': \"z\"" in refused(good, file("u.csv", "text,labels\na,z\n")), "an unseen label")
        expect("line 1: field 'labels'" in refused(file("j.jsonl", '{"text":"a","labels":[1]}\n'), good), "a number in a list")
        expect("--thresholds" in refused(good, good, "--thresholds", "best"), "a rule that is none")
        expect(not (folder / "no" / "yupu.json").exists(), "nothing was made")
    return trial.finish("multilabel: trained, killed, resumed, judged, predicted, served, refused")


if __name__ == "__main__":
    sys.exit(main())
