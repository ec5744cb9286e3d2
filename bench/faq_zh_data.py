#!/usr/bin/env python3
"""A Chinese FAQ to search in, of the data folder.     faq_zh_data.py SHARED_DATA OUT [--questions N]

hexin-match-zh: 300 standard questions of a securities broker, and about 35 questions of customers, as they were spoken, to each; whether
a pair belongs together is labelled.  The standard questions are shuffled (seed 1): 60 to judge, 20 to choose the epoch, 220 to train on.
A customer's question that is found under two standard questions, or under none, is left out.

faq/NNN.md         one document a standard question, the question as its heading; all 300
test.csv           query,source: N (8) questions of customers, drawn (seed 2), to each of the 60, and their documents
right.*.csv        text,text_b: questions and their standard question, 20 to each, for vectors
learn.csv          query,source: 10 questions to each of the 220, for a reranker that `yupu knowledge pairs` finds the pairs of
choose.csv         query,source: 4 questions to each of the 20, by which its epoch is chosen
weigh.csv          query,source: 10 other questions to each of the 20, by which `yupu knowledge weigh` fits the orders' weights
learned/NNN.md     the documents of the 220, for a search that knows no other: its wrong ones are none of the judged
"""
import argparse
import collections
import csv
import pathlib
import random

JUDGED, CHOOSING = 60, 20
RIGHT_EACH, LEARN_EACH, CHOOSING_EACH, WEIGH_EACH = 20, 10, 4, 10


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rows")


def labelled(path):
    """{standard question: its customers' questions}."""
    right = collections.defaultdict(list)
    homes = collections.defaultdict(set)
    rows = [line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8")]
    rows = [[cell.strip() for cell in row] for row in rows if len(row) == 3]
    for title, question, label in rows:
        if label == "1":
            homes[question].add(title)
    for title, question, label in rows:
        if label == "1" and len(homes[question]) == 1 and question != title and question not in right[title]:
            right[title].append(question)
    return dict(sorted(right.items()))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--questions", type=int, default=8)
    args = parser.parse_args()
    for folder in ("faq", "learned"):
        (args.out / folder).mkdir(parents=True, exist_ok=True)
    right = labelled(args.data / "hexin-match-zh" / "tonghuashun.tsv")
    titles = list(right)
    random.Random(1).shuffle(titles)
    draw = random.Random(2)
    for questions in right.values():
        draw.shuffle(questions)
    place = {title: f"faq/{number:03d}.md" for number, title in enumerate(titles)}
    for title in titles:
        (args.out / place[title]).write_text(f"# {title}\n\n{title}\n", encoding="utf-8")
    print(f"faq: {len(titles)} documents")
    judged, choosing, learned = titles[:JUDGED], titles[JUDGED:JUDGED + CHOOSING], titles[JUDGED + CHOOSING:]
    asked = lambda part, first, last: [(question, place[title]) for title in part for question in right[title][first:last]]
    write(args.out / "test.csv", ("query", "source"), asked(judged, 0, args.questions))
    write(args.out / "choose.csv", ("query", "source"), asked(choosing, 0, CHOOSING_EACH))
    write(args.out / "weigh.csv", ("query", "source"), asked(choosing, CHOOSING_EACH, CHOOSING_EACH + WEIGH_EACH))
    for title in learned:
        (args.out / place[title].replace("faq/", "learned/")).write_text(f"# {title}\n\n{title}\n", encoding="utf-8")
    write(args.out / "learn.csv", ("query", "source"),
          [(question, source.replace("faq/", "learned/")) for question, source in asked(learned, 0, LEARN_EACH)])
    for name, part in (("train", learned), ("valid", choosing)):
        write(args.out / f"right.{name}.csv", ("text", "text_b"),
              [(question, title) for title in part for question in right[title][:RIGHT_EACH]])


if __name__ == "__main__":
    main()
