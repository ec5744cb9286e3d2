#!/usr/bin/env python3
"""data/news.jsonl, as if it were written in the last three hours: make_news.py FILE appends to FILE what the monitor reads.
`minutes_ago` of a row becomes when it was published and received."""
import datetime
import json
import pathlib
import sys


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: make_news.py FILE")
    now = datetime.datetime.now(datetime.timezone.utc)
    rows = (pathlib.Path(__file__).parent / "data" / "news.jsonl").read_text(encoding="utf-8").splitlines()
    with open(sys.argv[1], "a", encoding="utf-8") as out:
        for row in map(json.loads, rows):
            time = (now - datetime.timedelta(minutes=row.pop("minutes_ago"))).strftime("%Y-%m-%dT%H:%M:%SZ")
            out.write(json.dumps(row | {"published": time, "received": time}, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
