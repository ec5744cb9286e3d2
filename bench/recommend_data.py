#!/usr/bin/env python3
"""The files docs/recommend.md measures on, of the data folder.     recommend_data.py SHARED_DATA OUT

items.jsonl    the movies: title (the year in it), tags = genres, created = release date
events.jsonl   the ratings: 4 and 5 are a click, 1 to 3 a view; time as rated
"""
import datetime
import json
import pathlib
import sys


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = pathlib.Path(sys.argv[1]) / "movielens-100k", pathlib.Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    genres = [line.split("|")[0] for line in (data / "u.genre").read_text().splitlines() if line]
    items = []
    for line in (data / "u.item").read_text(encoding="latin-1").splitlines():
        cells = line.split("|")
        item = {"id": cells[0], "title": cells[1], "tags": [name for name, flag in zip(genres, cells[5:]) if flag == "1" and name != "unknown"]}
        if cells[2]:
            released = datetime.datetime.strptime(cells[2], "%d-%b-%Y").replace(tzinfo=datetime.timezone.utc)
            if released.year >= 1970:
                item["created"] = int(released.timestamp())
        items.append(item)
    events = []
    for line in (data / "u.data").read_text().splitlines():
        user, item, rating, time = line.split("\t")
        events.append({"user": user, "item": item, "kind": "click" if int(rating) >= 4 else "view", "time": int(time)})
    for name, rows in {"items": items, "events": events}.items():
        (out / f"{name}.jsonl").write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        print(f"{name}: {len(rows)}")


if __name__ == "__main__":
    main()
