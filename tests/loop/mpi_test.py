#!/usr/bin/env python3
"""Data-parallel training through the program and a real mpirun (docs/distributed.md).

Equal results on 1, 2 and 3 ranks; the same bits again with as many; a rank that is killed or stopped is named by the others
within seconds, and the same command goes on to the same end, also on another number of ranks; a rank with other data or
options is refused. Exit 77 where there is no mpirun or the program was built without MPI.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe"]
WORDS = {"parcel": ["parcel", "delivery", "late", "包裹", "快递"], "refund": ["refund", "money", "return", "退款", "退货"],
         "greeting": ["hello", "morning", "dear", "你好", "早上"]}
NOISE = ["the", "my", "please", "is", "for", "请", "我", "的"]


def write_rows(path, per_label, seed):
    rng = random.Random(seed)
    lines = ["text,intent"]
    for _ in range(per_label):
        for label, own in WORDS.items():
            words = [rng.choice(own), rng.choice(own)] + [rng.choice(NOISE) for _ in range(rng.randrange(1, 9))]
            lines.append(f"{' '.join(words)},{label}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


class Test:
    def __init__(self, yupu, folder):
        self.yupu, self.folder = yupu, folder
        self.passed = 0
        write_rows(folder / "train.csv", 150, 1)
        write_rows(folder / "other.csv", 150, 2)
        write_rows(folder / "valid.csv", 20, 3)

    def words(self, out, *more, train="train.csv"):
        return [self.yupu, "train", "--task", "classify", "--train", train, "--valid", "valid.csv", "--label", "intent", "--out", out,
                "--config", "tiny", "--epochs", "6", "--patience", "100", "--vocab-size", "200", "--max-length", "32",
                "--batch-tokens", "128", "--dropout", "0.1", "--threads", "1", "--json", *more]

    def start(self, ranks, *words):
        launcher = [*MPIRUN, "-n", str(ranks)] if ranks > 1 else []
        return subprocess.Popen([*launcher, *words], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def train(self, ranks, out, *more):
        process = self.start(ranks, *self.words(out, *more))
        stdout, stderr = process.communicate(timeout=300)
        assert process.returncode == 0, f"{ranks} ranks -> {process.returncode}: {stderr[-800:]}"
        return json.loads(stdout)

    def done(self, what):
        self.passed += 1
        print(f"ok: {what}", flush=True)

    def close(self, result, whole, what):
        assert result["steps"] == whole["steps"], what
        for mine, other in zip(result["epochs"], whole["epochs"], strict=True):
            assert abs(mine["train_loss"] - other["train_loss"]) < 1e-4, f"{what}: {mine} against {other}"

    def equal_results(self):
        self.one = self.train(1, "one")
        self.two = self.train(2, "two")
        self.close(self.two, self.one, "2 ranks")
        self.close(self.train(3, "three"), self.one, "3 ranks")
        again = self.train(2, "two-again")
        assert again["weights_sha256"] == self.two["weights_sha256"], "two runs of 2 ranks differ"
        assert not (self.folder / "two" / ".state").exists()
        self.done("1, 2 and 3 ranks end alike; 2 ranks repeat bit for bit")

    def pid_of_rank(self, launcher, rank):
        """The yupu process that was started with this rank."""
        for entry in pathlib.Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                environment = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if parent == launcher.pid and f"OMPI_COMM_WORLD_RANK={rank}".encode() in environment:
                return int(entry.name)
        raise AssertionError(f"no process of rank {rank} under mpirun {launcher.pid}")

    def lose(self, ranks, lost, how, out, *more):
        """Sends signal `how` to a rank once there is a checkpoint; returns what the run printed and how long it took to end."""
        process = self.start(ranks, *self.words(out, *more))
        state = self.folder / out / ".state" / "state.safetensors"
        deadline = time.monotonic() + 120
        while not state.exists():
            assert process.poll() is None, process.communicate()[1][-800:]
            assert time.monotonic() < deadline, "no checkpoint in time"
            time.sleep(0.01)
        os.kill(self.pid_of_rank(process, lost), how)
        began = time.monotonic()
        _, stderr = process.communicate(timeout=120)
        assert process.returncode != 0, "the run did not notice"
        assert state.exists(), "no checkpoint is left"
        return stderr, time.monotonic() - began

    def lost_ranks(self):
        stderr, seconds = self.lose(2, 1, signal.SIGKILL, "killed-1")
        assert "rank 0 of 2: " in stderr and "rank 1 (" in stderr and "is gone" in stderr, stderr[-800:]
        end = self.train(2, "killed-1")
        assert end["resumed_at_step"] > 0 and end["weights_sha256"] == self.two["weights_sha256"], "another end"
        self.done(f"rank 1 of 2 killed: named, over in {seconds:.1f} s, the same command goes on to the same bits")

        stderr, seconds = self.lose(3, 0, signal.SIGKILL, "killed-0")
        assert "rank 0 (" in stderr and "is gone" in stderr, stderr[-800:]
        end = self.train(2, "killed-0")
        assert end["resumed_at_step"] > 0
        self.close(end, self.one, "killed on 3 ranks, ended on 2")
        self.done(f"rank 0 of 3 killed: named, over in {seconds:.1f} s; 2 ranks go on")

        stderr, seconds = self.lose(2, 1, signal.SIGSTOP, "stopped", "--rank-timeout", "2")
        assert "rank 1 (" in stderr and "has been silent" in stderr, stderr[-800:]
        self.done(f"rank 1 of 2 stopped: named, over in {seconds:.1f} s")

    def stop_in_order(self):
        process = self.start(2, *self.words("terminated"))
        state = self.folder / "terminated" / ".state" / "state.safetensors"
        while not state.exists():
            assert process.poll() is None, process.communicate()[1][-800:]
            time.sleep(0.01)
        os.kill(self.pid_of_rank(process, 1), signal.SIGTERM)
        stderr = process.communicate(timeout=60)[1]
        assert process.returncode != 0 and "training stopped at step" in stderr, stderr[-800:]
        assert self.train(2, "terminated")["weights_sha256"] == self.two["weights_sha256"]
        self.done("SIGTERM to one rank: all stop in order, and go on to the same bits")

    def refusals(self):
        for name, other, wanted in (("data", self.words("refused", train="other.csv"), "training rows"),
                                    ("options", self.words("refused", "--lr", "0.5"), "options")):
            process = self.start(1, *MPIRUN, "-n", "1", *self.words("refused"), ":", "-n", "1", *other)
            stderr = process.communicate(timeout=120)[1]
            assert process.returncode != 0 and "rank 1 of 2 differs from rank 0 in: " in stderr and wanted in stderr, (
                f"{name}: {stderr[-800:]}")
            assert not (self.folder / "refused" / ".state").exists()
        self.done("a rank with other data or options is refused by name")

    def without_module(self):
        alone = self.folder / "bin" / "yupu"
        alone.parent.mkdir()
        shutil.copy2(self.yupu, alone)
        process = subprocess.run([alone, *self.words("nothing")[1:]], cwd=self.folder, capture_output=True, text=True, check=False,
                                 env={**os.environ, "OMPI_COMM_WORLD_SIZE": "2"})
        assert process.returncode == 1 and "built without MPI" in process.stderr, process.stderr[-400:]
        self.done("several ranks without libyupu_mpi.so: a clear error")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    options = parser.parse_args()
    yupu = pathlib.Path(options.yupu).resolve()
    if shutil.which("mpirun") is None:
        print("skipped: there is no mpirun (Debian: openmpi-bin)")
        return 77
    if not (yupu.parent / "libyupu_mpi.so").exists():
        print("skipped: this yupu was built without MPI")
        return 77
    folder = pathlib.Path(tempfile.mkdtemp(prefix="yupu-mpi-"))
    try:
        test = Test(str(yupu), folder)
        for step in (test.equal_results, test.lost_ranks, test.stop_in_order, test.refusals, test.without_module):
            step()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{test.passed} passed, 0 failed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
