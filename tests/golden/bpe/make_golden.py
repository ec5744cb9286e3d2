#!/usr/bin/env python3
"""Makes the golden files beside it: a small byte-level BPE vocabulary trained by HuggingFace `tokenizers` on the corpus of
tests/golden/text, and what the library makes of difficult texts with it.  Read by src/text/tokenizers/bpe/bpe_test.cc.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install tokenizers==0.23.3
    /tmp/venv/bin/python tests/golden/bpe/make_golden.py
"""
import json
import pathlib

import tokenizers
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).resolve().parent
TEXTS = [
    "", " ", "  ", "\n\t\r ", "hello", "Where is my parcel?", " leading", "trailing ", "two  spaces", "three   spaces here",
    "tab\tand\nline\n\nends\r\n", "\n\n  x", "a \n b", "a\u00a0b \u00a0 c\u3000d", "I'm you're they've he'd she'll it's don't 'tis",
    "I'M YOU'RE DON'T", "''s 'sx x'll", "don\u2019t", "!'s ?!... --- ('re)", "3.1415926 -1,000.50 50% \u00bd\u2460\u2167 \u0661\u0662",
    "abc123def 12ab", "我的快递到哪里了?", "请取消我的订单,尺码选错了。", "中文 and English 混合, 123个", "　全角　空格　", "ＡＢＣ１２３，。！？",
    "ﾊﾝｶｸ カタカナ ひらがな", "한국어 각 \u1100\u1161", "😀 👍🏽 👨\u200d👩\u200d👧 🇨🇳 \U0001FAE8", "caf\u00e9 cafe\u0301 na\u00efve", "e\u0301\u0302 \u0301",
    "\u0915\u094d\u0937 \u0e01\u0e33 \u05e9\u05c1 \u0627\u0644\u0639", "a\u0000b\u0001c\u007fd\u0085e\u00ade\u200bf\ufeff", "\ufffd \ue000 \U000e0001 \u0378",
    "<|endoftext|>", "a<|endoftext|>b", " <|endoftext|> <|endoftext|>\n", "<|endoftext |> <|endoftext", "<|end|><|endoftext|><|end|>",
    "http://example.com/a?b=c&d=e#f user@example.com", "x" * 300, "ab" * 150, " " * 70, "\n" * 9 + "x", "中" * 90, "!" * 80,
    "\U0001d7d8\U0001d7e1 \U00020000\U0002ebf0 \U000323af\U00031350 \u31ef", "\u1c89 \ua7cb \U00010d50 \U00016ea0",
]
INVALID = [b"\xff", b"abc\x80def", b"\xc0\xaf", b"\xe4\xbd", b"\xe4\xbd\xa0\xe5\xa5", b"\xed\xa0\x80 \xed\xb0\x80", b"\xf0\x9f\x98", b"a\xf0\x9fb \xfe"]


def generated():
    """Every kind of code point behind a letter, a number, a sign and a space."""
    for code_point in list(range(0x80, 0x3400, 97)) + list(range(0xA000, 0xD7A4, 977)) + list(range(0xF900, 0x33000, 4099)):
        char = chr(code_point) if not 0xD800 <= code_point < 0xE000 else "\ufffd"
        yield "a" + char + "B" + char + "1" + char + "!" + char + " " + char + "\n" + char


def main():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(vocab_size=500, special_tokens=["<|endoftext|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train([str(HERE.parent / "text" / "corpus.txt")], trainer)
    tokenizer.model.save(str(HERE))  # vocab.json, merges.txt
    tokenizer.add_tokens([AddedToken("<|end|>", normalized=False)])  # not special, behind the vocabulary
    (HERE / "json").mkdir(exist_ok=True)
    tokenizer.save(str(HERE / "json" / "tokenizer.json"))
    with open(HERE / "bpe.jsonl", "w") as out:
        write = lambda record: out.write(json.dumps(record, separators=(",", ":")) + "\n")
        write({"library": "tokenizers", "version": tokenizers.__version__})
        for text in TEXTS + list(generated()):
            encoding = tokenizer.encode(text)
            write({"text": text, "ids": encoding.ids, "offsets": [list(offset) for offset in encoding.offsets],
                   "decoded": tokenizer.decode(encoding.ids)})
        for data in INVALID:
            encoding = tokenizer.encode(data.decode("utf-8", "replace"))
            write({"hex": data.hex(), "ids": encoding.ids, "offsets": [list(offset) for offset in encoding.offsets],
                   "decoded": tokenizer.decode(encoding.ids)})
        # Parts of characters: what a model may write.
        for ids in [[1, 2, 3], [160, 161], [230, 99, 120], list(range(257)), [300, 0, 301], [500]]:
            write({"ids_to_decode": ids, "decoded": tokenizer.decode(ids)})


main()
