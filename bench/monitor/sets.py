"""The financial sentiment sets of the data folder as (text, label), every text once."""

import csv
import re

from monitor.base import SENTIMENTS

BETWEEN_IDEOGRAPHS = re.compile(r"(?<=[\u3000-\u9fff])\s+(?=[\u3000-\u9fff])")


def _once(rows):
    """The first of equal texts, white space apart."""
    seen = {}
    for text, label in rows:
        text = " ".join(text.split())
        if text:
            seen.setdefault(text, label)
    return list(seen.items())


def phrasebank(data):
    """Financial PhraseBank, sentences that half of the annotators agree on."""
    with open(data / "financial-phrasebank-en" / "all-data.csv", encoding="latin-1", newline="") as file:
        return _once((row["content"], row["label"]) for row in csv.DictReader(file))


def headlines(data):
    """Chinese headlines about listed companies: positive or negative."""
    with open(data / "financial-headlines-zh" / "news_seed_filtered.csv", encoding="utf-8-sig", newline="") as file:
        label = {"1": "positive", "0": "negative"}
        return _once((row["标题"], label[row["正/负面"]]) for row in csv.DictReader(file))


def comments(data):
    """Comments of a Chinese stock forum: positive or negative. The set's cuts between words are undone."""
    rows = []
    for label in ("positive", "negative"):
        for line in (data / "stock-comments-zh" / f"{label}.txt").read_text(encoding="utf-8").splitlines():
            rows.append((BETWEEN_IDEOGRAPHS.sub("", line), label))
    return _once(rows)


SETS = {"phrasebank-en": phrasebank, "headlines-zh": headlines, "comments-zh": comments}


def read(name, data):
    rows = SETS[name](data)
    assert all(label in SENTIMENTS for _, label in rows), name
    return rows


def write(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "label"))
        writer.writerows(rows)
    return str(path)
