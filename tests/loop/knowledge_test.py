#!/usr/bin/env python3
"""Documents through the real binary: added, found, quoted, replaced, removed, judged; whose they are; and what is refused.
knowledge_test.py --yupu build/release/yupu"""
import json
import sys
import tempfile

from trial import Trial, yupu_from_arguments

RETURNS = """# Returns

You may return tea within 30 days. Opened bags are welcome too.

## Refunds

A refund takes three days. 退款三天到账。
"""


def main():
    with tempfile.TemporaryDirectory() as name:
        trial = Trial(yupu_from_arguments(), name)
        folder, run, expect = trial.folder, trial.run, trial.expect
        (folder / "returns.md").write_text(RETURNS)
        (folder / "ship.html").write_text("<h1>Delivery</h1><p>We deliver to Norway.<p>Orders leave on weekdays.")
        (folder / "questions.csv").write_text("query,source\nhow long does a refund take,returns.md\ndo you deliver,ship.html\n")
        # What embeds is as small as it gets: the order it gives is not judged here.
        (folder / "pairs.csv").write_text("a,b\n" + "".join(f"question {n},answer {n}\n" for n in range(8)))
        run("train", "--task", "embed", "--train", "pairs.csv", "--valid", "pairs.csv", "--text", "a", "--text-b", "b", "--epochs", "1",
            "--vocab-size", "120", "--out", "embedder", "--threads", "1")

        def knowledge(*words):
            return json.loads(run("knowledge", *words, "--json"))

        added = knowledge("add", "returns.md", "./ship.html")
        expect([d["outcome"] for d in added["documents"]] == ["new", "new"], f"{added}")
        expect([d["source"] for d in added["documents"]] == ["returns.md", "ship.html"], f"{added}")
        again = knowledge("add", "returns.md", "ship.html", "--embedder", "embedder")
        expect([d["outcome"] for d in again["documents"]] == ["unchanged"] * 2, f"{again}")
        expect(again["passages_embedded"] == 3, f"{again}")

        for query, source in [("退款", "returns.md"), ("Norway", "ship.html")]:
            found = knowledge("search", query)
            expect(found["stage"] == "words" and found["passages"][0]["source"] == source, f"{query}: {found}")
            expect(knowledge("search", query, "--embedder", "embedder")["stage"] == "hybrid", "both orders fused")
        quotes = knowledge("answer", "How many days does a refund take?")["quotes"]
        expect(quotes[0]["text"] == "A refund takes three days." and quotes[0]["headings"] == ["Returns", "Refunds"], f"{quotes}")
        expect(knowledge("answer", "Who won the football match?")["quotes"] == [], "what no document says is not answered")
        expect(knowledge("search", "?!")["passages"] == [], "punctuation finds nothing")
        expect("returns.md version 1" in run("knowledge", "answer", "refund days"), "a citation for people")

        judged = knowledge("evaluate", "--data", "questions.csv", "--embedder", "embedder")
        expect(judged["words"]["recall@1"] == 1.0 and set(judged) == {"documents", "words", "vectors", "hybrid", "weights"}, f"{judged}")
        weighed = knowledge("weigh", "--data", "questions.csv", "--embedder", "embedder")
        after = knowledge("evaluate", "--data", "questions.csv", "--embedder", "embedder")
        expect(after["hybrid"]["mrr@10"] == weighed["words"]["mrr@10"] == 1.0 and after["weights"]["words_fitted"], f"{weighed} {after}")
        expect(after["weights"]["words"] == weighed["words"]["weight"], "search weighs as fitted")
        mined = knowledge("pairs", "--data", "questions.csv", "--out", "mined.jsonl", "--negatives", "1", "--embedder", "embedder")
        pairs = [json.loads(line) for line in (folder / "mined.jsonl").read_text().splitlines()]
        expect(mined["pairs"] == len(pairs) == 4 and [pair["label"] for pair in pairs] == [1, 0, 1, 0], f"{mined} {pairs}")
        expect(pairs[0]["text_b"].endswith("A refund takes three days. 退款三天到账。") and pairs[2]["query"] == "q2", f"{pairs}")
        run("train", "--task", "pairs", "--loss", "lists", "--group", "query", "--train", "mined.jsonl", "--valid", "mined.jsonl", "--epochs",
            "1", "--vocab-size", "120", "--out", "reranker", "--threads", "1")
        both = ["--data", "questions.csv", "--embedder", "embedder", "--reranker", "reranker"]
        weighed = knowledge("weigh", *both)
        after = knowledge("evaluate", *both)
        expect(after["reranked"]["mrr@10"] >= after["hybrid"]["mrr@10"] == 1.0, f"{weighed} {after}")
        expect(weighed["rerank"]["weight"] == after["weights"]["rerank"] == 0.0, "an order that cannot be better is left as it is")

        (folder / "returns.md").write_text(RETURNS.replace("three", "five"))
        expect(knowledge("add", "returns.md")["documents"][0]["version"] == 2, "another text is another version")
        expect(knowledge("answer", "refund days")["quotes"][0]["text"] == "A refund takes five days.", "the new text alone")
        knowledge("remove", "ship.html")
        expect(knowledge("search", "Norway")["passages"] == [], "removed is gone")
        expect([d["source"] for d in knowledge("list")["documents"]] == ["returns.md"], "list")

        run("plans", "set", "free", "--monthly-tokens", "1000", "--price", "classification_tokens=0.001")
        run("plans", "tenant", "rival", "--plan", "free")
        expect(knowledge("search", "refund", "--tenant", "rival")["passages"] == [], "another tenant's documents are not found")

        refused = lambda words, says: expect(says in run(*words, code=2), f"{words} does not say {says}")
        refused(["knowledge", "search", "refund", "--tenant", "nobody"], "nobody")
        (folder / "bad.txt").write_bytes(b"words \xff")
        (folder / "empty.md").write_text("***\n")
        (folder / "x.pdf").write_text("%PDF-1.4")
        (folder / "x.docx").write_text("no zip")
        for file, says in [("bad.txt", "byte 6"), ("empty.md", "no word"), ("x.pdf", "x.pdf"), ("x.docx", "zip"), ("gone.md", "gone.md")]:
            refused(["knowledge", "add", "returns.md", file], says)
        (folder / "wrong.csv").write_text("query,source\nwhat,nowhere.md\n")
        refused(["knowledge", "evaluate", "--data", "wrong.csv"], "nowhere.md")
        refused(["knowledge", "weigh", "--data", "questions.csv"], "give an embedder or a reranker")
        refused(["knowledge", "weigh", "--data", "wrong.csv", "--embedder", "embedder"], "nowhere.md")
        refused(["knowledge", "weigh", "--data", "questions.csv", "--embedder", "embedder", "--words-weight", "1"], "not fitted")
        refused(["knowledge", "pairs", "--data", "questions.csv", "--out", "pairs.csv"], "jsonl")
        refused(["knowledge", "remove", "ship.html"], "ship.html")
        refused(["knowledge", "search", "x", "--workdir", "absent"], "absent")
        refused(["knowledge", "add", "a.md", "b.md", "--source", "x"], "--source")
    return trial.finish("knowledge: added, found, quoted, replaced, removed, judged, refused")


if __name__ == "__main__":
    sys.exit(main())
