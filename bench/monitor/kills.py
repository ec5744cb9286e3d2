"""kill -9 while documents flow in: tests/loop/monitor_kill_test.py, whose oracle says what must have been counted."""

import re
import subprocess
import sys

import record

from monitor import base

SAYS = re.compile(r"push: (\d+) kills, (\d+) rows, (\d+) buckets as the oracle says, ([0-9.]+) s")


def run(options):
    words = [
        sys.executable,
        str(record.ROOT / "tests/loop/monitor_kill_test.py"),
        "--yupu",
        str(options.yupu),
        "--kills",
        str(options.kills),
        "--documents",
        str(min(options.documents, 100_000)),
        "--seed",
        str(options.first_seed),
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    said = SAYS.search(done.stdout)
    if done.returncode != 0 or not said:
        raise SystemExit(f"{' '.join(words)}: {done.stdout}{done.stderr}")
    kills, rows, buckets, seconds = said.groups()
    base.tell(
        "kills",
        f"{rows} rows",
        f"{kills} kills",
        "counts, publishers, outcomes, position",
        **{"buckets as the oracle says": int(buckets), "seconds": float(seconds)},
    )
