"""The running monitor: documents a second from the feeds of a local press to counts, memory over them, many
feeds at their pace, and the delay from publication to a notice. Server, feeds and monitor share the same cores."""

import http.server
import json
import random
import shutil
import sqlite3
import threading
import time

from monitor import base, phrasebank, press, sets

TOPICS = [
    f"{first} {second}"
    for first in ("Calder", "Harrow", "Tessel", "Northgate", "Pellworth")
    for second in ("Steel", "Foods", "Bank", "Air")
]
MEMORY_POINTS = 20
STANDSTILL_SECONDS = 120


def strategy(sources, more=""):
    topics = "".join(f'[[monitor.topic]]\nname = "{name}"\n' for name in TOPICS)
    return (
        f'[strategy]\nname = "bench"\n[monitor]\nuser_agent = "bench/1 (+https://example.org/bot)"\n'
        'allow_private_addresses = true\n'
        f"fetch_threads = 32\n{more}{topics}{sources}"
    )


def writer(data):
    return press.Writer([text for text, _ in sets.read("phrasebank-en", data)], TOPICS)


def classifier(options, program):
    """A model directory: trained here on the whole of the English set, int8."""
    rows = sets.read("phrasebank-en", options.data)
    valid, train = base.split(rows, [0.1], 1)
    files = [sets.write(program.workdir / f"{name}.csv", part) for name, part in (("train", train), ("valid", valid))]
    return program.quantized(program.train("sentiment", *files, phrasebank.settings(options)["yupu-base"]))


def outcomes_of(store):
    """What became of the documents, over all sources; empty while there is no store."""
    try:
        with sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=30) as connection:
            return dict(connection.execute("SELECT outcome, SUM(count) FROM monitor_outcome GROUP BY outcome"))
    except sqlite3.OperationalError:
        return {}


def kept(outcomes):
    return outcomes.get("new", 0) + outcomes.get("reprint", 0)


def stop(process):
    process.terminate()
    if process.wait(timeout=120) != 0:
        raise SystemExit("the monitor did not end as it should")


def fresh(options, name):
    """A working folder without a store."""
    shutil.rmtree(options.workdir / name / "store", ignore_errors=True)
    return base.Program(options.yupu, options.workdir / name, options.threads)


def throughput(options):
    """Every feed is new: 500 documents each, fetched, taken apart, classified, compared, counted."""
    program = fresh(options, "throughput")
    of_paper = 500
    written, now = writer(options.data), time.time()

    def feed(number):
        entries = (
            (f"{number}-{i}", *written.document(number, i), now - random.Random(number + i).randrange(3600))
            for i in range(of_paper)
        )
        return f'"{number}"', lambda: press.rss(entries)

    for model in ("given", "classified"):
        papers = -(-(options.classified if model == "classified" else options.documents) // of_paper)
        if model == "classified":
            more = f'[monitor.sentiment]\ndirectory = "{classifier(options, program)}"\n'
        else:
            more = ""
        server = press.Press(feed)
        given = "" if more else 'sentiment = "neutral"\n'
        program = fresh(options, "throughput")
        (program.workdir / "s.toml").write_text(
            strategy(server.sources(papers, given, every=600), more), encoding="utf-8"
        )
        process = program.start(
            "monitor", "run", "s.toml", "--workdir", "store", "--threads", options.threads, log="throughput.log"
        )
        began = moved = time.monotonic()
        memory, done, seen = [], {}, 0
        wanted = papers * of_paper
        while process.poll() is None:
            time.sleep(0.5)
            done = outcomes_of(program.workdir / "store" / "yupu.db")
            if kept(done) > seen:
                seen, moved = kept(done), time.monotonic()
            while len(memory) < MEMORY_POINTS and seen >= wanted * (len(memory) + 1) / MEMORY_POINTS:
                memory.append(base.resident_mb(process.pid))
            if seen >= wanted:
                break
            if time.monotonic() - moved > STANDSTILL_SECONDS:
                process.kill()
                raise SystemExit(f"{seen} of {wanted} documents, and no more: {done}")
        seconds = time.monotonic() - began
        if process.poll() is not None:
            raise SystemExit(f"the monitor ended: {(program.workdir / 'throughput.log').read_text()[-1000:]}")
        cpu = base.cpu_seconds(process.pid)
        stop(process)
        server.shutdown()
        base.tell(
            "throughput",
            f"{wanted} documents",
            "sentiment " + model,
            f"{options.threads} threads",
            **{
                "documents a second": round(wanted / seconds, 1),
                "seconds": round(seconds, 1),
                "processor seconds of the monitor": round(cpu, 1),
                "reprints": done.get("reprint", 0),
                "MB after a twentieth": round(memory[0], 1),
                "MB after half": round(memory[len(memory) // 2], 1),
                "MB at the end": round(memory[-1], 1),
            },
        )


def feeds(options):
    """Feeds that bring one document every third poll and are unchanged otherwise."""
    program = fresh(options, "feeds")
    written, began = writer(options.data), time.time()
    interval = 60.0 * options.poll_minutes

    def feed(number):
        newest = int((time.time() - began + number * interval * 3 / options.feeds) / (3 * interval))
        entries = [
            (f"{number}-{i}", *written.document(number, i), began) for i in range(max(0, newest - 20), newest + 1)
        ]
        return f'"{number}-{newest}"', press.rss(entries)

    server = press.Press(feed)
    (program.workdir / "s.toml").write_text(
        strategy(server.sources(options.feeds, 'sentiment = "neutral"\n', options.poll_minutes)), encoding="utf-8"
    )
    process = program.start("monitor", "run", "s.toml", "--workdir", "store", log="feeds.log")
    time.sleep(60 * options.minutes)
    cpu, memory = base.cpu_seconds(process.pid), base.resident_mb(process.pid)
    stop(process)
    server.shutdown()
    gaps = [after - before for times in server.asked.values() for before, after in zip(times, times[1:])]
    requests = sum(map(len, server.asked.values()))
    done = outcomes_of(program.workdir / "store" / "yupu.db")
    base.tell(
        "feeds",
        f"{options.feeds} feeds",
        f"every {options.poll_minutes} min",
        f"{options.minutes:g} min",
        **{
            "feeds asked": len(server.asked),
            "requests": requests,
            "304": server.unchanged,
            "documents": kept(done),
            "failures": sum(count for name, count in done.items() if name.startswith("failed")),
            "gap median s": round(base.quantile(gaps, 0.5), 1),
            "gap p99 s": round(base.quantile(gaps, 0.99), 1),
            "gap most s": round(max(gaps, default=0), 1),
            "cores used": round(cpu / (60 * options.minutes), 3),
            "MB": round(memory, 1),
        },
    )


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):  # noqa: N802 (the name is the base class's)
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        with self.server.lock:
            for alarm in body["alarms"]:
                self.server.heard.setdefault(alarm["topic"], time.time())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words):
        pass


def history(path, topics, days, rng, sentences):
    """Nine quiet days: two documents a bucket and topic, one in five negative, of twenty publishers."""
    now = time.time()
    with open(path, "w", encoding="utf-8") as out:
        for bucket in range(int(days * 288)):
            received = now - days * 86400 + bucket * 300
            for topic in topics:
                for _ in range(2):
                    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(received))
                    out.write(
                        json.dumps(
                            {
                                "guid": f"h{rng.getrandbits(60)}",
                                "title": f"{topic} {rng.choice(sentences)}",
                                "text": " ".join(rng.choices(sentences, k=3)),
                                "publisher": f"paper {rng.randrange(20)}",
                                "received": at,
                                "sentiment": "negative" if rng.random() < 0.2 else "neutral",
                            }
                        )
                        + "\n"
                    )


def delay(options):
    """A crisis in a feed, a negative document every ten seconds by six papers from a random moment on, until the notice
    is at the receiver.
    Every topic has nine quiet days behind it: what fires is the surge test."""
    program = fresh(options, "delay")
    topics, rng, sentences = (
        TOPICS[: options.topics],
        random.Random(1),
        [text for text, _ in sets.read("phrasebank-en", options.data)],
    )
    history(program.workdir / "history.jsonl", topics, 9, rng, sentences)
    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    receiver.heard, receiver.lock = {}, threading.Lock()
    threading.Thread(target=receiver.serve_forever, daemon=True).start()
    starts = {}

    def feed(number):
        now = time.time()
        entries = [(f"paper-{number}", f"Paper {number} opens", "It says nothing of anybody.", now - 60)]
        for topic, start in starts.items():
            for i in range(max(0, int((now - start) / 10))):
                if i % 6 == number:
                    own = random.Random(f"{topic}{i}")
                    entries.append(
                        (
                            f"{topic}-{i}",
                            f"{topic} {own.choice(sentences)}",
                            " ".join(own.choices(sentences, k=3)),
                            start + 10 * i,
                        )
                    )
        return f'"{number}-{len(entries)}"', press.rss(entries)

    server = press.Press(feed)
    route = (
        f'[[monitor.route]]\nname = "desk"\nurl = "http://127.0.0.1:{receiver.server_port}/"\n'
        'secret_file = "secret"\nwait_seconds = 0\n'
        "interval_seconds = 1\nallow_private_addresses = true\n"
    )
    (program.workdir / "secret").write_text("bench\n", encoding="utf-8")
    (program.workdir / "s.toml").write_text(
        strategy(server.sources(6, 'sentiment = "negative"\n', 1) + route), encoding="utf-8"
    )
    program.run("monitor", "push", "s.toml", "history.jsonl", "--workdir", "store")
    process = program.start("monitor", "run", "s.toml", "--workdir", "store", log="delay.log")
    time.sleep(20)
    for topic in topics:
        starts[topic] = time.time() + rng.uniform(0, 300)
    until = time.monotonic() + 60 * options.patience
    while time.monotonic() < until and len(receiver.heard) < len(topics):
        time.sleep(0.2)
    stop(process)
    server.shutdown()
    receiver.shutdown()
    delays = [(receiver.heard[topic] - starts[topic]) / 60 for topic in topics if topic in receiver.heard]
    # From the end of the bucket that raised the alarm to the notice: what computing and telling take.
    after = [receiver.heard[topic] % 300 for topic in topics if topic in receiver.heard]
    base.tell(
        "delay",
        f"{len(topics)} surges",
        "publication to webhook",
        "feeds every minute",
        **{
            "told": len(delays),
            "median min": round(base.quantile(delays, 0.5), 2),
            "p95 min": round(base.quantile(delays, 0.95), 2),
            "most min": round(max(delays, default=0), 2),
            "after the bucket's end, median s": round(base.quantile(after, 0.5), 2),
            "after the bucket's end, most s": round(max(after, default=0), 2),
        },
    )
