"""What the scripts that ask the reference tokenizers about every code point share: a C++ file of ranges."""
import os
import sys

import tokenizers


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


def write_tables(header, tables, per_line, out=sys.stdout):
    """tables: (name of the array, function that gives it, predicate of a character); `per_line` ranges a line."""
    script = os.path.basename(sys.argv[0])
    out.write("// Written by %s from tokenizers %s; do not edit.\n" % (script, tokenizers.__version__))
    out.write('#include "%s"\n\nnamespace yupu::text {\nnamespace {\n\n// clang-format off\n' % header)
    for name, _, predicate in tables:
        found = ranges(predicate)
        out.write("constexpr CodePointRange %sRanges[] = {\n" % name)
        for start in range(0, len(found), per_line):
            out.write("    " + " ".join("{0x%X, 0x%X}," % tuple(r) for r in found[start:start + per_line]) + "\n")
        out.write("};\n")
    out.write("// clang-format on\n\n}  // namespace\n\n")
    for name, function, _ in tables:
        out.write("std::span<const CodePointRange> %s() { return %sRanges; }\n" % (function, name))
    out.write("\n}  // namespace yupu::text\n")
