#!/usr/bin/env python3
"""Builds the corpus of the shipped base model from a folder of public and openly licensed text.

    pretrain-corpus.py DATA_DIR OUT_DIR [--novel-share X]

Reads laws-zh-corpus, corpus-zh-docs, corpus-en-novels, wikitext2-en, the public-domain parts of nltk-en-corpus and the
answers of examples/shop (text of our own; none of its utterances).  Takes the markup off, joins wrapped lines, drops
lines that are no prose and every line seen before, and writes one UTF-8 file a source: a paragraph a line, an empty line
between documents (docs/pretraining.md).  The same input gives the same bytes.
"""
import argparse
import gzip
import hashlib
import html
import pathlib
import re
import sys
import unicodedata

CJK = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbf]")
LETTER = re.compile(r"[\u4e00-\u9fff\u3400-\u4dbfA-Za-z]")
SPACES = re.compile(r"\s+")
# Markdown and reStructuredText, in the order they are taken off.
MARKUP = [
    (re.compile(r"<!--.*?-->"), ""),
    (re.compile(r"</?[A-Za-z][^<>]*>"), " "),
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),
    (re.compile(r":[a-z]+:`([^`<]*)[^`]*`_*"), r"\1"),
    (re.compile(r"`+_*"), ""),
    (re.compile(r"\*\*|__|~~"), ""),
    (re.compile(r"^\s*(#+|>+|[-*+]|\d+[.)])\s+"), ""),
    (re.compile(r"^\s*\|.*\|\s*$"), ""),
    (re.compile(r"\{#.*?\}|\{\{.*?\}\}"), ""),
]
# Lines that are instructions to a program, addresses or formulas.
NO_PROSE = re.compile(r"^\s*(\.\.|:\w+:|\{|\}|http|import |from .* import|def |class |[=~^#*+-]{3,})|\\[a-z]+\{|:\w+:`|"
                      r"\.(md|rst|py|h|cc)\b|://")


def clean(line):
    line = html.unescape(line.replace("\ufeff", "").replace("\u3000", " "))
    line = "".join(c for c in line if c in "\t " or unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs", "Cn"))
    for pattern, replacement in MARKUP:
        line = pattern.sub(replacement, line)
    return SPACES.sub(" ", line).strip()


def is_prose(line):
    letters = len(LETTER.findall(line))
    return letters >= 4 and letters >= 0.5 * len(line.replace(" ", "")) and not NO_PROSE.search(line)


def read(path):
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return file.read().decode("utf-8", errors="replace").replace("\ufffd", "").splitlines()


def documents_by_heading(lines):
    """Markdown documents put end to end: a heading of the first level begins one."""
    document = []
    for line in lines:
        if line.startswith("# ") and document:
            yield document
            document = []
        line = clean(line)
        if is_prose(line):
            document.append(line)
    yield document


def joined(lines):
    """Paragraphs of text that was wrapped at about 70 characters."""
    paragraph = ""
    for line in lines:
        line = clean(line)
        paragraph = f"{paragraph} {line}".strip()
        if not 50 <= len(line) <= 85:
            if paragraph:
                yield paragraph
            paragraph = ""
    if paragraph:
        yield paragraph


def novels(lines, share):
    """Blocks of 40 paragraphs, of which `share` are taken, evenly over the books."""
    block = []
    count = 0
    for paragraph in joined(lines):
        if is_prose(paragraph):
            block.append(paragraph)
        if len(block) == 40:
            count += 1
            if int(count * share) > int((count - 1) * share):
                yield block
            block = []


def wikitext(lines):
    """Sentences without the words that were replaced by <unk>; a title begins a document."""
    document = []
    for line in lines:
        line = re.sub(r" @(.)@ ", r"\1", line.strip())
        if re.match(r"^= [^=]", line):
            if document:
                yield document
            document = []
            continue
        sentences = [s for s in re.split(r"(?<= [.!?]) ", line) if "<unk>" not in s and not s.startswith("=")]
        text = clean(re.sub(r" ([.,;:!?)%])", r"\1", " ".join(sentences)).replace("( ", "("))
        if is_prose(text):
            document.append(text)
    yield document


def speeches(lines):
    document = []
    for line in lines:
        if not line.strip() and document:
            yield document
            document = []
        line = clean(line)
        if is_prose(line):
            document.append(line)
    yield document


def shop_answers(path):
    texts = re.findall(r'^\s*(?:zh|en|text_zh|text_en|answer)\w*\s*=\s*"((?:[^"\\]|\\.)*)"', path.read_text("utf-8"),
                       re.M)
    yield [t.replace('\\"', '"') for t in texts]


def common_characters():
    """The 3,755 characters of GB 2312 level 1, so that the vocabulary has them even where the texts lack some."""
    rows = []
    for high in range(0xB0, 0xD8):
        cells = [bytes([high, low]) for low in range(0xA1, 0xFF)]
        rows.append("".join(cell.decode("gb2312", errors="ignore") for cell in cells))
    yield rows


class Writer:
    def __init__(self, folder):
        self.folder = folder
        self.seen = set()

    def write(self, name, documents):
        lines = kept = chars = cjk = 0
        path = self.folder / f"{name}.txt"
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            for document in documents:
                wrote = False
                for line in document:
                    lines += 1
                    key = hashlib.blake2b(line.lower().encode(), digest_size=8).digest()
                    if key in self.seen:
                        continue
                    self.seen.add(key)
                    file.write(line + "\n")
                    wrote = True
                    kept += 1
                    chars += len(line)
                    cjk += len(CJK.findall(line))
                if wrote:
                    file.write("\n")
        print(f"{path.name:<18} {kept:>8} lines of {lines:>8}  {chars:>10} characters, {cjk:>8} of them Chinese"
              f"  {path.stat().st_size:>10} bytes")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--novel-share", type=float, default=0.5, help="of the novels' paragraphs (default 0.5)")
    options = parser.parse_args()
    shop = pathlib.Path(__file__).resolve().parent.parent / "examples/shop/answers.toml"
    laws = sorted((options.data / "laws-zh-corpus").glob("laws-*.txt"))
    docs = sorted((options.data / "corpus-zh-docs").glob("*.txt.gz"))
    if not laws or not docs:
        sys.exit(f"{options.data}: laws-zh-corpus or corpus-zh-docs is missing")
    options.out.mkdir(parents=True, exist_ok=True)
    writer = Writer(options.out)
    writer.write("zh-laws", (d for path in laws for d in documents_by_heading(read(path))))
    writer.write("zh-docs", (d for path in docs for d in documents_by_heading(read(path))))
    writer.write("zh-characters", common_characters())
    writer.write("en-novels", novels(read(options.data / "corpus-en-novels/english_novels.txt.gz"), options.novel_share))
    writer.write("en-wikitext", (d for name in ("valid.txt", "test.txt")
                                 for d in wikitext(read(options.data / "wikitext2-en" / name))))
    writer.write("en-speeches", (d for name in ("state_union.txt", "inaugural.txt")
                                 for d in speeches(read(options.data / "nltk-en-corpus" / name))))
    writer.write("shop-answers", shop_answers(shop))


if __name__ == "__main__":
    main()
