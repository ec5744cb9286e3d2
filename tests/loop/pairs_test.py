#!/usr/bin/env python3
"""Pairs of texts through the real binary: train on classes and on scores, killed on the way, evaluate, rank, predict; and what
is refused.  pairs_test.py --yupu build/release/yupu"""
import json
import random
import re
import sys
import tempfile

from trial import Trial, yupu_from_arguments

TOPICS = {
    "delivery": ["where is my parcel", "the parcel is late", "when does it arrive", "包裹到哪里了"],
    "refund": ["i want my money back", "how do i return it", "send it back please", "怎么退款"],
    "tea": ["which tea is mild", "do you have oolong", "tea for the evening", "有乌龙茶吗"],
}
FAST = ["--epochs", "30", "--lr", "2e-3", "--batch-tokens", "128", "--vocab-size", "300", "--max-length", "32", "--threads", "2",
        "--patience", "30"]


def pairs(seed, count):
    """Pairs of the same topic or not; queries of three candidates, one of them right."""
    rng = random.Random(seed)
    rows = []
    for query in range(count // 3):
        right = rng.choice(list(TOPICS))
        a = rng.choice(TOPICS[right])
        for topic, texts in TOPICS.items():
            rows.append({"q": a, "faq": rng.choice(texts), "same": int(topic == right), "like": 5 if topic == right else rng.choice([0, 0.5]),
                         "id": f"q{query}"})
    return rows


def main():
    yupu = yupu_from_arguments()
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu, name)
        folder, run, expect = trial.folder, trial.run, trial.expect

        trial.write_rows("train.csv", pairs(1, 300))
        trial.write_rows("valid.tsv", pairs(2, 60))
        test = pairs(3, 60)
        trial.write_rows("test.jsonl", test)
        columns = ["--text", "q", "--text-b", "faq", "--group", "id"]

        def train(out, label, *more):
            return ["train", "--task", "pairs", "--train", "train.csv", "--valid", "valid.tsv", "--test", "test.jsonl", *columns,
                    "--label", label, "--out", out, "--json", *FAST, *more]

        whole = json.loads(run(*train("classes", "same")))
        expect(whole["figures"]["test.average_precision"] > 0.9, f"average precision {whole['figures']}")
        trial.kill_once_checkpointed(train("cut", "same"), "cut")
        cut = json.loads(run(*train("cut", "same")))
        expect(cut["weights_sha256"] == whole["weights_sha256"], f"another result after a kill (at step {cut['resumed_at_step']})")

        score = json.loads(run(*train("score", "like")))
        expect(score["figures"]["test.pearson"] > 0.9, f"Pearson {score['figures']}")
        expect("test.average_precision" not in score["figures"], "a score has no classes")
        config = json.loads((folder / "score" / "config.json").read_text())
        expect(config["architectures"] == ["BertForSequenceClassification"] and len(config["id2label"]) == 1, f"{config}")
        expect(config["problem_type"] == "regression", "the reference library refuses one output under another name")
        own = json.loads((folder / "score" / "yupu.json").read_text())
        expect(own["task"] == "pairs" and own["target"] == "score" and own["scale"] == [0.0, 5.0], f"yupu.json {own['scale']}")

        def evaluate(model, label, *more, code=0):
            return run("evaluate", "--model", model, "--data", "test.jsonl", *columns, "--label", label, *more, code=code)

        text = evaluate("classes", "same", "--html", "report.html")
        page = (folder / "report.html").read_text()
        for part in ["句对评估报告", "Pair evaluation", "学习曲线", "BM25"]:
            expect(part in page, f"report.html: no {part}")
        expect("<script" not in page and "http" not in page, "report.html stands by itself")
        for part in ["precision", "recall", "AUROC", "average precision", "MRR@10", "nDCG@10", "recall@1", "BM25", "20 queries"]:
            expect(part in text, f"evaluate: no {part}")
        report = json.loads(evaluate("classes", "same", "--json"))
        expect(report["ranking"]["mrr@10"] == whole["figures"]["test.mrr@10"], "evaluate says what train said")
        expect(report["bm25"]["mrr@10"] == whole["figures"]["test.bm25.mrr@10"], "of BM25 too")
        expect(report["ranking"]["query_count"] == 20 and report["ranking"]["candidates_mean"] == 3, f"{report['ranking']}")
        for part in ["Pearson", "Spearman", "RMSE"]:
            expect(part in evaluate("score", "like"), f"evaluate of a score: no {part}")

        said = [json.loads(line) for line in run("predict", "--model", "classes", "test.jsonl", "--text", "q", "--text-b", "faq").splitlines()]
        expect([(s["text"], s["text_b"]) for s in said] == [(row["q"], row["faq"]) for row in test], "every pair is answered")
        right = sum((s["relevance"] > 0.5) == bool(row["same"]) for s, row in zip(said, test))
        expect(right / len(test) == report["accuracy"], f"predict agrees with evaluate: {right} of {len(test)}")
        one = json.loads(run("predict", "--model", "score", "--text", "怎么退款", "--text-b", "i want my money back"))
        other = json.loads(run("predict", "--model", "score", "--text", "怎么退款", "--text-b", "do you have oolong"))
        expect(0 <= other["score"] < one["score"] <= 5, f"{one['score']} and {other['score']}")

        # Bad input.
        head = "text,text_b,label\n"

        def file(name, content):
            (folder / name).write_text(content)
            return name

        good = file("good.csv", head + "a,b,1\nc,d,0\n")
        base = ["train", "--task", "pairs", "--out", "no", "--vocab-size", "100"]
        refused = lambda train_file, valid_file, *more: run(*base, "--train", train_file, "--valid", valid_file, *more, code=2)
        expect("c.csv: line 1: no column 'text_b'" in refused(file("c.csv", "text,label\na,1\n"), good), "a missing column")
        expect("e.csv: line 3: field 'text_b'" in refused(file("e.csv", head + "a,b,1\nc,,0\n"), good), "an empty text")
        expect("only one label" in refused(file("o.csv", head + "a,b,1\nc,d,1\n"), good), "one class")
        numbers = file("n.csv", head + "a,b,1\nc,d,2.5\ne,f,high\ng,h,0\n")
        expect("n.csv: line 4: field 'label': \"high\" is no number" in refused(numbers, numbers), "a slip in a score")
        expect("n.csv: line 4: field 'label'" in refused(numbers, numbers, "--target", "score"), "no number in a score")
        expect("u.csv: line 2: field 'label': \"7\"" in refused(good, file("u.csv", head + "a,b,7\n")), "an unseen label")
        expect(not (folder / "no" / "yupu.json").exists(), "nothing was made")
        expect("field 'like': \"x\" is no number" in run(
            "evaluate", "--model", "score", "--data", trial.write_rows("x.csv", [{"q": "a", "faq": "b", "like": "x", "id": "1"}]), *columns, "--label",
            "like", code=2), "no number to judge by")
        expect("counted as wrong: 9" in run(
            "evaluate", "--model", "classes", "--data", trial.write_rows("y.csv", [{"q": "a", "faq": "b", "same": "9", "id": "1"}]), *columns, "--label",
            "same"), "an unknown label is named")
        expect("--text-b" in run("predict", "--model", "classes", "--text", "alone", code=2), "half a pair")
        run("plans", "set", "ranks", "--monthly-tokens", "1000000", "--price", "pair_tokens=0.01", "--workdir", "w")
        run("plans", "tenant", "acme", "--plan", "ranks", "--workdir", "w")
        key = re.search(r"yp_\w+", run("keys", "create", "--tenant", "acme", "--workdir", "w")).group()
        query, documents = test[0]["q"], [row["faq"] for row in test[:5]]
        asked = trial.write_rows("ask.csv", [{"q": query, "faq": document} for document in documents])
        relevance = [json.loads(line)["relevance"] for line in run("predict", "--model", "classes", asked, "--text", "q", "--text-b",
                                                                  "faq").splitlines()]
        answer = trial.ask_served("classes", key, "/v1/rerank", {"model": "x", "query": query, "documents": documents, "top_n": 3})
        best = sorted(range(len(documents)), key=lambda at: -relevance[at])[:3]
        expect([result["index"] for result in answer["results"]] == best, "the order of predict's relevance")
        expect(all(abs(result["score"] - relevance[result["index"]]) < 1e-5 for result in answer["results"]), "its scores")
    return trial.finish("pairs: trained, killed, resumed, judged, ranked, predicted, refused")


if __name__ == "__main__":
    sys.exit(main())
