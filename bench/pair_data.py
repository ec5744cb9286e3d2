#!/usr/bin/env python3
"""The files docs/pairs.md measures on, of the data folder.     pair_data.py SHARED_DATA OUT

oppo.*.csv   question matching; pairs that share a text (NFKC, lower case) are on one side, the groups of such pairs shuffled
             (seed 1), groups of more than 20 pairs to train on.
sts.*.csv    two sentences and their score, as the three files of the set split them.
faq.*.csv    StackFAQ: a rephrased question and the title of a FAQ; the 125 FAQs shuffled (seed 1): 40 to judge, 20 to choose the
             epoch (two questions each), 65 to train on.  To train: the right title, the three others with the most words in
             common, three more drawn (seed 2), all of the 65.  Else: all 125 titles are candidates for each question.
"""
import collections
import csv
import json
import pathlib
import random
import re
import sys
import unicodedata


def write(path, rows, head=("text", "text_b", "label")):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} pairs")


def triples(path):
    lines = [tuple(line.rstrip("\n").split("\t")) for line in path.open(encoding="utf-8") if line.count("\t") == 2]
    return [line for line in lines if line[0].strip() and line[1].strip()]


def canonical(text):
    return unicodedata.normalize("NFKC", text).lower().strip()


def split_by_text(rows, valid_count, test_count):
    """Training, validation and test rows without a text in two of them."""
    parent = {}

    def root(text):
        while parent.setdefault(text, text) != text:
            parent[text] = parent[parent[text]]
            text = parent[text]
        return text

    rows = list({(canonical(a), canonical(b)): (a, b, label) for a, b, label in reversed(rows)}.values())[::-1]
    for a, b, _ in rows:
        parent[root(canonical(a))] = root(canonical(b))
    groups = collections.defaultdict(list)
    for row in rows:
        groups[root(canonical(row[0]))].append(row)
    names = sorted(groups)
    random.Random(1).shuffle(names)
    train, valid, test = [], [], []
    for name in names:
        rest = train if len(test) >= test_count else test
        side = train if len(groups[name]) > 20 else valid if len(valid) < valid_count else rest
        side += groups[name]
    for side in (train, valid, test):
        random.Random(1).shuffle(side)
    return train, valid, test


def faq_files(path, out):
    faqs = json.loads(path.read_text())["root"]["qapair"]
    titles = [faq["question"].strip() for faq in faqs]
    questions = [[q.strip() for q in faq["rephr"] if q and len(q.strip()) > 3 and q.strip() != faq["question"].strip()] for faq in faqs]
    order = list(range(len(faqs)))
    random.Random(1).shuffle(order)
    test, valid, train = sorted(order[:40]), sorted(order[40:60]), sorted(order[60:])
    draw = random.Random(2)
    words = lambda text: set(re.findall(r"\w+", text.lower()))
    rows = []
    for faq in train:
        for question in questions[faq]:
            alike = lambda other: len(words(question) & words(titles[other])) / len(words(question) | words(titles[other]))
            others = [other for other in train if other != faq]
            near = sorted(others, key=lambda other: -alike(other))[:3]
            far = draw.sample([other for other in others if other not in near], 3)
            rows += [(question, titles[faq], 1, "t")] + [(question, titles[other], 0, "t") for other in near + far]
    draw.shuffle(rows)
    head = ("text", "text_b", "label", "query")
    write(out / "faq.train.csv", rows, head)
    for name, part, most in (("valid", valid, 2), ("test", test, None)):
        asked = [(faq, question) for faq in part for question in questions[faq][:most]]
        write(out / f"faq.{name}.csv", [(question, title, int(other == faq), f"q{number}")
                                        for number, (faq, question) in enumerate(asked, 1) for other, title in enumerate(titles)], head)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = map(pathlib.Path, sys.argv[1:3])
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in zip(("train", "valid", "test"), split_by_text(triples(data / "oppo-pairs-zh/dev.tsv"), 1000, 2000)):
        write(out / f"oppo.{name}.csv", rows)
    for name, source in {"train": "train", "valid": "dev", "test": "test"}.items():
        write(out / f"sts.{name}.csv", triples(data / f"sts-b-zh/sts-b-{source}.txt"))
    faq_files(data / "stackfaq-en/stackExchange-FAQ.json", out)


if __name__ == "__main__":
    main()
