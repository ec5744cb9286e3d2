"""The tokenizer, the first answer of a fresh process, and what is learned from BANKING77."""
import json
import os
import re
import subprocess
import sys
import time

from bench import HERE, ROOT, VOCABULARY, check_of
from contest import alternate, clean_environment, ratio
import statistics

CHINESE = ("bert-vocab/google_zh_vocab.txt", "chnsenticorp-hotel/ChnSentiCorp_htl_all.csv")


def tokenizer(bench):
    workload = bench.workload()
    with open(bench.data / CHINESE[1], encoding="utf-8") as file:
        chinese = [line.strip() for line in file][1:6001]
    for name, vocabulary, texts in (("english", VOCABULARY, workload.raw), ("chinese", CHINESE[0], chinese)):
        directory = bench.work / f"vocabulary-{name}"
        directory.mkdir(exist_ok=True)
        (directory / "vocab.txt").write_bytes((bench.data / vocabulary).read_bytes())
        with bench.yupu() as ours, bench.tokenizers() as peer:
            for worker in (ours, peer):
                worker.ask("tokenizer", model=str(directory))
            ask = lambda worker, fast=True: worker.ask("tokenize", texts=texts, rounds=1, fast=fast)
            mine = ask(ours)["ids"]
            differ = sum(a != b for a, b in zip(mine, ask(peer)["ids"]))
            check = check_of(f"texts of {len(texts)} with other ids", differ, 0)
            if not check["passed"]:
                bench.failed(f"tokenizer/{name}", "HuggingFace tokenizers", check)
                continue
            times = alternate(3 if bench.quick else 9, {"yupu": lambda _: ask(ours)["ms"][0],
                                                        "plain": lambda _: ask(peer, False)["ms"][0],
                                                        "fast": lambda _: ask(peer)["ms"][0]})
        tokens = sum(map(len, mine))
        for key, title, goal in (("plain", "HuggingFace tokenizers, encode_batch", None),
                                 ("fast", "HuggingFace tokenizers, encode_batch_fast, no offsets", (3, 6))):
            bench.emit({"row": f"tokenizer/{name}", "against": title, "unit": "ms for all, one thread",
                        "yupu": statistics.median(times["yupu"]), "peer": statistics.median(times[key]),
                        **ratio(times[key], times["yupu"]), "rounds": len(times[key]), "goal": goal, "check": check,
                        "tokens": tokens, "texts": f"{len(texts)} texts, {tokens} tokens"})


def run_timed(command):
    """Milliseconds, the reply, and what the process cost: processor time of all threads, peak memory."""
    began = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env=clean_environment())
    with process.stdout as output:
        lines = output.read().strip().splitlines()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    milliseconds = 1e3 * (time.perf_counter() - began)
    if process.returncode != 0:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return milliseconds, json.loads(lines[-1]), {"cpu_ms": 1e3 * (usage.ru_utime + usage.ru_stime),
                                                 "peak_kb": usage.ru_maxrss}


def start(bench):
    """Process start to the first answer, the file's pages in memory."""
    directory = bench.model("base")
    text = "my card has not arrived yet, where is it?"
    commands = {"yupu": [bench.build / "yupu", "predict", "--model", directory, "--text", text],
                "newest transformers": [sys.executable, HERE / "first_answer.py", directory, text]}
    if bench.debian_python:
        commands["Debian's PyTorch"] = [bench.debian_python, HERE / "first_answer.py", directory, text]
    run = {name: run_timed(command) for name, command in commands.items()}
    replies = {name: reply for name, (_, reply, _) in run.items()}
    label = lambda reply: reply.get("label") or reply["answers"][0]["label"]
    score = lambda reply: reply["score"] if "score" in reply else reply["answers"][0]["score"]
    checks = {}
    for name, reply in replies.items():
        same = label(reply) == label(replies["yupu"])
        checks[name] = check_of("probability of the same label", abs(score(reply) - score(replies["yupu"])) if same else 1,
                                1e-4)
    times = alternate(2 if bench.quick else 5, {n: (lambda _, c=c: run_timed(c)[0]) for n, c in commands.items()})
    for name in commands:
        if name == "yupu":
            continue
        if not checks[name]["passed"]:
            bench.failed("start/base", name, checks[name])
            continue
        bench.emit({"row": "start/base", "against": name, "unit": "ms to the first answer",
                    "yupu": statistics.median(times["yupu"]), "peer": statistics.median(times[name]),
                    **ratio(times[name], times["yupu"]), "rounds": len(times[name]), "goal": (20, 50),
                    "cost": {"yupu": run["yupu"][2], "peer": run[name][2]},
                    "check": checks[name], "weights": bench.weights("base")})


def quality(bench):
    """Accuracy on BANKING77's official test rows, and the seconds of learning, one run each."""
    folder = bench.data / "banking77"
    environment = clean_environment(PYTHON=sys.executable)
    options = ["--config", "tiny", "--epochs", "2" if bench.quick else "20", "--lr", "1e-3", "--batch-tokens", "512",
               "--label-smoothing", "0.1", "--patience", "5"]
    ours = subprocess.run([ROOT / "bench/banking77.sh", folder, *options], capture_output=True, text=True, check=True,
                          env={**environment, "PYTHON": "/bin/false"})
    figure = lambda name: float(re.search(rf"^\s*{re.escape(name)}\s+([0-9.]+)", ours.stdout, re.MULTILINE).group(1))
    accuracy, seconds = figure("test.accuracy"), figure("train.seconds")
    floor = subprocess.run([sys.executable, HERE / "linear_floor.py", folder / "train.csv", folder / "test.csv", "--text",
                            "text", "--label", "category"], capture_output=True, text=True, check=True, env=environment)
    linear = floor.stdout.splitlines()[1].split(",")
    fast = subprocess.run([sys.executable, HERE / "fasttext_floor.py", folder / "train.csv", folder / "test.csv",
                           str(bench.threads)], capture_output=True, text=True, check=True, env=environment)
    peers = {"TF-IDF + linear SVM": (float(linear[2]), float(linear[4]))}
    for line in fast.stdout.splitlines():
        entry = json.loads(line)
        peers[entry["name"]] = (entry["accuracy"], entry["seconds"])
    for name, (their_accuracy, their_seconds) in peers.items():
        bench.emit({"row": "quality/banking77 tiny from random weights", "against": name, "unit": "accuracy",
                    "yupu": accuracy, "peer": their_accuracy, "yupu_seconds": seconds, "peer_seconds": their_seconds,
                    "check": check_of("official test rows, both", 0, 0)})
