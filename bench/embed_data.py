#!/usr/bin/env python3
"""The files docs/embed.md measures on, of the data folder.     embed_data.py SHARED_DATA OUT

stackfaq-*.jsonl   query -> document, the question and first answer of its FAQ; the 125 FAQs shuffled (seed 1) into 65 to
                   train on, 20 to choose the epoch, 40 to judge: no document and no query of the test was seen.
sts-b-zh-*.tsv     two sentences and their score, as the three files of the set split them; a header added.
"""
import json
import pathlib
import random
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = map(pathlib.Path, sys.argv[1:3])
    out.mkdir(parents=True, exist_ok=True)
    faqs = json.loads((data / "stackfaq-en/stackExchange-FAQ.json").read_text())["root"]["qapair"]
    random.Random(1).shuffle(faqs)
    for name, part in {"train": faqs[:65], "valid": faqs[65:85], "test": faqs[85:]}.items():
        rows = [{"query": query, "document": f"{faq['question']} {faq['answer'][0]}"}
                for faq in part for query in faq["rephr"] if query and query.strip() not in ("", "*")]
        (out / f"stackfaq-{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        print(f"stackfaq-{name}: {len(part)} FAQs, {len(rows)} queries")
    for name, source in {"train": "train", "valid": "dev", "test": "test"}.items():
        lines = (data / f"sts-b-zh/sts-b-{source}.txt").read_text().splitlines()
        (out / f"sts-b-zh-{name}.tsv").write_text("a\tb\tscore\n" + "".join(line + "\n" for line in lines))
        print(f"sts-b-zh-{name}: {len(lines)} pairs")


if __name__ == "__main__":
    main()
