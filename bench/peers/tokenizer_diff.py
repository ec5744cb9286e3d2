#!/usr/bin/env python3
"""Compares yupu's WordPiece with HuggingFace `tokenizers`, ids and offsets, and reports every difference.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    ninja -C build/release text_encode_lines_bench
    /tmp/venv/bin/python bench/peers/tokenizer_diff.py --binary build/release/src/text/text_encode_lines_bench \
        --vocab ../shared/data/bert-vocab/google_zh_vocab.txt --vocab ../shared/data/bert-vocab/google_uncased_en_vocab.txt \
        --data ../shared/data --lines 1000000

Texts: every scalar value alone and between letters, random mixtures of difficult characters, and lines of --data (taken as
they are, in pairs, and with difficult characters put in). Settings: uncased; cased; cased with accents stripped.
Exit status 0 = no difference.
"""
import argparse
import os
import random
import subprocess
import sys
import tempfile
import time

import tokenizers
from tokenizers import BertWordPieceTokenizer

SETTINGS = {
    "uncased": dict(lowercase=True),
    "cased": dict(lowercase=False),
    "cased-strip": dict(lowercase=False, strip_accents=True),
    "lower-keep": dict(lowercase=True, strip_accents=False),
    "no-ideographs": dict(lowercase=True, handle_chinese_chars=False),
    "not-clean": dict(lowercase=True, clean_text=False),
}
CONFIG_NAMES = {"lowercase": "do_lower_case", "handle_chinese_chars": "tokenize_chinese_chars"}
TEXT_SUFFIXES = (".txt", ".csv", ".tsv", ".json", ".jsonl", ".train", ".testa", ".tokens", ".raw")


def scalar_values():
    return [c for c in range(0x110000) if not 0xD800 <= c < 0xE000]


def code_point_texts(mode):
    for c in scalar_values():
        char = chr(c)
        if mode == "alone":
            yield char
        elif mode == "letters":
            yield "a" + char + "b"
        else:
            yield "E\u0301" + char + "\u0316\u0301A \u4f60" + char + "1"


def difficult_characters():
    pool = []
    for first, last in [(0, 0x17F), (0x1C4, 0x250), (0x300, 0x36F), (0x370, 0x3FF), (0x5B0, 0x5C7), (0x610, 0x670),
                        (0x8D0, 0x903), (0x930, 0x957), (0xBC6, 0xBD7), (0xE30, 0xE4E), (0xF71, 0xF84), (0x1100, 0x11FF),
                        (0x1B34, 0x1B44), (0x1BAA, 0x1BF3), (0x1DF0, 0x1E20), (0x1F00, 0x1FFF), (0x2000, 0x206F),
                        (0x20D0, 0x20F0), (0x2126, 0x212B), (0x2E00, 0x2E5D), (0x3000, 0x30FF), (0x302A, 0x3030),
                        (0x3400, 0x3410), (0x4E00, 0x4E80), (0xA953, 0xA954), (0xAC00, 0xAC40), (0xE000, 0xE004),
                        (0xF900, 0xF910), (0xFB1D, 0xFB4F), (0xFE00, 0xFE0F), (0xFF00, 0xFFFF), (0x11C3F, 0x11C40),
                        (0x1D157, 0x1D172), (0x1E000, 0x1E010), (0x1E940, 0x1E94B), (0x1F600, 0x1F650),
                        (0x2B810, 0x2B930), (0x2F800, 0x2F810), (0xE0020, 0xE0030)]:
        pool += [chr(c) for c in range(first, last + 1) if c < 0xD800 or c > 0xDFFF]
    return pool


def random_texts(count, seed):
    rng = random.Random(seed)
    pool = difficult_characters()
    marks = [c for c in pool if 0x300 <= ord(c) <= 0x36F] + list("\u302e\u302f\U0001d165\U0001d16d\u1b44\u1baa\u0344\u0f73")
    words = ["[MASK]", "[SEP]", "[", "hello", "Running", "\u4f60\u597d", "x" * 101, "unaffable", " ", "\u3000", "'s", "##a"]
    for _ in range(count):
        parts = []
        for _ in range(rng.randint(1, 24)):
            kind = rng.random()
            parts.append(rng.choice(pool) if kind < 0.5 else rng.choice(marks) if kind < 0.75 else rng.choice(words)
                         if kind < 0.85 else rng.choice("abcdefgABC 0123,.;"))
        yield "".join(parts)


def data_lines(folder, limit, seed):
    rng = random.Random(seed)
    pool = difficult_characters()
    paths = sorted(os.path.join(root, name) for root, _, names in os.walk(folder) for name in names
                   if name.endswith(TEXT_SUFFIXES) or "." not in name)
    lines = []
    for path in paths:
        with open(path, "rb") as file:
            lines += [line.rstrip(b"\r\n").decode("utf-8", "replace")[:2000] for line in file]
    rng.shuffle(lines)
    for i in range(limit):
        line = lines[i % len(lines)]
        if i >= len(lines):  # every line once as it is, then mixed
            other = lines[rng.randrange(len(lines))]
            line = line[:rng.randint(0, 200)] + rng.choice(pool) + other[:rng.randint(0, 200)]
        yield line


def batches(texts, size=50000):
    batch = []
    for text in texts:
        batch.append(text)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class Encoder:
    """yupu's tokenizer of a directory."""

    def __init__(self, binary, directory):
        self.binary, self.directory = binary, directory

    def encode(self, texts):
        records = [text.encode("utf-8") for text in texts]
        stream = b"".join(b"%d\n%s" % (len(record), record) for record in records)
        out = subprocess.run([self.binary, self.directory], input=stream, stdout=subprocess.PIPE, check=True).stdout
        return out.decode().split("\n")[:-1]


class Ours(Encoder):
    def __init__(self, binary, vocab, setting):
        self.folder = tempfile.TemporaryDirectory()
        super().__init__(binary, self.folder.name)
        with open(vocab, "rb") as source, open(self.folder.name + "/vocab.txt", "wb") as target:
            target.write(source.read())
        fields = ['"%s": %s' % (CONFIG_NAMES.get(key, key), str(value).lower()) for key, value in setting.items()]
        with open(self.folder.name + "/tokenizer_config.json", "w") as target:
            target.write("{%s}" % ", ".join(fields))


def compare(name, ours, reference, texts, shown_max):
    started, count, differences = time.time(), 0, 0
    for batch in batches(texts):
        theirs = reference.encode_batch(batch)
        mine = ours.encode(batch)
        assert len(mine) == len(batch)
        for text, their, my in zip(batch, theirs, mine):
            expected = "".join("%d:%d:%d " % (i, o[0], o[1]) for i, o in zip(their.ids, their.offsets))
            if expected == my:
                continue
            differences += 1
            if differences <= shown_max:
                print("  DIFFERENT %s\n    reference %s\n    yupu      %s" % (ascii(text), expected, my))
        count += len(batch)
    print("%-60s texts=%d differences=%d seconds=%.0f" % (name, count, differences, time.time() - started), flush=True)
    return differences


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--vocab", action="append", required=True)
    parser.add_argument("--data")
    parser.add_argument("--lines", type=int, default=1000000)
    parser.add_argument("--random", type=int, default=100000)
    parser.add_argument("--settings", default=",".join(SETTINGS))
    parser.add_argument("--shown", type=int, default=10)
    arguments = parser.parse_args()
    print("tokenizers %s" % tokenizers.__version__)
    differences = 0
    for vocab in arguments.vocab:
        for setting_name in arguments.settings.split(","):
            setting = SETTINGS[setting_name]
            reference = BertWordPieceTokenizer(vocab, **setting)
            ours = Ours(arguments.binary, vocab, setting)
            prefix = "%s %s " % (os.path.basename(vocab), setting_name)
            work = [("random", random_texts(arguments.random, 7))]
            if setting_name in ("uncased", "cased"):
                work += [("scalar values, " + mode, code_point_texts(mode)) for mode in ("alone", "letters", "marks")]
            if arguments.data and setting_name == "uncased":
                work.append(("lines", data_lines(arguments.data, arguments.lines, 11)))
            for name, texts in work:
                differences += compare(prefix + name, ours, reference, texts, arguments.shown)
    print("differences=%d" % differences)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
