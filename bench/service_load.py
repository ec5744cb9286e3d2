#!/usr/bin/env python3
"""The customer service under load: answers/s and latency of /v1/answer by connections, twice the capacity offered, ten
thousand sockets that say nothing, memory over half an hour.  One JSON row a figure; to keep them and draw the table:

  python3 bench/rows.py python3 bench/service_load.py --yupu build/release/yupu --workdir build/demo \\
      --strategy examples/shop/strategy.toml [--only connections overload idle memory] && python3 bench/report.py

The working folder is one of a finished `yupu run`; it is run first when it is not there.  --base, --epochs and
--weights change the strategy (a copy of its folder stands in the working folder then): `--base yupu-base --weights
int8 --workdir build/load-base` measures our base model in int8.  Requests are sent by http_offered_load_bench: closed
loop for what can be answered, open loop (fixed arrival rate, Poisson, latency from when a request was to be sent) for
everything else; each is answered, metered, charged and durable.  Load generator and server share the machine.
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import record
from served import Served, bench_key, call, metric

PARTS = ("connections", "overload", "idle", "memory")
CONNECTIONS = (1, 8, 64, 256)
CROWD = 1024              # connections of an open loop: more than the server lets in at a time
IDLE = 10_000
SAMPLE_S = 5.0
STATED = 0.8              # of the capacity: where the p99 is taken that twice the capacity must keep


def changed(strategy, base, epochs, weights):
    """The strategy's text with another base, other epochs of training, other weights of the release."""
    def put(text, table, key, value):
        text = re.sub(rf"(?m)^(\[{table}\][^\[]*?)^{key}\s*=.*\n", r"\1", text)
        return re.sub(rf"(?m)^\[{table}\]\n", f'[{table}]\n{key} = {value}\n', text)

    if base:
        strategy = re.sub(r"(?m)^(\[train\][^\[]*?)^(config|vocab_size)\s*=.*\n", r"\1", strategy)
        strategy = re.sub(r"(?m)^(\[train\][^\[]*?)^(config|vocab_size)\s*=.*\n", r"\1", strategy)
        strategy = put(strategy, "train", "base", f'"{base}"')
    if epochs:
        strategy = put(strategy, "train", "epochs", epochs)
    if weights:
        strategy = put(strategy, "release", "weights", f'"{weights}"')
    return strategy


def finished(options):
    """The strategy to serve, after its working folder has a live release and accounts."""
    strategy = pathlib.Path(options.strategy).resolve()
    workdir = pathlib.Path(options.workdir)
    if options.base or options.epochs or options.weights:
        copy = workdir / "strategy"
        shutil.copytree(strategy.parent, copy, dirs_exist_ok=True)
        strategy = copy / strategy.name
        text = changed(strategy.read_text(encoding="utf-8"), options.base, options.epochs, options.weights)
        strategy.write_text(text, encoding="utf-8")
    subprocess.run([options.yupu, "run", str(strategy), "--workdir", str(workdir), "--once", "--until", "accounts"],
                   check=True, stdout=sys.stderr)
    return strategy


class Sampler(threading.Thread):
    """The server's memory while something happens."""

    def __init__(self, server, every_s):
        super().__init__(daemon=True)
        self.server, self.every_s, self.stop = server, every_s, threading.Event()
        self.samples = []  # (seconds, MB)

    def run(self):
        began = time.monotonic()
        while not self.stop.wait(self.every_s):
            self.samples.append((time.monotonic() - began, self.server.rss_mb()))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.join()


def slope_mb_per_hour(samples):
    """Of the second half, by least squares: what is filled once has been filled by then."""
    late = samples[len(samples) // 2:]
    if len(late) < 3:
        return None
    mean_t = sum(t for t, _ in late) / len(late)
    mean_m = sum(m for _, m in late) / len(late)
    spread = sum((t - mean_t) ** 2 for t, _ in late)
    return round(3600 * sum((t - mean_t) * (m - mean_m) for t, m in late) / spread, 1)


def unwell(got):
    """Neither answered nor refused."""
    return {name: got[name] for name in ("other", "broken", "unanswered")}


class Load:
    def __init__(self, options, server, bodies, key, model):
        self.options, self.server, self.bodies, self.key, self.model = options, server, bodies, key, model
        self.capacity = 0.0  # answers/s of the closed loop

    def offer(self, connections, seconds, rate=None, idle=0):
        words = [self.options.bench, "--port", str(self.server.port), "--path", "/v1/answer", "--bodies", self.bodies,
                 "--key", self.key, "--connections", str(connections), "--seconds", str(seconds)]
        words += ["--rate", f"{rate:.1f}"] if rate else []
        words += ["--idle", str(idle)] if idle else []
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"the load generator ended with {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def row(self, part, what, figures):
        print(json.dumps({"part": part, "model": self.model, "load": what, "queue": f"{self.options.queue_ms} ms",
                          **figures}), flush=True)

    def connections(self):
        for count in CONNECTIONS:
            before = self.server.metrics()
            got = self.offer(count, self.options.seconds)
            after = self.server.metrics()

            def mean(name):
                grew = [metric(after, f"{name}_{part}") - metric(before, f"{name}_{part}") for part in ("sum", "count")]
                return round(grew[0] / grew[1], 2) if grew[1] else 0.0

            self.capacity = max(self.capacity, got["answered_per_s"])
            self.row("connections", f"{count} connections, closed loop",
                     {"answers_per_s": got["answered_per_s"], "ms_p50": got["ms_p50"], "ms_p99": got["ms_p99"],
                      "refused": got["refused"], **unwell(got),
                      "engine_ms_mean": mean("serving_engine_ms"), "texts_per_batch": mean("serving_batch_texts"),
                      "rss_mb": self.server.rss_mb()})

    def measured_capacity(self):
        if self.capacity == 0.0:
            self.capacity = self.offer(64, self.options.seconds)["answered_per_s"]
        return self.capacity

    def overload(self):
        for share in (STATED, 1.0, 2.0):
            got = self.offer(CROWD, self.options.seconds, rate=share * self.measured_capacity())
            refused, with_header = got["refused"], got["refused_with_retry_after"]
            self.row("overload", f"{share:g} of the capacity, open loop",
                     {"offered_per_s": got["offered_per_s"], "admitted_per_s": got["answered_per_s"],
                      "ms_p50": got["ms_p50"], "ms_p99": got["ms_p99"], "ms_max": got["ms_max"],
                      "share_429": got["refused_share"], "of_them_with_retry_after": f"{with_header} of {refused}",
                      "ms_p99_429": got["refused_ms_p99"],
                      **unwell(got), "rss_mb": self.server.rss_mb()})

    def idle(self):
        rate = 0.3 * self.measured_capacity()
        for count in (0, IDLE):
            before = self.server.rss_mb()
            with Sampler(self.server, 0.5) as sampler:
                got = self.offer(64, min(self.options.seconds, 30), rate=rate, idle=count)
            self.row("idle", f"{count} idle sockets, 0.3 of the capacity, open loop",
                     {"held_at_end": f"{got.get('idle_open_at_end', 0)} of {got.get('idle', 0)}",
                      "answers_per_s": got["answered_per_s"], "ms_p50": got["ms_p50"], "ms_p99": got["ms_p99"],
                      "refused": got["refused"], **unwell(got),
                      "rss_mb_before": before, "rss_mb_max": max((mb for _, mb in sampler.samples), default=before)})

    def memory(self):
        rate = min(self.options.memory_rate, 0.5 * self.measured_capacity())
        seconds = 60 * self.options.minutes
        with Sampler(self.server, min(SAMPLE_S, seconds / 20)) as sampler:
            got = self.offer(64, seconds, rate=rate)
        samples = sampler.samples
        at = {share: samples[min(len(samples) - 1, int(share * len(samples)))][1] for share in (0.1, 0.5, 1.0)}
        self.row("memory", f"{self.options.minutes:g} minutes, open loop",
                 {"answers": got["answered"], "answers_per_s": got["answered_per_s"], "ms_p99": got["ms_p99"],
                  "refused": got["refused"], **unwell(got),
                  "rss_mb_after_a_tenth": at[0.1], "rss_mb_half": at[0.5], "rss_mb_end": at[1.0],
                  "rss_mb_max": max(mb for _, mb in samples), "mb_per_hour_second_half": slope_mb_per_hour(samples)})


def answers(port, key, bodies):
    """What is said, without what is new in every call."""
    said = []
    for body in bodies:
        answer = json.loads(call(port, "/v1/answer", body, key))
        said.append({name: answer[name] for name in ("decision", "text", "intent", "score")})
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--workdir", required=True)
    parser.add_argument("--strategy", required=True)
    parser.add_argument("--bench", default=str(record.ROOT / "build/release/src/http/http_offered_load_bench"))
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="these parts alone")
    parser.add_argument("--seconds", type=float, default=15, help="of each figure")
    parser.add_argument("--minutes", type=float, default=30, help="of the memory part")
    parser.add_argument("--memory-rate", type=float, default=300, help="answers/s of the memory part, at most")
    parser.add_argument("--queue-ms", type=int, default=100, help="the server's --queue-ms")
    parser.add_argument("--base", default="", help="[train] base of the strategy")
    parser.add_argument("--epochs", type=int, default=0, help="[train] epochs")
    parser.add_argument("--weights", default="", choices=("", "fp32", "int8"), help="[release] weights")
    options = parser.parse_args()
    strategy = finished(options)
    key = bench_key(options.yupu, options.workdir)
    visitors = strategy.parent / "visitors.jsonl"
    texts = [json.loads(line)["text"] for line in visitors.read_text(encoding="utf-8").splitlines()]
    model = " ".join(word for word in (options.base or "as the strategy says", options.weights) if word)
    with Served(options.yupu, strategy, options.workdir, "--queue-ms", str(options.queue_ms)) as server, \
            tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as bodies:
        listed = json.loads(call(server.port, "/v1/models"))["data"]
        bot = next((entry["id"] for entry in listed if entry.get("kind") == "bot"), listed[0]["id"])
        asked = [{"bot": bot, "text": text} for text in texts]
        bodies.write("".join(json.dumps(body, ensure_ascii=False) + "\n" for body in asked))
        bodies.flush()
        before = answers(server.port, key, asked[:8])
        load = Load(options, server, bodies.name, key, model)
        for part in PARTS:
            if part in options.only:
                getattr(load, part)()
        same = answers(server.port, key, asked[:8]) == before
    subprocess.run([options.yupu, "ledger", "check", "--workdir", options.workdir], check=True, stdout=sys.stderr)
    if not same:
        print("the answers after the load are not those before it", file=sys.stderr)
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
