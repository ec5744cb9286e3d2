#!/usr/bin/env python3
"""The files docs/knowledge.md measures on, of the data folder.     knowledge_data.py SHARED_DATA OUT

faq/NNN.md      StackFAQ: one document a FAQ, its question as heading and its first answer below; all 125
test.csv        query,source: the rephrased questions of the 40 FAQs that bench/pair_data.py judges on, and their documents
rest.csv        the same of the other 85
"""
import csv
import json
import pathlib
import random
import sys


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("query", "source"))
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} questions")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = map(pathlib.Path, sys.argv[1:3])
    (out / "faq").mkdir(parents=True, exist_ok=True)
    faqs = json.loads((data / "stackfaq-en/stackExchange-FAQ.json").read_text())["root"]["qapair"]
    random.Random(1).shuffle(faqs)
    asked = []
    for number, faq in enumerate(faqs):
        name = f"faq/{number:03d}.md"
        (out / name).write_text(f"# {' '.join(faq['question'].split())}\n\n{faq['answer'][0]}\n", encoding="utf-8")
        asked.append([(query.strip(), name) for query in faq["rephr"] if query and query.strip() not in ("", "*")])
    write(out / "test.csv", [row for rows in asked[:40] for row in rows])
    write(out / "rest.csv", [row for rows in asked[40:] for row in rows])


if __name__ == "__main__":
    main()
