"""What the parts share: the program under test, rows as they are printed, a strategy's beginning."""

import json
import os
import pathlib
import random
import shutil
import subprocess

SENTIMENTS = ("negative", "neutral", "positive")


def tell(part, what, where, by, **figures):
    """One row for bench/rows.py: the first four name it, so that the next run replaces it."""
    print(json.dumps({"part": part, "what": what, "where": where, "by": by, **figures}, ensure_ascii=False), flush=True)


def note(text):
    """For whoever waits; no row."""
    print(f"# {text}", flush=True)


class Program:
    """The yupu binary, run in a working folder."""

    def __init__(self, yupu, workdir, threads):
        self.yupu, self.workdir, self.threads = str(pathlib.Path(yupu).resolve()), pathlib.Path(workdir), threads
        self.workdir.mkdir(parents=True, exist_ok=True)

    def run(self, *words, threads=True):
        """What it printed. Ends the bench where it fails."""
        words = [self.yupu, *map(str, words)] + (["--threads", str(self.threads)] if threads else [])
        done = subprocess.run(words, cwd=self.workdir, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise SystemExit(f"{' '.join(words)}: exit status {done.returncode}\n{done.stderr[-2000:]}")
        return done.stdout

    def json(self, *words, **options):
        return json.loads(self.run(*words, "--json", **options))

    def start(self, *words, log):
        """A process of its own; its log lines go to a file."""
        with open(self.workdir / log, "wb") as out:
            return subprocess.Popen([self.yupu, *map(str, words)], cwd=self.workdir, stdout=out, stderr=out)

    def train(self, out, train, valid, options, seed=1):
        """A classifier. The very same command goes on where it was stopped, and does nothing when it was finished."""
        words = [
            "train",
            "--task",
            "classify",
            "--train",
            train,
            "--valid",
            valid,
            "--text",
            "text",
            "--label",
            "label",
            *options.split(),
            "--precision",
            "bf16",
            "--seed",
            str(seed),
            "--out",
            out,
        ]
        told = self.workdir / f"{out}.command"
        if not (told.exists() and told.read_text(encoding="utf-8") == " ".join(words)):
            shutil.rmtree(self.workdir / out, ignore_errors=True)
            told.write_text(" ".join(words), encoding="utf-8")
        self.run(*words)
        return out

    def quantized(self, model):
        """The same with int8 weights."""
        out = f"{model}-int8"
        shutil.rmtree(self.workdir / out, ignore_errors=True)
        self.run("models", "quantize", "--model", model, "--out", out, threads=False)
        return out


def resident_mb(pid):
    """Resident memory of a process, megabytes."""
    pages = int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else 0.0


def split(rows, shares, seed):
    """Rows drawn into lists of these shares; the rest is the last list."""
    rows = list(rows)
    random.Random(seed).shuffle(rows)
    parts, begin = [], 0
    for share in shares:
        end = begin + round(share * len(rows))
        parts.append(rows[begin:end])
        begin = end
    return [*parts, rows[begin:]]
