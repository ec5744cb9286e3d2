"""Writes bpe_classes.cc: which code points GPT-2's pattern takes for letters, numbers and spaces.

The pattern says \\p{L}, \\p{N} and \\s of whatever Unicode version the reference's regular expressions know, so the reference
is asked, code point by code point: what joins an "a" is a letter, what joins a "1" a number, what joins a "!" is none.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python src/text/tokenizers/bpe/make_bpe_classes.py > src/text/tokenizers/bpe/bpe_classes.cc
"""
import os
import sys

from tokenizers import pre_tokenizers

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from code_point_tables import write_tables  # noqa: E402

SPLIT = pre_tokenizers.ByteLevel(add_prefix_space=False)


def joins(before, char):
    return len(SPLIT.pre_tokenize_str(before + char)) == 1


def is_letter(char):
    return joins("a", char)


def is_number(char):
    return joins("1", char)


def is_space(char):
    return not joins("a", char) and not joins("1", char) and not joins("!", char)


write_tables("text/tokenizers/bpe/bpe_classes.h",
             [("kLetter", "letter_ranges", is_letter), ("kNumber", "number_ranges", is_number),
              ("kSpace", "space_ranges", is_space)], per_line=6)
