"""The page of a month: fifty topics, thirty days of five minutes, asked for over HTTP as the page asks for them."""

import json
import random
import re
import shutil
import sqlite3
import subprocess
import time
import urllib.parse
import urllib.request

from monitor import base

TOPICS = [f"Topic {number:02}" for number in range(50)]
DAYS, BUCKET, DAY = 30, 300, 86400
PAPERS = 40
HOURS = 24 * DAYS
ROUNDS = 5
NS = 10**9
BY_DAY = f"bucket_ns / {DAY * NS} * {DAY * NS}"


def fill(store, now, rng):
    """What a month of documents leaves in the store; their texts are not asked for here. Gives how many."""
    begin = int(now) // BUCKET * BUCKET - DAYS * DAY
    documents = 0
    with sqlite3.connect(store) as database:
        for bucket in range(begin, int(now), BUCKET):
            counts, publishers, mentions = [], [], []
            for topic in TOPICS:
                papers = rng.sample(range(PAPERS), rng.randrange(6))
                said = ["negative" if rng.random() < 0.2 else "neutral" for _ in papers]
                if papers:
                    counts.append((topic, bucket * NS, len(papers), said.count("negative")))
                for paper, sentiment in zip(papers, said):
                    documents += 1
                    publishers.append((topic, bucket * NS, f"paper {paper}"))
                    mentions.append((topic, documents, documents, f"paper {paper}", sentiment, *[bucket * NS] * 2))
            database.executemany("INSERT INTO monitor_count VALUES ('bench', ?, ?, ?, ?, 0)", counts)
            database.executemany("INSERT INTO monitor_count_publisher VALUES ('bench', ?, ?, ?)", publishers)
            database.executemany(
                "INSERT INTO monitor_mention (monitor, topic, document_id, story, publisher, sentiment, published_ns, "
                "received_ns, counted) VALUES ('bench', ?, ?, ?, ?, ?, ?, ?, 1)",
                mentions,
            )
        database.execute(
            f"INSERT INTO monitor_day SELECT monitor, topic, {BY_DAY}, SUM(total), SUM(negative), SUM(positive) FROM "
            f"monitor_count GROUP BY monitor, topic, {BY_DAY}"
        )
        database.execute(
            f"INSERT INTO monitor_day_publisher SELECT DISTINCT monitor, topic, {BY_DAY}, publisher FROM "
            "monitor_count_publisher"
        )
        database.execute("INSERT INTO monitor_clock VALUES ('bench', ?)", (int(now) * NS,))
    return documents


class Page:
    def __init__(self, address, token):
        self.address, self.token = address, token

    def get(self, path, **query):
        """The answer, and how many milliseconds it took."""
        request = urllib.request.Request(
            f"{self.address}{path}?{urllib.parse.urlencode(query)}", headers={"authorization": f"Bearer {self.token}"}
        )
        began = time.monotonic()
        with urllib.request.urlopen(request, timeout=120) as answer:
            body = answer.read()
        return json.loads(body), 1000 * (time.monotonic() - began)


def ask(page):
    """Times by question. A page is the overview and the series of the topic that is shown."""
    times = {"overview": [], "series": [], "page": []}
    _, first = page.get("/v1/monitor/series", topic=TOPICS[0], hours=HOURS)
    for turn in range(ROUNDS * len(TOPICS)):
        topic = TOPICS[turn % len(TOPICS)]
        series, of_series = page.get("/v1/monitor/series", topic=topic, hours=HOURS)
        times["series"].append(of_series)
        if turn % len(TOPICS) < 4:
            overview, of_overview = page.get("/v1/monitor", hours=HOURS)
            times["overview"].append(of_overview)
            times["page"].append(of_overview + of_series)
            # Both say the same, so neither is fast by saying little; the chart begins with a whole point.
            total = sum(point["total"] for point in series["points"])
            shown = next(row["total"] for row in overview["topics"] if row["topic"] == topic)
            if not 0 <= total - shown < 400:
                raise SystemExit(f"{topic}: {shown} documents in the list, {total} in the chart")
    return first, times


def run(options):
    shutil.rmtree(options.workdir / "board", ignore_errors=True)
    program = base.Program(options.yupu, options.workdir / "board", options.threads)
    topics = "".join(f'[[monitor.topic]]\nname = "{name}"\n' for name in TOPICS)
    (program.workdir / "s.toml").write_text(f'[strategy]\nname = "bench"\n[monitor]\n{topics}', encoding="utf-8")
    plan = ["--monthly-tokens", 1000000, "--price", "classify_tokens=0.01"]
    program.run("plans", "set", "desk", *plan, "--workdir", "w", threads=False)
    program.run("plans", "tenant", "bank", "--plan", "desk", "--workdir", "w", threads=False)
    token = program.json("agents", "add", "Li", "--workdir", "w", threads=False)["token"]
    documents = fill(program.workdir / "w" / "yupu.db", time.time(), random.Random(1))
    if not options.trial:
        program.run("monitor", "run", "s.toml", "--once", "--workdir", "w")
    words = [program.yupu, "serve", "--monitor", "s.toml", "--listen", "127.0.0.1:0", "--workdir", "w"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    with subprocess.Popen(words, cwd=program.workdir, **pipes) as server:
        try:
            address = next(found.group() for line in server.stdout if (found := re.search(r"http://[0-9.]+:\d+", line)))
            first, times = ask(Page(address, token))
        finally:
            server.terminate()
    figures = {"documents": documents, "first series ms": round(first, 1)}
    for name, values in times.items():
        figures[f"{name} median ms"] = round(base.quantile(values, 0.5), 1)
        figures[f"{name} most ms"] = round(max(values), 1)
    band = "no band" if options.trial else "with the band"
    base.tell("board", f"{len(TOPICS)} topics, {DAYS} days", "over HTTP", band, **figures)
