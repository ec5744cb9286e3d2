"""De-duplication on a labelled set of our own (stories.jsonl): 41 events of invented companies in English and Chinese,
each as its first report and as variants; and events whose reports have one form (another quarter, another company,
another day), which are no duplicates.

  reprint     the same words under another publisher         retitled   the same text under another title
  cut         the first sentences                            edited     a few words changed or a sentence added
  rewritten   written anew about the same event: beyond shingles, told apart from the goal's set
"""

import itertools
import json
import pathlib
import random
import re
import shutil
import sqlite3

from monitor import base

FILE = pathlib.Path(__file__).resolve().parent / "stories.jsonl"
SENTENCE = re.compile(r"(?<=[。！？])|(?<=[.!?])\s+(?=[A-Z])")


def variant_of(event, variant):
    title, text, kind = variant.get("title", event["title"]), event["text"], variant["kind"]
    if kind == "rewritten":
        return variant["title"], variant["text"]
    if kind == "reprint":
        text = variant.get("before", "") + text + ("\n" + variant["after"] if "after" in variant else "")
    elif kind == "cut":
        sentences = [part.strip() for part in SENTENCE.split(text) if part.strip()]
        assert len(sentences) > variant["sentences"], f"{event['story']}: cut to all of it"
        text = ("" if event["story"].startswith("zh") else " ").join(sentences[: variant["sentences"]])
    elif kind == "edited":
        for old, new in variant["replace"]:
            assert old in text, f"{event['story']}: no '{old}'"
            text = text.replace(old, new)
        text += (" " + variant["after"]) if variant.get("after") else ""
    return title, text


def documents():
    """(id, story, kind, title, text) of every report."""
    found = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        event = json.loads(line)
        found.append((f"{event['story']}-0", event["story"], "first", event["title"], event["text"]))
        for number, variant in enumerate(event["variants"], 1):
            title, text = variant_of(event, variant)
            found.append((f"{event['story']}-{number}", event["story"], variant["kind"], title, text))
    return found


def companies():
    return sorted({json.loads(line)["company"] for line in FILE.read_text(encoding="utf-8").splitlines()})


def found_stories(program, reports, seed, more=""):
    """{id: story} as the monitor has it after the reports were pushed in a seeded order."""
    reports = list(reports)
    random.Random(seed).shuffle(reports)
    shutil.rmtree(program.workdir / "store", ignore_errors=True)
    topics = "".join(f'[[monitor.topic]]\nname = "{name}"\n' for name in companies())
    (program.workdir / "s.toml").write_text(
        f'[strategy]\nname = "stories"\n[monitor]\n{topics}{more}', encoding="utf-8"
    )
    rows = [
        {"url": f"https://paper{number}.example/{key}", "title": title, "text": text, "sentiment": "neutral"}
        for number, (key, _, _, title, text) in enumerate(reports)
    ]
    (program.workdir / "rows.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    outcomes = program.json("monitor", "push", "s.toml", "rows.jsonl", "--workdir", "store")["files"][0]["outcomes"]
    assert outcomes.get("new", 0) + outcomes.get("reprint", 0) == len(rows), outcomes
    with sqlite3.connect(program.workdir / "store" / "yupu.db") as store:
        return {url.rsplit("/", 1)[1]: story for url, story in store.execute("SELECT url, story FROM monitor_document")}


def judged(reports, found):
    """Pairs: right, joined, to be joined; with the pairs that are wrong."""
    right = joined = wanted = 0
    wrong = []
    for (a, story_a, *_), (b, story_b, *_) in itertools.combinations(reports, 2):
        same, together = story_a == story_b, found[a] == found[b]
        right, joined, wanted = right + (same and together), joined + together, wanted + same
        if same != together:
            wrong.append((("missed " if same else "joined ") + a, b))
    return right, joined, wanted, wrong


def run(options):
    program = base.Program(options.yupu, options.workdir / "stories", options.threads)
    every = documents()
    ways = {"words": ""}
    if options.checkpoint:
        ways["words, then all-MiniLM-L6-v2"] = f'[monitor.stories]\nembedder = "{options.checkpoint}"\n'
    for where, kinds in (("reprints, cuts, titles, edits", None), ("with what was rewritten", "rewritten")):
        for way, more in ways.items():
            for language in ("", "en", "zh"):
                reports = [one for one in every if (kinds or one[2] != "rewritten") and one[1].startswith(language)]
                sums, wrong = [0, 0, 0], []
                for seed in range(1, options.seeds + 1):
                    *pairs, wrong = judged(reports, found_stories(program, reports, seed, more))
                    sums = [total + one for total, one in zip(sums, pairs)]
                right, joined, wanted = sums
                precision, recall = right / max(1, joined), right / max(1, wanted)
                base.tell(
                    "stories",
                    where,
                    {"": "both", "en": "English", "zh": "Chinese"}[language],
                    way,
                    reports=len(reports),
                    orders=options.seeds,
                    precision=round(precision, 4),
                    recall=round(recall, 4),
                    F1=round(2 * precision * recall / max(1e-9, precision + recall), 4),
                    pairs=wanted // options.seeds,
                )
                for pair in wrong[: options.show]:
                    base.note(" ".join(pair))
