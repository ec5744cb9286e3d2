"""The texts of the contest: BANKING77 in the encoder's vocabulary."""
import csv
import json
import pathlib
import random
import statistics


LONGEST = 40  # tokens, [CLS] and [SEP] included


class Workload:
    """Token ids and labels; `about` says what they are.

    Customer-service lengths (lognormal, mean 14, deviation 0.5, cut to 4..60) have a mean of 14.1 and, in a batch of 16, a
    longest of 31 on average.  The real texts of 4 to 40 tokens, 97 in 100, come closest: 15.0 and 30.
    """

    def __init__(self, data, tokenizer_ids, labels, seed=11):
        """tokenizer_ids: texts -> lists of ids (the reference's tokenizer, so that nobody tokenises for himself)."""
        with open(pathlib.Path(data) / "banking77" / "train.csv", encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        index = {label: i for i, label in enumerate(labels)}
        self.raw = [row["text"] for row in rows]
        self.rows = [(ids, index[row["category"]]) for ids, row in zip(tokenizer_ids(self.raw), rows) if 4 <= len(ids) <= LONGEST]
        random.Random(seed).shuffle(self.rows)

    def batches(self, count, size=16, skip=0):
        chosen = self.rows[skip:skip + count * size]
        return [{"ids": [ids for ids, _ in chosen[i:i + size]], "labels": [label for _, label in chosen[i:i + size]]}
                for i in range(0, len(chosen), size)]

    def texts(self, count, skip=0):
        return [ids for ids, _ in self.rows[skip:skip + count]]

    def about(self):
        lengths = [len(ids) for ids, _ in self.rows]
        return (f"BANKING77 train, {len(lengths)} texts of {min(lengths)} to {max(lengths)} tokens, mean "
                f"{statistics.mean(lengths):.1f}, median {statistics.median(lengths):.0f}")


def by_length(batches):
    """The same rows in batches of like lengths: what a peer that sorts would run."""
    size = len(batches[0]["ids"])
    rows = sorted(((ids, label) for b in batches for ids, label in zip(b["ids"], b["labels"])), key=lambda r: len(r[0]))
    return [{"ids": [r[0] for r in rows[i:i + size]], "labels": [r[1] for r in rows[i:i + size]]}
            for i in range(0, len(rows), size)]


def labels_of(data):
    return sorted(json.loads((pathlib.Path(data) / "banking77" / "categories.json").read_text()))
