"""docs/monitor-figures.md from the rows that were kept."""

import report

NAMES = ("part", "what", "where", "by")  # what names a row
TITLES = {
    "stories": (
        "De-duplication",
        "Pairs of reports of one event; goal: F1 0.90, precision 0.97. Labelled set: `bench/monitor/stories.jsonl`.",
    ),
    "surges": (
        "Planted surges",
        "Found within the 60 minutes; delay (median, p95) in minutes from the surge's first moment to the end of the "
        "bucket that raised the alarm; hours by "
        "the negatives usual in them. Goal, 20 or more an hour: x5 97 %, median 15, p95 40; 0.1 false alarms "
        "a topic-week.",
    ),
    "phrasebank": (
        "Financial sentiment",
        "Labelled sets, 80/20 splits by seed. Published for Financial PhraseBank at 50 % agreement: FinBERT accuracy "
        "0.83, macro F1 0.82 "
        "(its own split of 970 rows).",
    ),
    "throughput": (
        "Documents a second",
        "From the feeds of a local press to counts; press and monitor share the cores.",
    ),
    "feeds": ("Many feeds", "Polled in their turn; feeds that say nothing new answer 304."),
    "delay": (
        "From publication to the notice",
        "A document's publication in a feed to the signed notice at a receiver: the feed's poll, the bucket of five "
        "minutes, "
        "detection, delivery.",
    ),
    "kills": ("kill -9", "Counts of every bucket are what an oracle says."),
    "board": (
        "The page of a month",
        "50 topics, 30 days of five minutes: the list and a topic's chart, from the question to the answer read. Goal: a page in 1 s.",
    ),
}


def shown(value):
    if isinstance(value, float):
        return (
            f"{value:.0f}"
            if value == int(value) and abs(value) >= 10
            else f"{value:.3g}" if abs(value) < 10 else f"{value:.1f}"
        )
    return str(value)


def found_share(columns):
    """`x5 plants`, `x5 found`, ... of a surge's row become one cell: share of plants, (median, p95)."""
    cells = {}
    for name, value in columns.items():
        factor, _, figure = name.partition(" ")
        if figure == "plants" and factor.startswith("x"):
            share = 100 * columns[f"{factor} found"] / max(1, value)
            cells[factor] = (
                f"{share:.1f} % of {value} ({columns[f'{factor} median min']:.0f}, {columns[f'{factor} p95 min']:.0f})"
            )
        elif not (factor.startswith("x") and factor[1:].isdigit()):
            cells[name] = value
    return cells


def of_part(part, rows):
    title, says = TITLES[part]
    yield from (f"## {title}", says, "")
    groups = {}
    for row in rows:
        columns = row["columns"]
        groups.setdefault(columns["what"], []).append(columns)
    for what, group in groups.items():
        lines = [
            {
                "": f"{columns['where']}, {columns['by']}",
                **found_share({k: v for k, v in columns.items() if k not in NAMES}),
            }
            for columns in group
        ]
        head = list(dict.fromkeys(name for line in lines for name in line))
        yield f"**{what}**"
        yield ""
        yield "| " + " | ".join(head) + " |"
        yield "|" + "---|" * len(head)
        for line in lines:
            yield "| " + " | ".join(shown(line.get(name, "")) for name in head) + " |"
        yield ""
    commands = dict.fromkeys(row["command"] for row in rows)
    conditions = dict.fromkeys(
        f"{row['date'][:10]}, commit {row['commit']}, {report.machine_text(row['machine'])}" for row in rows
    )
    yield from ("```", *commands, "```", *conditions, "")


def document_lines(rows):
    lines = []
    for part in TITLES:
        rows_of = [row for row in rows if row.get("columns", {}).get("part") == part]
        if rows_of:
            lines += of_part(part, rows_of)
    return lines[:-1] if lines else ["No run yet."]
