#!/usr/bin/env python3
"""Draws bench/results/*.jsonl into docs/performance.md (between its markers) and docs/images/bench-*.svg.

The newest row of each figure counts; rows of a --quick run are left out.  What stands outside the markers is written by
hand and stays.
"""
import html
import math
import re

import record

DOCUMENT = record.ROOT / "docs" / "performance.md"
IMAGES = record.ROOT / "docs" / "images"
CHARTS = (  # file, title, beginnings of the rows
    ("bench-training", "Fine-tuning: how many times faster than others", ("finetune/", "finetune bf16/", "lora/")),
    ("bench-inference", "Answers: how many times faster than others", ("infer/", "bf16/", "int8/", "tenants/")),
    ("bench-other", "Tokenizer, first answer, memory: how many times better than others",
     ("tokenizer/", "start/", "training memory/", "lora memory/")),
)


def number(value):
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def times(value):
    return f"{value:.1f}x" if value >= 10 else f"{value:.2f}x"


def goal_text(row):
    if not row.get("goal"):
        return ""
    good, wanted = row["goal"]
    state = "X" if row["ratio"] >= wanted else "G" if row["ratio"] >= good else "missed"
    return f"{good}x / {wanted}x: {state}"


def machine_text(machine):
    return (f"{machine['cores']} cores of {machine['cpu']} (family {machine['family']}, model {machine['model']}; "
            f"{', '.join(machine['flags'])}), {machine['memory_gb']} GiB")


def peer_lines(rows):
    yield "| figure | against | unit | yupu | other | ratio (lowest to highest round) | goal G / X | answers compared, largest difference |"
    yield "|---|---|---|---|---|---|---|---|"
    for row in rows:
        check = f"{row['check']['what']}: {row['check']['difference']:.1e}"
        if not row["check"]["passed"]:
            yield f"| {row['row']} | {row['against']} | | | | not timed | | {check}: ABOVE {row['check']['limit']:.0e} |"
            continue
        spread = f" ({times(row['ratio_low'])} to {times(row['ratio_high'])})" if "ratio_low" in row else ""
        ratio = times(row["ratio"]) + spread if "ratio" in row else ""
        yield (f"| {row['row']} | {row['against']} | {row['unit']} | {number(row['yupu'])} | {number(row['peer'])} | "
               f"{ratio} | {goal_text(row)} | {check} |")


def quality_lines(rows):
    """How far int8 and bf16 are from fp32, for us and for the peer."""
    shown = {}
    for row in rows:
        if row["row"].startswith(("int8/", "bf16/")) and "quality" in row:
            shown[row["row"].split()[0]] = row["quality"]
    if not shown:
        return
    yield "| int8 and bf16 answers against fp32 | whose | same label of 256 | least cosine | largest logit difference |"
    yield "|---|---|---|---|---|"
    for name, quality in shown.items():
        for whose, figures in quality.items():
            if whose != "PyTorch fp32":
                yield (f"| {name} | {whose} | {figures['same_label']:.4f} | {figures['least_cosine']:.5f} | "
                       f"{figures['largest_logit_difference']:.3f} |")


def peers_section(rows):
    if not rows:
        return ["No run yet: `make bench-peers`."]
    last = max(rows, key=lambda row: row["date"])
    versions = {}
    for row in rows:
        versions.update(row.get("versions", {}))
    lines = [f"`make bench-peers`, {last['date'][:10]}, commit {last['commit']}, threads: {last['threads']}, on "
             f"{machine_text(last['machine'])}. " + ", ".join(f"{k} {v}" for k, v in sorted(versions.items())) + ".",
             "", "A ratio is the median over the rounds of the other's time divided by yupu's, the contestants taking turns "
             "inside one run; for memory it is the other's peak divided by yupu's.", ""]
    lines += list(peer_lines(rows)) + [""]
    quality = list(quality_lines(rows))
    lines += quality + [""] if quality else []
    texts = sorted({row["texts"] for row in rows if row.get("texts", "").startswith("BANKING77")})
    lines += [f"Texts: {text}." for text in texts]
    return lines + ["", *(f"![{title}](images/{name}.svg)" for name, title, _ in CHARTS)]


def own_section(rows):
    if not rows:
        return ["No run yet: `make bench`."]
    last = max(rows, key=lambda row: row["date"])
    lines = [f"`make bench`, {last['date'][:10]}, commit {last['commit']}, on {machine_text(last['machine'])}."]
    benches = {}
    for row in rows:
        benches.setdefault(row["bench"], []).append(row)
    for bench, its_rows in benches.items():
        columns = list(dict.fromkeys(column for row in its_rows for column in row["columns"]))
        lines += ["", f"<details><summary>{bench}, {len(its_rows)} rows</summary>", ""]
        lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        lines += ["| " + " | ".join(str(row["columns"].get(c, "")) for c in columns) + " |" for row in its_rows]
        lines += ["", "</details>"]
    return lines


SERVICE = "service_load.py"
SERVICE_PARTS = (("connections", "Closed loop: each connection asks again as soon as it is answered."),
                 ("overload", "Open loop: arrivals at random times, latency from when a request was to be sent, nothing tried again."),
                 ("idle", "Sockets that say nothing, held open while others ask."),
                 ("memory", "The server's memory over time."))


def service_section(rows):
    if not rows:
        return ["No run yet: `bench/service_load.py`."]
    runs = {(row["command"], row["date"][:10], row["commit"]): row["machine"] for row in sorted(rows, key=lambda row: row["date"])}
    lines = ["Load generator and server on the same cores, every answer metered, charged and durable."]
    lines += [f"- `{command}`, {date}, commit {commit}, on {machine_text(machine)}" for (command, date, commit), machine in runs.items()]
    for part, what in SERVICE_PARTS:
        figures = [row["columns"] for row in rows if row["columns"].get("part") == part]
        if not figures:
            continue
        columns = [c for c in dict.fromkeys(c for row in figures for c in row) if c != "part"]
        lines += ["", what, "", "| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
        lines += ["| " + " | ".join(str(row.get(c, "")) for c in columns) + " |" for row in figures]
    return lines


def bar_chart(title, rows):
    """Horizontal bars of ratios, logarithmic from a half; a tick where the goal is."""
    height, left, width, right = 20, 450, 450, 70
    top = max([row["ratio"] for row in rows] + [2.0])
    low = min([row["ratio"] for row in rows] + [0.5])
    x = lambda ratio: left + width * math.log(ratio / low) / math.log(top / low)
    total = 50 + height * len(rows)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + right}" height="{total}" '
             f'viewBox="0 0 {left + width + right} {total}" font-family="sans-serif" font-size="12">',
             f"<title>{html.escape(title)}</title>", '<rect width="100%" height="100%" fill="white"/>',
             f'<text x="10" y="20" font-size="15" font-weight="bold">{html.escape(title)}</text>']
    for i, row in enumerate(rows):
        y = 36 + height * i
        label = html.escape(f"{row['row']}, {row['against']}"[:74])
        parts.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end" font-size="11">{label}</text>')
        begin, end = sorted((x(1.0), x(row["ratio"])))
        colour = "#2f6f4f" if row["ratio"] >= 1 else "#b2563f"
        parts.append(f'<rect x="{begin:.1f}" y="{y + 3}" width="{max(end - begin, 1):.1f}" height="13" fill="{colour}"/>')
        parts.append(f'<text x="{end + 5:.1f}" y="{y + 14}">{times(row["ratio"])}</text>')
        if row.get("goal") and low <= row["goal"][0] <= top:
            at = x(row["goal"][0])
            parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{y + 1}" y2="{y + 18}" stroke="#c78a1b" stroke-width="2"/>')
    parts.append(f'<line x1="{x(1.0):.1f}" x2="{x(1.0):.1f}" y1="32" y2="{total - 8}" stroke="#444"/>')
    parts.append(f'<text x="{left + width + right - 8}" y="20" text-anchor="end" fill="#c78a1b">| goal G</text></svg>')
    return "\n".join(parts) + "\n"


def put_between(text, name, lines, tool="bench/report.py"):
    """Replaces what stands between the markers `name`; both markers are appended when absent."""
    begin, end = f"<!-- {name}: written by {tool} -->", f"<!-- {name}: end -->"
    block = begin + "\n" + "\n".join(lines) + "\n" + end
    if begin not in text:
        return text.rstrip("\n") + "\n\n" + block + "\n"
    return re.sub(re.escape(begin) + ".*?" + re.escape(end), lambda _: block, text, flags=re.DOTALL)


def main():
    peers = [row for row in record.newest("peers.jsonl", lambda row: not row.get("quick"))]
    own = record.newest("own.jsonl")
    service = [row for row in own if row["bench"] == SERVICE]
    own = [row for row in own if row["bench"] != SERVICE]
    text = DOCUMENT.read_text(encoding="utf-8")
    text = put_between(text, "bench-peers", peers_section(peers))
    text = put_between(text, "service-load", service_section(service))
    text = put_between(text, "bench", own_section(own))
    DOCUMENT.write_text(text, encoding="utf-8")
    IMAGES.mkdir(exist_ok=True)
    for name, title, beginnings in CHARTS:
        rows = [row for row in peers if row["row"].startswith(beginnings) and "ratio" in row]
        if rows:
            (IMAGES / f"{name}.svg").write_text(bar_chart(title, rows), encoding="utf-8")
    print(f"{DOCUMENT}: {len(peers)} figures against others, {len(own)} of our own, "
          f"{len(service)} of the service under load")


if __name__ == "__main__":
    main()
