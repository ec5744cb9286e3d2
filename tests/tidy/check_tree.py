#!/usr/bin/env python3
"""Checks the source itself: include arrows, stops of the walk, words that mark unfinished work.

check_tree.py ROOT        exit 1 and one line per finding
check_tree.py --self-test proves that planted findings are found
"""
import pathlib
import re
import sys
import tempfile

# Who may know whom (ARCHITECTURE.md). A room may include itself and these.
BELOW = {
    "base": [],
    "engine": ["base"],
    "text": ["base"],
    "store": ["base"],
    "http": ["base"],
    "page": ["base"],
    "handoff": ["base", "store", "http"],
    "model": ["engine", "text", "base"],
    "tasks": ["model", "engine", "text", "handoff", "store", "page", "base"],
    "serving": ["tasks", "model", "engine", "text", "handoff", "store", "http", "page", "base"],
}
STAGES = ["data", "training", "products", "promotion", "commerce", "feedback", "improvement"]
for stage in STAGES:
    BELOW[stage] = ["serving", "tasks", "model", "engine", "text", "handoff", "store", "http", "page", "base"]
BELOW["strategy"] = STAGES + BELOW["data"]
BELOW["console"] = ["handoff", "store", "http", "base"]
BELOW["app"] = ["strategy", "console"] + BELOW["strategy"]
# The web and models rooms are generated tables of files; only the composition root may know them.
OUTSIDE = {"web": ["app"], "models": ["app"]}

# Public heads that may stand only in the rooms or folders that wrap them.
WRAPPED = {
    r"<boost/": ("http", "use http/server.h or http/client.h"),
    r"<sqlite3\.h>": ("store", "use store/store.h"),
    r"<libpq-": ("store/postgres", "use store/store.h"),
    r"<utf8proc\.h>": ("text", "use text/unicode.h"),
    r"<openssl/": ("base", "use base/hash.h or base/ids.h"),
    r"<toml\+\+/": ("strategy", "use strategy/strategy.h"),
    r"<hwy/": ("engine", "write an op"),
    r"<gumbo\.h>": ("text/html", "use text/html/html_tree.h"),
    r"<pugixml\.hpp>": ("products/service/knowledge/readers products/service/connectors data/acquire/feeds", "use one of their readers"),
    r"<(zip\.h|cmark-gfm)": ("products", "use products/service/knowledge/readers/readers.h"),
    r"<curl/": ("data/acquire/fetch http products/monitor/alarms/mail", "use data/acquire/fetch/fetcher.h or http/webhook.h"),
    r"<librdkafka/": ("data/acquire/kafka/rdkafka", "use data/acquire/kafka/message_topic.h"),
    r"<poppler-": ("products/service/knowledge/readers", "use products/service/knowledge/readers/pdf.h"),
    r"<iconv\.h>": ("data/acquire/fetch", "use data/acquire/fetch/charset.h"),
    r"<hnswlib/": ("products", "use products/service/knowledge/vector_index.h"),
    r"<xgboost/": ("products/recommend/methods/ranker/boosting", "use boosting/lambda_mart.h"),
    r"<mpi\.h>": ("engine", "use engine/collective/collective.h"),
}
WORDS = {
    r"\b(TODO|FIXME|XXX|HACK)\b": "finish it, or write down why not",
    r"\busing namespace std\b": "name what you use",
    r"\bstd::(rand|time|random_device)\b\s*[({]": "pass a base/rng.h Rng or a base/clock.h Clock",
    r"\bstd::(cout|cerr)\b": "print in src/app, log through base/log.h",
}
INCLUDE = re.compile(r'^\s*#\s*include\s*("([^"]+)"|<[^>]+>)', re.M)


def check_source(root, path, findings):
    room = path.relative_to(root / "src").parts[0]
    text = path.read_text(encoding="utf-8")
    is_test = path.name.endswith(("_test.cc", "_bench.cc")) or "testing" in path.parts or path.name == "testing.h"
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        where = f"{path.relative_to(root)}:{line}"
        if match.group(2) is None:
            for pattern, (owner, instead) in WRAPPED.items():
                inside = any(path.is_relative_to(root / "src" / place) for place in owner.split())
                if re.match(pattern, match.group(1)) and not inside:
                    findings.append(f"{where}: {match.group(1)} belongs to src/{owner}: {instead}")
            continue
        target = match.group(2).split("/")[0]
        if target == "hwy" and room == "engine":  # Highway's own idiom: foreach_target.h re-includes with quotes
            continue
        if target in OUTSIDE:
            if room not in OUTSIDE[target]:
                findings.append(f"{where}: {room} must not include {target}")
        elif target in BELOW:
            if target != room and target not in BELOW[room] and not is_test:
                findings.append(f"{where}: {room} must not include {target} (up or sideways)")
        elif not (root / "src" / match.group(2)).exists() and not (path.parent / match.group(2)).exists():
            findings.append(f"{where}: include \"{match.group(2)}\" is not relative to src/")
    if path.suffix == ".h" and "-inl" not in path.name and "#pragma once" not in text:
        findings.append(f"{path.relative_to(root)}:1: a header starts with #pragma once")
    for pattern, instead in WORDS.items():
        for match in re.finditer(pattern, text):
            if "std::c" in match.group(0) and (room == "app" or path.name.endswith("_bench.cc")):
                continue
            line = text.count("\n", 0, match.start()) + 1
            findings.append(f"{path.relative_to(root)}:{line}: '{match.group(0)}': {instead}")


def check_walk(root, findings):
    walk = root / "docs" / "walk.md"
    if not walk.exists():
        findings.append("docs/walk.md: missing")
        return
    for stop in re.findall(r"`((?:src|docs|tests|examples)/[^`\s]+|[A-Z]+\.md)`", walk.read_text(encoding="utf-8")):
        if not (root / stop).exists():
            findings.append(f"docs/walk.md: the stop {stop} is gone")


def check_rooms(root, findings):
    for folder in sorted((root / "src").iterdir()):
        if folder.is_dir() and folder.name not in BELOW:
            findings.append(f"src/{folder.name}: no room of that name in tests/tidy/check_tree.py and ARCHITECTURE.md")


def check(root):
    findings = []
    check_rooms(root, findings)
    for path in sorted((root / "src").rglob("*")):
        if path.suffix in (".cc", ".h") and path.is_file():
            check_source(root, path, findings)
    check_walk(root, findings)
    return findings


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in {
            "src/base/up.cc": '#include "engine/tensor.h"\n',
            "src/data/sideways.cc": '#include "training/training.h"\n',
            "src/serving/wrapped.cc": "#include <sqlite3.h>\n",
            "src/products/recommend/boosted.cc": "#include <xgboost/c_api.h>\n",
            "src/products/recommend/methods/ranker/boosting/fine.cc": "#include <xgboost/c_api.h>\n",
            "src/model/bare.h": "int x;\n",
            "src/text/word.cc": "// TO" + "DO later\n",
            "src/garage/x.cc": "int y;\n",
            "src/data/crawl.cc": "#include <curl/curl.h>\n",
            "src/data/fine.cc": '#include "handoff/types.h"\n',
            "src/data/acquire/fetch/fine.cc": "#include <curl/curl.h>\n",
            "docs/walk.md": "`src/gone.cc`\n",
        }.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        # An unknown room stops at check_rooms; its files have no row to be checked by.
        BELOW["garage"] = []
        findings = check(root)
        del BELOW["garage"]
        check_rooms(root, findings)
        wanted = ["base must not include engine", "data must not include training", "<sqlite3.h> belongs to src/store",
                  "data/crawl.cc:1: <curl/curl.h> belongs to src/data/acquire/fetch", "boosted.cc:1: <xgboost/c_api.h> belongs to",
                  "pragma once", "'TODO'", "src/garage: no room", "src/gone.cc is gone"]
        missed = [w for w in wanted if not any(w in f for f in findings)]
        false = [f for f in findings if "fine.cc" in f]
        if missed or false:
            print("self-test failed: missed", missed, "false", false, "of", findings)
            return 1
        print(f"self-test: {len(wanted)} planted findings found, none invented")
        return 0


if __name__ == "__main__":
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(self_test())
    results = check(pathlib.Path(sys.argv[1]).resolve())
    print("\n".join(results) if results else "tidy: the tree obeys its arrows")
    sys.exit(1 if results else 0)
