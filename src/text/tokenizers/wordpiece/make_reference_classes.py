"""Writes reference_classes.cc: which code points HuggingFace's fast BERT tokenizer drops, strips and splits at.

The reference mixes the Unicode versions of three libraries (docs/formats/vocab.md), so its behaviour is asked for, code
point by code point, instead of being guessed from a version number.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python src/text/tokenizers/wordpiece/make_reference_classes.py > src/text/tokenizers/wordpiece/reference_classes.cc
"""
import sys

import tokenizers
from tokenizers import normalizers, pre_tokenizers

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


def ranges(predicate):
    found = []
    for code_point in range(0x110000):
        if 0xD800 <= code_point < 0xE000 or not predicate(chr(code_point)):
            continue
        if found and found[-1][1] == code_point - 1:
            found[-1][1] = code_point
        else:
            found.append([code_point, code_point])
    return found


def main():
    out = sys.stdout
    out.write("// Written by make_reference_classes.py from tokenizers %s; do not edit.\n" % tokenizers.__version__)
    out.write('#include "text/tokenizers/wordpiece/reference_classes.h"\n\nnamespace yupu::text {\nnamespace {\n\n// clang-format off\n')
    tables = [("kDropped", is_dropped), ("kMarks", is_mark), ("kPunctuation", is_punctuation),
              ("kReordering", is_kept_and_reorders)]
    for name, predicate in tables:
        found = ranges(predicate)
        out.write("constexpr CodePointRange %sRanges[] = {\n" % name)
        for start in range(0, len(found), 7):
            out.write("    " + " ".join("{0x%X, 0x%X}," % tuple(r) for r in found[start:start + 7]) + "\n")
        out.write("};\n")
    out.write("// clang-format on\n\n}  // namespace\n\n")
    for function, name in [("dropped_ranges", "kDropped"), ("mark_ranges", "kMarks"),
                           ("punctuation_ranges", "kPunctuation"), ("reordering_ranges", "kReordering")]:
        out.write("std::span<const CodePointRange> %s() { return %sRanges; }\n" % (function, name))
    out.write("\n}  // namespace yupu::text\n")


main()
