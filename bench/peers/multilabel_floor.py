#!/usr/bin/env python3
"""What a model of any number of labels has to beat on the files of bench/multilabel_data.py: TF-IDF of words (1, 2) and characters
(2 to 5) and a linear SVM for each label, its threshold for all labels chosen on the validation rows for the highest micro F1.

    multilabel_floor.py FOLDER NAME...          needs scikit-learn
"""
import json
import pathlib
import sys

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import accuracy_score, average_precision_score, f1_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import MultiLabelBinarizer
from sklearn.svm import LinearSVC


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    for name in sys.argv[2:]:
        parts = {}
        for part in ("train", "valid", "test"):
            lines = (pathlib.Path(sys.argv[1]) / f"{name}.{part}.jsonl").read_text(encoding="utf-8").splitlines()
            parts[part] = [json.loads(line) for line in lines]
        kinds = MultiLabelBinarizer().fit([row["labels"] for row in parts["train"]])
        truth = {part: kinds.transform([row["labels"] for row in rows]) for part, rows in parts.items()}
        words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, token_pattern=r"(?u)\w+")
        characters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
        texts = {part: [row["text"] for row in rows] for part, rows in parts.items()}
        words.fit(texts["train"])
        characters.fit(texts["train"])
        rows = {part: hstack([words.transform(t), characters.transform(t)]).tocsr() for part, t in texts.items()}
        model = OneVsRestClassifier(LinearSVC(C=1.0)).fit(rows["train"], truth["train"])
        score = {part: model.decision_function(rows[part]) for part in ("valid", "test")}
        places = np.quantile(score["valid"], np.linspace(0, 1, 401))
        best = max(places, key=lambda place: f1_score(truth["valid"], score["valid"] >= place, average="micro", zero_division=0))
        said = score["test"] >= best
        print(f"{name}: micro F1 {f1_score(truth['test'], said, average='micro'):.4f}, macro F1 "
              f"{f1_score(truth['test'], said, average='macro'):.4f}, exact match {accuracy_score(truth['test'], said):.4f}, "
              f"average precision {average_precision_score(truth['test'], score['test'], average='micro'):.4f}", flush=True)


if __name__ == "__main__":
    main()
