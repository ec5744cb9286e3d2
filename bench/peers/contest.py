"""Contestants as processes, their answers compared, their rounds alternated."""
import json
import os
import pathlib
import statistics
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
# What a machine's owner may have set for other software and would change a peer's speed.
FOREIGN = ("OPENBLAS_CORETYPE", "NVPL_BLAS_DEBUG_CPU_TYPE", "MKL_DEBUG_CPU_TYPE", "MKL_ENABLE_INSTRUCTIONS",
           "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA",
           "PYTHONPATH", "LD_PRELOAD")


def clean_environment(**more):
    environment = {k: v for k, v in os.environ.items() if k not in FOREIGN}
    return {**environment, "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false", **more}


def unset_here():
    return sorted(name for name in FOREIGN if name in os.environ)


def has_bf16():
    """Whether the processor multiplies bf16."""
    return any(flag in pathlib.Path("/proc/cpuinfo").read_text() for flag in ("amx_bf16", "avx512_bf16", " bf16"))


class Worker:
    """A process that answers one JSON line for each it gets."""

    def __init__(self, name, command, log):
        self.name = name
        self.log_path = log
        self.log = open(log, "a")
        environment = clean_environment(TORCHINDUCTOR_CACHE_DIR=str(pathlib.Path(log).parent / "inductor"))
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log,
                                        text=True, env=environment, cwd=HERE)

    def ask(self, do, **request):
        self.process.stdin.write(json.dumps({"do": do, **request}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} died at '{do}'; its messages are in {self.log_path}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()
        self.log.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def largest(a, b):
    """The largest |x - y| over two nested lists of numbers of one shape."""
    if isinstance(a, list):
        assert len(a) == len(b), (len(a), len(b))
        return max((largest(x, y) for x, y in zip(a, b)), default=0.0)
    difference = abs(a - b)
    return difference if difference == difference else float("inf")


def agreement(a, b):
    best = lambda row: max(range(len(row)), key=row.__getitem__)
    return sum(best(x) == best(y) for x, y in zip(a, b)) / len(a)


def alternate(rounds, contestants):
    """contestants: name -> function of the round, returning milliseconds.  Each leads off in its turn, and what the
    machine does in a round it does to all of them.  Returns name -> list of milliseconds."""
    times = {name: [] for name in contestants}
    names = list(contestants)
    for round_ in range(rounds):
        for name in names[round_ % len(names):] + names[:round_ % len(names)]:
            times[name].append(contestants[name](round_))
    return times


def ratio(peer, ours):
    """Median of the rounds' ratios, and their spread."""
    ratios = sorted(p / o for p, o in zip(peer, ours))
    return {"ratio": statistics.median(ratios), "ratio_low": ratios[0], "ratio_high": ratios[-1]}
