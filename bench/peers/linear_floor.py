#!/usr/bin/env python3
"""The floor a text classifier is measured against: TF-IDF of word 1-2-grams and character 1-4-grams, linear SVM (C=1).

    linear_floor.py TRAIN TEST [--text COL] [--label COL] [--slice COL] [--without LABEL]

CSV with a header, or JSONL.  Needs scikit-learn (a peer of the bench, not a dependency of yupu).  Prints one CSV row:
rows, accuracy, macro F1, seconds; then the accuracy of each slice.
"""
import argparse
import csv
import json
import time


def read_rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        if path.endswith(".jsonl"):
            return [json.loads(line) for line in file if line.strip()]
        return list(csv.DictReader(file))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("train", nargs="+", help="training files, then the test file")
    parser.add_argument("--text", default="text")
    parser.add_argument("--label", default="label")
    parser.add_argument("--slice")
    parser.add_argument("--without", default="out_of_scope")
    args = parser.parse_args()
    train = [r for path in args.train[:-1] for r in read_rows(path) if r[args.label] != args.without]
    test = [r for r in read_rows(args.train[-1]) if r[args.label] != args.without]

    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.pipeline import make_pipeline, make_union
    from sklearn.svm import LinearSVC

    began = time.monotonic()
    features = make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), sublinear_tf=True))
    model = make_pipeline(features, LinearSVC(C=1.0))
    model.fit([r[args.text] for r in train], [r[args.label] for r in train])
    predicted = model.predict([r[args.text] for r in test])
    seconds = time.monotonic() - began
    truth = [r[args.label] for r in test]
    print("train_rows,test_rows,accuracy,macro_f1,seconds")
    print(f"{len(train)},{len(test)},{accuracy_score(truth, predicted):.4f},{f1_score(truth, predicted, average='macro'):.4f},{seconds:.1f}")
    if args.slice:
        for name in sorted({r[args.slice] for r in test}):
            pairs = [(t, p) for r, t, p in zip(test, truth, predicted) if r[args.slice] == name]
            print(f"slice {name}: {sum(t == p for t, p in pairs) / len(pairs):.4f} of {len(pairs)}")


if __name__ == "__main__":
    main()
