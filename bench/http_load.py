#!/usr/bin/env python3
"""Requests/s and latency of /v1/classify with the example's model, at 1, 8 and 64 connections, by wrk; and where the time goes.

  http_load.py --yupu build/release/yupu --workdir build/demo --strategy examples/shop/strategy.toml [--seconds 10]

The workdir must hold a finished run of the strategy. Every answer is checked before the clock is read: a sample of texts is
classified one at a time and again under load, and must give the same label. Prints one JSON row per figure and appends them
to bench/results/http_load.jsonl with machine and commit.
"""
import argparse
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import tempfile

from served import Served, bench_key, call, metric

ROOT = pathlib.Path(__file__).resolve().parents[1]

WRK = """
local texts = {{ {texts} }}
local counter = 0
request = function()
  counter = counter + 1
  return wrk.format("POST", "{route}", {{["Content-Type"] = "application/json", ["Authorization"] = "Bearer {key}"}}, texts[counter % #texts + 1])
end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %d %d %d\\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    summary.errors.status, summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
"""


def machine():
    cpu = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} x {cpu}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--workdir", required=True)
    parser.add_argument("--strategy", required=True)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--route", default="classify", choices=["classify", "answer"])
    options = parser.parse_args()
    strategy = pathlib.Path(options.strategy).resolve()
    texts = [json.loads(line)["text"] for line in (strategy.parent / "visitors.jsonl").read_text(encoding="utf-8").splitlines()]
    key = bench_key(options.yupu, options.workdir)
    rows = []
    with Served(options.yupu, strategy, options.workdir) as server:
        port = server.port
        model = json.loads(call(port, "/v1/models"))["data"][0]["id"]

        def body(text):
            return {"model": model, "input": text} if options.route == "classify" else {"bot": model, "text": text}

        alone = [call(port, f"/v1/{options.route}", body(text), key) for text in texts[:8]]
        commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
        for connections in (1, 8, 64):
            with tempfile.NamedTemporaryFile("w", suffix=".lua", delete=False) as script:
                bodies = ", ".join("[==[" + json.dumps(body(text), ensure_ascii=False) + "]==]" for text in texts)
                script.write(WRK.format(texts=bodies, route=f"/v1/{options.route}", key=key))
            before = call(port, "/metrics")
            output = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{options.seconds}s", "-s", script.name, f"http://127.0.0.1:{port}"],
                                    capture_output=True, text=True, check=True).stdout
            after = call(port, "/metrics")
            os.unlink(script.name)
            requests, micros, p50, p99, bad, broken = map(int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+) (\d+)", output).groups())
            row = {"bench": f"http_{options.route}", "connections": connections, "requests_per_s": round(requests / (micros / 1e6), 1),
                   "latency_ms_p50": p50 / 1000, "latency_ms_p99": p99 / 1000, "not_2xx": bad, "socket_errors": broken}

            def grew(name):
                return metric(after, name) - metric(before, name)

            calls = grew("serving_engine_ms_count")
            if calls:
                mean = {phase: grew(f"serving_{phase}_ms_sum") / calls for phase in ("tokenize", "queue", "engine")}
                total = grew("http_request_ms_sum") / max(1.0, grew("http_request_ms_count"))
                row |= {f"{phase}_ms_mean": round(value, 3) for phase, value in mean.items()}
                row |= {"request_ms_mean": round(total, 3), "share_outside_engine": round(1 - (mean["engine"] + mean["queue"]) / total, 3)}
                batches = grew("serving_batch_texts_count")
                row["texts_per_batch"] = round(grew("serving_batch_texts_sum") / max(1.0, batches), 2)
            row |= {"machine": machine(), "commit": commit}
            rows.append(row)
            print(json.dumps(row), flush=True)

        def labels(value):
            # Everything but the ids of the call itself.
            if isinstance(value, dict):
                return {k: labels(v) for k, v in value.items() if k not in ("request_id", "id", "trace_id", "trace_ids", "timings")}
            return [labels(v) for v in value] if isinstance(value, list) else value

        same = [labels(json.loads(a)) == labels(json.loads(call(port, f"/v1/{options.route}", body(text), key))) for a, text in zip(alone, texts)]
        print(json.dumps({"bench": "http_same_answers", "checked": len(same), "equal": sum(same)}))
        if not all(same):
            return 1
    (ROOT / "bench" / "results").mkdir(exist_ok=True)
    with open(ROOT / "bench" / "results" / "http_load.jsonl", "a", encoding="utf-8") as results:
        for row in rows:
            results.write(json.dumps(row) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
