"""Writes reference_classes.cc: which code points HuggingFace's fast BERT tokenizer drops, strips and splits at.

The reference mixes the Unicode versions of three libraries (docs/formats/vocab.md), so its behaviour is asked for, code
point by code point, instead of being guessed from a version number.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python src/text/tokenizers/wordpiece/make_reference_classes.py > src/text/tokenizers/wordpiece/reference_classes.cc
"""
import os
import sys

from tokenizers import normalizers, pre_tokenizers

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from code_point_tables import write_tables  # noqa: E402

OFF = dict(clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
CLEAN = normalizers.BertNormalizer(**{**OFF, "clean_text": True})
STRIP = normalizers.BertNormalizer(**{**OFF, "strip_accents": True})
NFD = normalizers.NFD()
SPLIT = pre_tokenizers.BertPreTokenizer()


def is_dropped(char):
    return char not in "\0\ufffd" and CLEAN.normalize_str(char) == ""


def is_mark(char):
    return NFD.normalize_str(char) == char and STRIP.normalize_str(char) == ""


def is_punctuation(char):
    return ord(char) >= 0x80 and [piece for piece, _ in SPLIT.pre_tokenize_str("a" + char + "a")] == ["a", char, "a"]


def is_kept_and_reorders(char):
    """Not stripped, yet moves past other combining characters (combining class above 0)."""
    if NFD.normalize_str(char) != char or STRIP.normalize_str(char) == "":
        return False
    moves = lambda text: NFD.normalize_str(text) != text
    return moves("a\u0345" + char) or moves("a" + char + "\u0334")


write_tables("text/tokenizers/wordpiece/reference_classes.h",
             [("kDropped", "dropped_ranges", is_dropped), ("kMarks", "mark_ranges", is_mark),
              ("kPunctuation", "punctuation_ranges", is_punctuation), ("kReordering", "reordering_ranges", is_kept_and_reorders)], per_line=7)
