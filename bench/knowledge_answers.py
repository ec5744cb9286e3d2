#!/usr/bin/env python3
"""How often `yupu knowledge answer` answers, with the documents that answer and without them.
knowledge_answers.py YUPU FOLDER [--every N] [OPTION...]

FOLDER is what bench/knowledge_data.py writes.  Each question of test.csv (every N-th) is asked of all documents, where the first
quote should be of the right one, and of those that test.csv does not ask for, where every answer is wrong.  OPTIONs go to yupu.
"""
import argparse
import csv
import json
import pathlib
import subprocess
import tempfile


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("yupu")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--every", type=int, default=1)
    arguments, options = parser.parse_known_args()
    yupu = str(pathlib.Path(arguments.yupu).resolve())
    with (arguments.folder / "test.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    asked = {row["source"] for row in rows}
    files = sorted(f"faq/{path.name}" for path in (arguments.folder / "faq").iterdir())

    with tempfile.TemporaryDirectory() as name:
        def knowledge(verb, *words):
            done = subprocess.run([yupu, "knowledge", verb, *words, "--json"], cwd=arguments.folder, capture_output=True, check=True, text=True)
            return json.loads(done.stdout)

        knowledge("add", *files, "--workdir", f"{name}/all")
        knowledge("add", *[file for file in files if file not in asked], "--workdir", f"{name}/without")
        count = answered = right = wrong = 0
        for row in rows[::arguments.every]:
            quotes = knowledge("answer", row["query"], "--workdir", f"{name}/all", *options)["quotes"]
            count += 1
            answered += bool(quotes)
            right += bool(quotes) and quotes[0]["source"] == row["source"]
            wrong += bool(knowledge("answer", row["query"], "--workdir", f"{name}/without", *options)["quotes"])
    print(f"{count} questions: {answered} answered, {right} from the right document first; {wrong} answered without the documents")


if __name__ == "__main__":
    main()
