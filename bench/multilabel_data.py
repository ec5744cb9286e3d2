#!/usr/bin/env python3
"""The files docs/multilabel.md measures on, of the data folder.     multilabel_data.py SHARED_DATA OUT

A sentence, and which kinds of named entities occur in it: any number, often none.
conll.*.jsonl   CoNLL-2003 (English; PER, LOC, ORG, MISC) as its three files split it; a sentence that occurs in an earlier file is
                left out of a later one.
msra.*.jsonl    MSRA (Chinese; NR, NS, NT), one file: sentences shuffled (seed 1), repeated ones dropped; 2,000 to choose the epoch,
                5,000 to judge, 20,000 of the rest to train on.
"""
import json
import pathlib
import random
import sys


def sentences(path, joint, tag_column=-1):
    """(text, kinds of entities) of each sentence of a column file."""
    words, kinds = [], set()
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        cells = line.split()
        if not cells or cells[0] == "-DOCSTART-":
            if words:
                yield joint.join(words), sorted(kinds)
            words, kinds = [], set()
            continue
        words.append(cells[0])
        if "-" in cells[tag_column]:
            kinds.add(cells[tag_column].split("-", 1)[1])


def write(path, rows):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps({"text": text, "labels": labels}, ensure_ascii=False) + "\n" for text, labels in rows)
    print(f"{path.name}: {len(rows)} rows, {sum(not labels for _, labels in rows)} without a label, {sum(len(labels) for _, labels in rows)} labels")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = map(pathlib.Path, sys.argv[1:3])
    out.mkdir(parents=True, exist_ok=True)
    seen = set()
    for name, source in {"train": "train", "valid": "testa", "test": "testb"}.items():
        rows = [row for row in sentences(data / f"conll2003-en/eng.{source}", " ") if row[0] not in seen]
        seen |= {text for text, _ in rows}
        write(out / f"conll.{name}.jsonl", rows)
    rows = list(dict(sentences(data / "msra-ner-zh/dh_msra.txt", "")).items())
    random.Random(1).shuffle(rows)
    for name, begin, end in (("valid", 0, 2000), ("test", 2000, 7000), ("train", 7000, 27000)):
        write(out / f"msra.{name}.jsonl", rows[begin:end])


if __name__ == "__main__":
    main()
