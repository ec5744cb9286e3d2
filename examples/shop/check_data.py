#!/usr/bin/env python3
"""Checks the example data of Green Hill Tea. Python 3 standard library only.

Usage: python3 check_data.py [folder]
Exit 0 when all is well; exit 1 with one line per finding otherwise.
"""
import csv
import io
import json
import os
import re
import sys
import unicodedata

INTENTS = 44
TRAIN_MIN = 27          # per intent and language
TEST_EACH = 6           # per intent and language
OOS_EACH = 40           # per language and split
BACKGROUND_MIN = 90     # per language
VISITOR_LINES = 120
VISITORS = (15, 20)
LANGS = ("zh", "en")

ROOT = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
findings = []


def report(place, message):
    findings.append("%s: %s" % (place, message))


def load(name):
    """The text of a file, after the checks that hold for every file."""
    path = os.path.join(ROOT, name)
    try:
        with open(path, "rb") as handle:
            raw = handle.read()
    except OSError as error:
        report(name, "cannot be read (%s)" % error.strerror)
        return ""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        report(name, "not UTF-8 at byte %d" % error.start)
        return ""
    if raw.startswith(b"\xef\xbb\xbf"):
        report(name, "starts with a byte order mark")
    if b"\r" in raw:
        report(name, "holds carriage returns")
    if raw and not raw.endswith(b"\n"):
        report(name, "does not end with a line feed")
    return text


def normalise(text):
    """Case, spaces and punctuation do not count when texts are compared."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = [c for c in folded if unicodedata.category(c)[0] not in "PSZC"]
    # a text of punctuation only is compared as it stands
    return "".join(kept) or "".join(folded.split())


def has_han(text):
    return any("\u4e00" <= c <= "\u9fff" for c in text)


def parse_answers(text):
    try:
        import tomllib
    except ImportError:         # before Python 3.11: the subset used in answers.toml
        rows = []
        for number, line in enumerate(text.split("\n"), 1):
            line = line.strip()
            if not line or line.startswith("#"):
                continue
            if line == "[[answer]]":
                rows.append({})
                continue
            match = re.match(r'^([a-z_]+) = ("(?:[^"\\]|\\.)*")$', line)
            if not match or not rows:
                report("answers.toml:%d" % number, "not understood")
                continue
            rows[-1][match.group(1)] = json.loads(match.group(2))
        return rows
    try:
        return tomllib.loads(text).get("answer", [])
    except tomllib.TOMLDecodeError as error:
        report("answers.toml", str(error))
        return []


def read_csv(name, header):
    """Yields (place, row) for each well-formed row."""
    reader = csv.reader(io.StringIO(load(name)), strict=True)
    rows = []
    try:
        for row in reader:
            place = "%s:%d" % (name, reader.line_num)
            if reader.line_num == 1:
                if row != header:
                    report(place, "header is %r, not %r" % (row, header))
                continue
            if len(row) != len(header):
                report(place, "%d fields, not %d" % (len(row), len(header)))
                continue
            rows.append((place, dict(zip(header, row))))
    except csv.Error as error:
        report("%s:%d" % (name, reader.line_num), str(error))
    return rows


seen = {}


def check_text(place, text, lang):
    if text != text.strip() or not text or "\n" in text or "  " in text:
        report(place, "empty, or with stray spaces or line feeds: %r" % text)
    if lang not in LANGS:
        report(place, "unknown lang %r" % lang)
    if lang == "en" and has_han(text):
        report(place, "Chinese characters in an English text: %r" % text)
    key = normalise(text)
    if key in seen:
        report(place, "same text as %s: %r" % (seen[key], text))
    else:
        seen[key] = place


def count(table, key):
    table[key] = table.get(key, 0) + 1


# intents.md
intents = re.findall(r"^\| *\d+ *\| `([a-z_]+)` \| \S", load("intents.md"), re.M)
if len(intents) != INTENTS or len(set(intents)) != INTENTS:
    report("intents.md", "%d intents (%d different), not %d" % (len(intents), len(set(intents)), INTENTS))
known = set(intents)

# answers.toml
answered = set()
titles = {}
for position, answer in enumerate(parse_answers(load("answers.toml")), 1):
    place = "answers.toml: answer %d (%s)" % (position, answer.get("intent"))
    for key in ("intent", "title_zh", "title_en", "text_zh", "text_en", "source"):
        value = answer.get(key)
        if not isinstance(value, str) or not value.strip():
            report(place, "no %s" % key)
    for key in ("title_zh", "text_zh"):
        if not has_han(answer.get(key, "")):
            report(place, "%s is not Chinese" % key)
    for key in ("title_en", "text_en"):
        if has_han(answer.get(key, "")):
            report(place, "%s is not English" % key)
    for key in ("title_zh", "title_en", "source"):
        value = answer.get(key, "")
        if value in titles:
            report(place, "%s %r also stands in %s" % (key, value, titles[value]))
        titles[value] = place
    if answer.get("intent") in answered:
        report(place, "second answer for this intent")
    if answer.get("intent") not in known:
        report(place, "intent is not in intents.md")
    answered.add(answer.get("intent"))
for intent in intents:
    if intent not in answered:
        report("answers.toml", "no answer for %s" % intent)

# train.csv and test.csv
totals = {}
for name, least, most in (("data/train.csv", TRAIN_MIN, None), ("data/test.csv", TEST_EACH, TEST_EACH)):
    counts = {}
    rows = read_csv(name, ["text", "intent", "lang"])
    for place, row in rows:
        check_text(place, row["text"], row["lang"])
        if row["intent"] not in known:
            report(place, "unknown intent %r" % row["intent"])
        count(counts, (row["intent"], row["lang"]))
    for intent in intents:
        for lang in LANGS:
            have = counts.get((intent, lang), 0)
            if have < least or (most is not None and have > most):
                report(name, "%s %s: %d rows, wanted %d%s" % (intent, lang, have, least, "" if most else " or more"))
    totals[name] = len(rows)

# out_of_scope.csv
counts = {}
rows = read_csv("data/out_of_scope.csv", ["text", "lang", "split"])
for place, row in rows:
    check_text(place, row["text"], row["lang"])
    count(counts, (row["lang"], row["split"]))
wanted = {(lang, split): OOS_EACH for lang in LANGS for split in ("valid", "test")}
if counts != wanted:
    report("data/out_of_scope.csv", "rows by language and split: %r, wanted %r" % (counts, wanted))
totals["data/out_of_scope.csv"] = len(rows)

# background.csv
counts = {}
rows = read_csv("data/background.csv", ["text", "lang"])
for place, row in rows:
    check_text(place, row["text"], row["lang"])
    count(counts, row["lang"])
for lang in LANGS:
    if counts.get(lang, 0) < BACKGROUND_MIN:
        report("data/background.csv", "%s: %d rows, wanted %d or more" % (lang, counts.get(lang, 0), BACKGROUND_MIN))
totals["data/background.csv"] = len(rows)

# visitors.jsonl
lines = load("visitors.jsonl").split("\n")
if lines and not lines[-1]:
    lines.pop()
visitors = set()
for number, line in enumerate(lines, 1):
    place = "visitors.jsonl:%d" % number
    try:
        item = json.loads(line)
    except ValueError as error:
        report(place, "not JSON (%s)" % error)
        continue
    if not isinstance(item, dict) or sorted(item) != ["intent", "lang", "text", "visitor"]:
        report(place, "keys must be visitor, text, lang, intent")
        continue
    check_text(place, item["text"], item["lang"])
    if item["intent"] not in known and item["intent"] != "out_of_scope":
        report(place, "unknown intent %r" % item["intent"])
    if not re.match(r"^v\d\d$", item["visitor"]):
        report(place, "odd visitor %r" % item["visitor"])
    visitors.add(item["visitor"])
if len(lines) != VISITOR_LINES:
    report("visitors.jsonl", "%d lines, not %d" % (len(lines), VISITOR_LINES))
if not VISITORS[0] <= len(visitors) <= VISITORS[1]:
    report("visitors.jsonl", "%d visitors, wanted %d to %d" % ((len(visitors),) + VISITORS))
totals["visitors.jsonl"] = len(lines)

# the counts that data/README.md states
readme = load("data/README.md")
for name, total in totals.items():
    stated = re.search(r"`%s` *\| *([\d,]+) *\|" % re.escape(os.path.basename(name)), readme)
    if not stated or int(stated.group(1).replace(",", "")) != total:
        report("data/README.md", "%s should be stated as %d" % (os.path.basename(name), total))

if findings:
    print("\n".join(findings))
    print("%d finding(s)" % len(findings))
    sys.exit(1)
print("ok: %d intents, %s" % (len(intents), ", ".join("%s %d" % item for item in totals.items())))
