#!/usr/bin/env python3
"""Writes wordpiece.jsonl: what HuggingFace `tokenizers` makes of difficult texts with vocab.txt beside this script.

vocab.txt is ours: train_vocabulary over corpus.txt (YUPU_UPDATE_GOLDEN=1 build/dev/src/text/text_tests writes it).

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python tests/golden/text/make_golden.py
"""
import json
import os

import tokenizers
from tokenizers import BertWordPieceTokenizer

HERE = os.path.dirname(os.path.abspath(__file__))

TEXTS = [
    "", " ", "\n\t\r ", "hello", "HeLLo!how  \n Are yoU?", "Returning customers receive a coupon.",
    "我的快递到哪里了?", "请取消我的订单,尺码选错了。", "iPhone 15 Pro的手机壳2个", "mixed中文and英文words",
    "\u3000全角　空格\u3000", "ＡＢＣ１２３，。！？", "ﾊﾝｶｸ カタカナ ひらがな ガギグ か\u3099", "한국어 각 \u1100\u1161\u11a8",
    "😀 👍🏽 👨\u200d👩\u200d👧\u200d👦 🇨🇳 \U0001F97A \U0001FAE8", "caf\u00e9 cafe\u0301 CAF\u00c9 na\u00efve", "a\u0301\u0302\u0323b",
    "\u0130stanbul \u0131 I i\u0307", "\u039f\u0394\u039f\u03a3 \u03a3 \u03c3\u03c2", "\u1e9e stra\u00dfe STRASSE", "\u212a \u2126 \u212b",
    "\ufb01ne \ufb03 \u2460 \u00bd", "a\u0000b", "a\u0001b\u001fc\u007fd\u0085e", "x\u00ady\u200bz\ufeff w\u2060v", "a\u00a0b\u2003c\u202fd\u3000e\u1680f\u2028g\u2029h",
    "\ufffd \ufffda", "\ue000private\uf8ff", "e\u0301 \u0301 \u0301e", "\u302e a\u0301\u302eb c\u302e\u0301d", "\U0001d15e \U0001d165\U0001d16d x",
    "a\u0344b \u0f73 \u0f71\u0f72", "\u0915\u093c\u094d\u0937 \u0928\u093f", "\u0e01\u0e33 \u0e19\u0e49\u0e33", "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd", "\u0627\u0644\u0639\u064e\u0631\u0628\u064a\u0651\u0629",
    "\u226e \u2260 \u037e \u1fef \u0387", "$+<=>^`|~ !\"#%&'()*,-./:;?@[\\]_{}", "\u00a7\u00b6\u00a1\u00bf\u2014\u2026\u300c\u300d\u300e\u300f\u3001\u3002\uff0c",
    "\u2e43 \u2e5d \u166d \U000111c9", "\u4e00\u9fff\u3400\u4dbf\uf900\ufaff", "\U00020000\U0002a6df\U0002b740 \U0002b820 \U0002b91f \U0002b920", "\U0002f800\U0002fa1f",
    "[CLS] [SEP] [MASK] [PAD] [UNK]", "[MASK]a[MASK]", "[mask] [ MASK ] [MASK", "a [SEP]b 中[MASK]文", "##ing ## #a",
    "x" * 99, "x" * 100, "x" * 101, "\u00e9" * 100, "e\u0301" * 100, "\u00e9" * 101, "中" * 150, "." * 150, "x" * 100 + " " + "y" * 101 + " ok",
    "\u1c89 \ua7cb \ua7dc \U00010d50 \U00016ea0", "\u0378 \U000e0001 \U000e0041", "\U00011938 \U00011935\U00011930", "don't I'm we've",
    "http://example.com/a?b=c&d=e#f user@example.com", "3.1415926 -1,000.50 50% ¥100 €20", "\u01c4\u01c5\u01c6 \u01f1", "\u1f88\u1fbc\u1fcc",
]
INVALID = [b"\xff", b"abc\x80def", b"\xc0\xaf", b"\xe4\xbd", b"\xe4\xbd\xa0\xe5\xa5", b"\xed\xa0\x80 \xed\xb0\x80", b"\xf4\x90\x80\x80",
           b"\xf0\x9f\x98", b"a\xf0\x9fb", b"\xfe\xfe\xff", b"ok \xe0\x80\x80 \xe4\xbd\xa0", b"\xf8\x88\x80\x80\x80"]
PAIRS = [("where is my parcel", "the refund page"), ("a b c d e f", "a b c d e f"), ("a b", "a b c d e f"),
         ("a b c d e f g", "a b"), ("我的订单", ""), ("", "退货"), ("a b c", "a b c")]


def generated():
    """Every kind of code point next to letters, Chinese and a mark."""
    for code_point in list(range(0x80, 0x3400, 97)) + list(range(0xA000, 0xD7A4, 977)) + list(range(0xF900, 0x30000, 4099)):
        char = chr(code_point) if not 0xD800 <= code_point < 0xE000 else "\ufffd"
        yield "a" + char + "B\u0301 " + char + "单"


def row(tokenizer, cased, text, pair=None, max_length=0, data=None):
    tokenizer.no_truncation()
    if max_length:
        tokenizer.enable_truncation(max_length)
    encoding = tokenizer.encode(text, pair)
    record = {"cased": cased}
    if data is None:
        record["text"] = text
    else:
        record["hex"] = data.hex()
    if pair is not None:
        record["pair"] = pair
    if max_length:
        record["max_length"] = max_length
    record["ids"] = encoding.ids
    record["offsets"] = [list(offset) for offset in encoding.offsets]
    if pair is not None:
        record["type_ids"] = encoding.type_ids
    return record


def main():
    with open(os.path.join(HERE, "wordpiece.jsonl"), "w") as out:
        write = lambda record: out.write(json.dumps(record, separators=(",", ":")) + "\n")
        write({"library": "tokenizers", "version": tokenizers.__version__})
        for cased in (False, True):
            tokenizer = BertWordPieceTokenizer(os.path.join(HERE, "vocab.txt"), lowercase=not cased)
            for text in TEXTS:
                write(row(tokenizer, cased, text))
            for data in INVALID:
                write(row(tokenizer, cased, data.decode("utf-8", "replace"), data=data))
        tokenizer = BertWordPieceTokenizer(os.path.join(HERE, "vocab.txt"), lowercase=True)
        for text in generated():
            write(row(tokenizer, False, text))
        for max_length in (2, 3, 4, 7, 20):
            write(row(tokenizer, False, "where is my parcel? 我的快递", max_length=max_length))
        for first, second in PAIRS:
            for max_length in (0, 3, 4, 5, 6, 7, 8, 9, 12):
                write(row(tokenizer, False, first, second, max_length))


main()
