"""Carries out cells, one after the other, so that it may be stopped at any moment and started again.

What is finished is a row of the results.  Of the cell that was under way, finished steps are kept as files, and `yupu train` goes on
where its last checkpoint stands, a few seconds back.  A step ends with the driver: when that is killed, the kernel kills it too.
"""
import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time

import record
from quality import cells, files

PR_SET_PDEATHSIG = 1
STEP_PATIENCE = 60  # seconds that a step has to end after it was asked to


class Stopped(Exception):
    """Asked to stop, or out of time: nothing is wrong."""


class StepFailed(Exception):
    pass


@contextlib.contextmanager
def only_one(workdir):
    """One driver a working folder."""
    with open(workdir / "lock", "w", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit(f"{workdir}: another run is at work here")
        yield


def _dies_with_its_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def own_copy(program, workdir):
    """(path, sha256) of a copy: a build that goes on beside a run of hours must not change what is measured."""
    content = program.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()[:12]
    place = workdir / f"yupu-{sha256}"
    if not place.exists():
        partial = place.with_suffix(".partial")
        partial.write_bytes(content)
        partial.chmod(0o755)
        partial.rename(place)
    try:
        subprocess.run([place, "version"], check=True, stdout=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError) as error:  # such as one that the linker is still writing
        place.unlink()
        sys.exit(f"{program}: does not run: {error}")
    return place, sha256


def folder_name(cell):
    return re.sub(r"[^A-Za-z0-9.-]+", "-", cell.name)


class Driver:
    def __init__(self, workdir, data, yupu, results, threads, checkpoint, deadline):
        self.workdir, self.data, self.results, self.threads, self.deadline = workdir, data, results, threads, deadline
        self.yupu, self.yupu_sha256 = own_copy(yupu, workdir)
        self.stop, self.child = 0, None
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            if signal.getsignal(sign) != signal.SIG_IGN:  # of nohup
                signal.signal(sign, self._ask_to_stop)
        link = workdir / cells.CHECKPOINT
        if checkpoint and not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(checkpoint)

    def _ask_to_stop(self, sign, _frame):
        self.stop = sign

    def stop_status(self):
        return 128 + self.stop if self.stop else 0

    def is_over(self):
        return self.stop or (self.deadline is not None and time.monotonic() >= self.deadline)

    def _words(self, step, places):
        """The command line of a step as this machine runs it."""
        words = shlex.split(step.format(**places))
        if words[0] == "yupu":
            return [str(self.yupu), *words[1:], "--threads", str(self.threads)]
        return [sys.executable, str(record.ROOT / words[1]), *words[2:]]

    def _step(self, words, kept):
        """The output of a step, and its seconds; both from `kept` when it is finished already."""
        done = kept.with_suffix(".json")
        if done.exists():
            return json.loads(done.read_text(encoding="utf-8"))
        if self.is_over():
            raise Stopped
        began = time.monotonic()
        out, log = kept.with_suffix(".out"), kept.with_suffix(".log")
        with open(out, "wb") as stdout, open(log, "wb") as stderr:
            environment = {**os.environ, "OMP_NUM_THREADS": str(self.threads), "OPENBLAS_NUM_THREADS": str(self.threads)}
            self.child = subprocess.Popen(words, cwd=self.workdir, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr,
                                          env=environment, preexec_fn=_dies_with_its_parent)
            while self.child.poll() is None:
                if self.is_over():
                    self.child.terminate()
                    try:
                        self.child.wait(STEP_PATIENCE)
                    except subprocess.TimeoutExpired:
                        self.child.kill()
                        self.child.wait()
                    raise Stopped
                time.sleep(0.2)
        if self.stop:
            raise Stopped
        if self.child.returncode != 0:
            tail = re.split(r"[\r\n]+", log.read_text(encoding="utf-8", errors="replace").strip())[-5:]
            raise StepFailed(f"exit status {self.child.returncode}: {shlex.join(words)}\n  " + "\n  ".join(tail))
        text = out.read_text(encoding="utf-8")
        told = {"output": text, "seconds": max(time.monotonic() - began, _seconds_told(text))}
        partial = kept.with_suffix(".partial")
        partial.write_text(json.dumps(told), encoding="utf-8")
        partial.rename(done)
        return told

    def carry_out(self, cell):
        """Runs what is left of a cell and records its row."""
        for group in cell.groups:
            files.ensure(group, self.data, self.workdir / "data")
        # Another command is another folder: a checkpoint belongs to the options it was made with.
        key = hashlib.sha256(cell.shown_command.encode()).hexdigest()[:8]
        folder = self.workdir / "cells" / f"{folder_name(cell)}-{key}"
        folder.mkdir(parents=True, exist_ok=True)
        place = folder.relative_to(self.workdir)
        places = {"seed": cell.seed, "model": place / "model", "body": place / "body"}
        told = [self._step(self._words(step, places), folder / f"step{number}") for number, step in enumerate(cell.steps, 1)]
        found = cell.read([step["output"] for step in told], self.workdir / "data")
        row = {"row": cell.name, "bench": "quality", "table": cell.table, "dataset": cell.dataset, "start": cell.start, "way": cell.way,
               "seed": cell.seed, "figures": found, "seconds": round(sum(step["seconds"] for step in told), 1), "threads": self.threads,
               "nice": os.nice(0), "yupu_sha256": self.yupu_sha256}
        record.append(self.results, [row], cell.shown_command)
        shutil.rmtree(folder, ignore_errors=True)
        return row


def _seconds_told(text):
    """Of a training that was stopped and went on: its own count has the earlier sittings too."""
    try:
        return float(json.loads(text)["seconds"])
    except (ValueError, KeyError, TypeError):
        return 0.0


def finished(results, planned):
    """Names of the cells that were measured with the very commands they have now, the seconds each line took, their rows."""
    commands = {cell.name: cell.shown_command for cell in planned}
    lines = {cell.name: cell.line for cell in planned}
    rows = [row for row in record.newest(results, lambda row: row.get("bench") == "quality") if commands.get(row["row"]) == row["command"]]
    seconds = {}
    for row in rows:
        seconds.setdefault(lines[row["row"]], []).append(row["seconds"])
    return {row["row"] for row in rows}, {line: sum(took) / len(took) for line, took in seconds.items()}, rows


def forget_finished(workdir, cell_list, done):
    """What a driver that was killed between its row and this left behind."""
    for cell in cell_list:
        if cell.name in done:
            for folder in (workdir / "cells").glob(f"{folder_name(cell)}-*"):
                shutil.rmtree(folder, ignore_errors=True)
