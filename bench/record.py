"""Rows of bench/results/*.jsonl: one figure each, with what it was measured on."""
import datetime
import json
import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
WANTED_FLAGS = ("sse4_1", "avx2", "avx512f", "avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16",
                "asimd", "sve", "bf16", "i8mm")


def machine():
    info = {}
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        key, _, value = line.partition(":")
        info.setdefault(key.strip(), value.strip())
    flags = (info.get("flags") or info.get("Features") or "").split()
    memory_kb = int(pathlib.Path("/proc/meminfo").read_text().split()[1])
    return {"cpu": info.get("model name", "unknown"), "family": info.get("cpu family"), "model": info.get("model"),
            "flags": [f for f in WANTED_FLAGS if f in flags], "cores": os.cpu_count(), "memory_gb": round(memory_kb / 2**20, 1)}


def busy_cores(seconds=2.0):
    """Cores that other processes keep busy, averaged while this one sleeps."""
    def busy():
        user, nice, system, _idle, _wait, irq, softirq = map(int, pathlib.Path("/proc/stat").read_text().split()[1:8])
        return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")
    before = busy()
    time.sleep(seconds)
    return (busy() - before) / seconds


def commit():
    git = lambda *a: subprocess.run(["git", *a], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    return git("rev-parse", "--short=12", "HEAD") + ("+changes" if git("status", "--porcelain", "-uno") else "")


def append(file, rows, command):
    """Adds what every row shares and appends them to bench/results/FILE."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    shared = {"machine": machine(), "commit": commit(), "command": command,
              "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
    lines = "".join(json.dumps({**row, **shared}, ensure_ascii=False) + "\n" for row in rows)
    with open(RESULTS / file, "a+b") as out:
        if out.seek(0, os.SEEK_END):
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":  # what a writer that was killed left of its last row
                lines = "\n" + lines
        out.write(lines.encode())


def read(file):
    """Every whole row of bench/results/FILE, the oldest first; a row that was cut short is none."""
    path = RESULTS / file
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else ():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            continue


def newest(file, wanted=lambda row: True):
    """The wanted rows of the last run of each figure in bench/results/FILE, in the order the figures first came: rows of
    an earlier run beside them would compare what was not measured together."""
    found = {}
    for row in read(file):
        if wanted(row):
            of_run = found.setdefault(row["row"], {}).setdefault(row["date"], {})
            of_run[row.get("against", "")] = row
    return [row for runs in found.values() for row in list(runs.values())[-1].values()]
