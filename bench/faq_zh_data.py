#!/usr/bin/env python3
"""A Chinese FAQ to search in, of the data folder.     faq_zh_data.py SHARED_DATA OUT [--questions N]

hexin-match-zh: 300 standard questions of a securities broker, and about 35 questions of customers, as they were spoken, to each; whether
a pair belongs together is labelled.  The standard questions are shuffled (seed 1): 60 to judge, 20 to choose the epoch, 220 to train on.
A customer's question that is found under two standard questions, or under none, is left out.

faq/NNN.md         one document a standard question, the question as its heading; all 300
test.csv           query,source: N (8) questions of customers, drawn (seed 2), to each of the 60, and their documents
right.*.csv        text,text_b: questions and their standard question, 20 to each, for vectors
pairs.*.csv        text,text_b,label,query: 10 questions to each, for a reranker: the right one, the two with the most characters in
                   common of those labelled wrong, and one drawn; the file for the epoch: all of its 20 for each of 4 questions
"""
import argparse
import collections
import csv
import pathlib
import random

JUDGED, CHOOSING = 60, 20
RIGHT_EACH, PAIRS_EACH, CHOOSING_EACH = 20, 10, 4


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rows")


def labelled(path):
    """{standard question: its customers' questions}, and {customer's question: standard questions that it is not}."""
    right, wrong = collections.defaultdict(list), collections.defaultdict(list)
    homes = collections.defaultdict(set)
    rows = [line.rstrip("\n").split("\t") for line in path.open(encoding="utf-8")]
    rows = [[cell.strip() for cell in row] for row in rows if len(row) == 3]
    for title, question, label in rows:
        if label == "1":
            homes[question].add(title)
        else:
            wrong[question].append(title)
    for title, question, label in rows:
        if label == "1" and len(homes[question]) == 1 and question != title and question not in right[title]:
            right[title].append(question)
    return dict(sorted(right.items())), wrong


def alike(one, other):
    return len(set(one) & set(other)) / len(set(one) | set(other))


def pairs_of(titles, right, wrong, draw):
    rows = []
    for title in titles:
        for question in right[title][:PAIRS_EACH]:
            others = sorted((other for other in wrong[question] if other in titles), key=lambda other: -alike(question, other))[:2]
            far = draw.choice([other for other in titles if other != title and other not in others])
            rows += [(question, title, 1, "t")] + [(question, other, 0, "t") for other in (*others, far)]
    draw.shuffle(rows)
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--questions", type=int, default=8)
    args = parser.parse_args()
    (args.out / "faq").mkdir(parents=True, exist_ok=True)
    right, wrong = labelled(args.data / "hexin-match-zh" / "tonghuashun.tsv")
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
    write(args.out / "test.csv", ("query", "source"),
          [(question, place[title]) for title in judged for question in right[title][:args.questions]])
    for name, part in (("train", learned), ("valid", choosing)):
        write(args.out / f"right.{name}.csv", ("text", "text_b"),
              [(question, title) for title in part for question in right[title][:RIGHT_EACH]])
    head = ("text", "text_b", "label", "query")
    write(args.out / "pairs.train.csv", head, pairs_of(learned, right, wrong, draw))
    asked = [(title, question) for title in choosing for question in right[title][:CHOOSING_EACH]]
    write(args.out / "pairs.valid.csv", head, [(question, other, int(other == title), f"q{number}")
                                               for number, (title, question) in enumerate(asked, 1) for other in choosing])


if __name__ == "__main__":
    main()
