#!/usr/bin/env python3
"""Writes the files that docs/generate.md measures on:  generate_data.py DATA OUT

laws-train.txt, laws-valid.txt, laws-test.txt: the paragraphs of one file of the statutes (laws-07.txt) without headings and
repetitions, shuffled with seed 1, eight tenths, a tenth and a tenth.
"""
import pathlib
import random
import sys


def main():
    data, out = map(pathlib.Path, sys.argv[1:3])
    text = (data / "laws-zh-corpus" / "laws-07.txt").read_text(encoding="utf-8")
    paragraphs = [part.strip() for part in text.split("\n\n") if part.strip() and not part.lstrip().startswith("#")]
    paragraphs = list(dict.fromkeys(paragraphs))
    random.Random(1).shuffle(paragraphs)
    tenth = len(paragraphs) // 10
    out.mkdir(parents=True, exist_ok=True)
    for name, part in [("valid", paragraphs[:tenth]), ("test", paragraphs[tenth:2 * tenth]), ("train", paragraphs[2 * tenth:])]:
        (out / f"laws-{name}.txt").write_text("\n\n".join(part) + "\n", encoding="utf-8")


main()
