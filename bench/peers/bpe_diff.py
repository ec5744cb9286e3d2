#!/usr/bin/env python3
"""Compares yupu's byte-level BPE with HuggingFace `tokenizers`, ids and offsets, and reports every difference.

    ninja -C build/release text_encode_lines_bench
    python3 bench/peers/bpe_diff.py --binary build/release/src/text/text_encode_lines_bench --model DIR --data ../shared/data

DIR holds a tokenizer.json (of yupu train --task generate, or the library's own).  Texts as in tokenizer_diff.py: every scalar value in
three places, random mixtures of difficult characters, lines of --data.  Exit status 0 = no difference.
"""
import argparse
import sys

import tokenizers

from tokenizer_diff import Encoder, code_point_texts, compare, data_lines, random_texts


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--data")
    parser.add_argument("--lines", type=int, default=200000)
    parser.add_argument("--random", type=int, default=100000)
    parser.add_argument("--shown", type=int, default=10)
    arguments = parser.parse_args()
    print("tokenizers %s" % tokenizers.__version__)
    reference = tokenizers.Tokenizer.from_file(arguments.model + "/tokenizer.json")
    ours = Encoder(arguments.binary, arguments.model)
    work = [("scalar values, " + mode, code_point_texts(mode)) for mode in ("alone", "letters", "marks")]
    work.append(("random", random_texts(arguments.random, 7)))
    if arguments.data:
        work.append(("lines", data_lines(arguments.data, arguments.lines, 11)))
    differences = sum(compare(name, ours, reference, texts, arguments.shown) for name, texts in work)
    print("differences=%d" % differences)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
