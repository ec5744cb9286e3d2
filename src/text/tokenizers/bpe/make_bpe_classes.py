"""Writes bpe_classes.cc: which code points GPT-2's pattern takes for letters, numbers and spaces.

The pattern says \\p{L}, \\p{N} and \\s of whatever Unicode version the reference's regular expressions know, so the reference
is asked, code point by code point: what joins an "a" is a letter, what joins a "1" a number, what joins a "!" is none.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python src/text/tokenizers/bpe/make_bpe_classes.py > src/text/tokenizers/bpe/bpe_classes.cc
"""
import sys

import tokenizers
from tokenizers import pre_tokenizers

SPLIT = pre_tokenizers.ByteLevel(add_prefix_space=False)


def joins(before, char):
    return len(SPLIT.pre_tokenize_str(before + char)) == 1


def is_letter(char):
    return joins("a", char)


def is_number(char):
    return joins("1", char)


def is_space(char):
    return not joins("a", char) and not joins("1", char) and not joins("!", char)


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
    out.write("// Written by make_bpe_classes.py from tokenizers %s; do not edit.\n" % tokenizers.__version__)
    out.write('#include "text/tokenizers/bpe/bpe_classes.h"\n\nnamespace yupu::text {\nnamespace {\n\n// clang-format off\n')
    for name, predicate in [("kLetter", is_letter), ("kNumber", is_number), ("kSpace", is_space)]:
        found = ranges(predicate)
        out.write("constexpr CodePointRange %sRanges[] = {\n" % name)
        for start in range(0, len(found), 6):
            out.write("    " + " ".join("{0x%X, 0x%X}," % tuple(r) for r in found[start:start + 6]) + "\n")
        out.write("};\n")
    out.write("// clang-format on\n\n}  // namespace\n\n")
    for function, name in [("letter_ranges", "kLetter"), ("number_ranges", "kNumber"), ("space_ranges", "kSpace")]:
        out.write("std::span<const CodePointRange> %s() { return %sRanges; }\n" % (function, name))
    out.write("\n}  // namespace yupu::text\n")


main()
