"""Fine-tuning, whole and LoRA: milliseconds for one update of 16 texts, and the peak memory of the process."""
import contextlib
import statistics

from bench import check_of
from contest import alternate, has_bf16, largest, ratio
from workload import by_length

LR, CLIP = 2e-5, 1.0
LOSS_LIMIT = 1e-4
BF16_LOSS_LIMIT = 2e-2  # 5e-3 of a loss of about 4.3
CHECK_STEPS = 10
PADDED = 128
GOALS = {  # (G, X) against Debian's torch padded to 128, to the longest, and the newest at its best
    "base": ((12, 17), (3, 4), (2, 3)),
    "6x384": ((16, 23), (4, 5.5), (2.5, 4)),
    "4x312": ((16, 23), (4, 5.5), (2.5, 4)),
}


def train(worker, batches, pad=0):
    return worker.ask("train", batches=batches, lr=LR, clip=CLIP, pad=pad)


def rounds_of(bench, name):
    """Rounds, and batches in a round."""
    if bench.quick:
        return 2, 2
    return (3, 3) if name == "base" else (5, 8)


def compare_losses(bench, directory, batches, adapter=None):
    """Runs the first steps without dropout on everybody.  Returns name -> (check, peak kB), yupu first."""
    found, losses = {}, {}
    for name, start in (("yupu", bench.yupu), ("debian", bench.debian), ("torch", bench.torch)):
        if adapter and name == "debian":
            continue
        worker = start()
        if worker is None:
            continue
        with worker:
            load = {"model": str(adapter)} if adapter and name == "yupu" else {"model": str(directory)}
            if adapter and name != "yupu":
                load["adapter"] = str(adapter)
            worker.ask("load", train=True, **load)
            losses[name] = train(worker, batches)["losses"]
            peak = worker.ask("peak")["peak_kb"]
        difference = largest(losses["yupu"], losses[name])
        found[name] = (check_of(f"losses of {len(batches)} updates", difference, LOSS_LIMIT), peak)
    return found


def total(worker, batches, pad=0):
    return sum(train(worker, batches, pad)["ms"]) / len(batches)


def compiled(bench, load, batches):
    """A worker with torch.compile and its shapes warmed up, or None where that does not work."""
    if not bench.compile:
        return None
    worker = bench.torch()
    try:
        worker.ask("load", train=True, compile=True, **load)
        train(worker, batches)
        return worker
    except (RuntimeError, BrokenPipeError):
        worker.close()
        print(f"torch.compile does not work here for {load['model']}: see {bench.log}")
        return None


def finetune(bench, name):
    directory = bench.model(name)
    workload = bench.workload()
    checks = compare_losses(bench, bench.work / f"{name}-still", workload.batches(4 if bench.quick else CHECK_STEPS))
    count, per_round = rounds_of(bench, name)
    rounds = [workload.batches(per_round, skip=200 + i * per_round * 16) for i in range(count)]
    load = {"model": str(directory), "train": True}
    goals = GOALS.get(name, (None, None, None))
    with contextlib.ExitStack() as stack:
        ours = stack.enter_context(bench.yupu())
        contestants = {"yupu": lambda i: total(ours, rounds[i])}
        workers = {"yupu": ours}
        if "debian" in checks and checks["debian"][0]["passed"]:
            workers["debian"] = debian = stack.enter_context(bench.debian())
            contestants["debian longest"] = lambda i: total(debian, rounds[i])
            contestants["debian 128"] = lambda i: total(debian, rounds[i][:1], PADDED)
            contestants["yupu first"] = lambda i: total(ours, rounds[i][:1])
        if checks["torch"][0]["passed"]:
            workers["torch"] = newest = stack.enter_context(bench.torch())
            contestants["torch longest"] = lambda i: total(newest, rounds[i])
            contestants["torch sorted"] = lambda i: total(newest, by_length(rounds[i]))
        for worker in workers.values():
            worker.ask("load", **load)
            train(worker, rounds[0][:2])
        fast = compiled(bench, {"model": str(directory)}, by_length(rounds[0])) if "torch" in workers else None
        if fast:
            stack.enter_context(fast)
            contestants["torch compiled"] = lambda i: total(fast, by_length(rounds[i]))
        times = alternate(count, contestants)
    write_rows(bench, f"finetune/{name}", checks, times, goals, tokens_of(rounds), workload.about(), bench.weights(name))
    memory_rows(bench, f"training memory/{name}", checks)


def tokens_of(rounds):
    """Real tokens of an update, on average."""
    return statistics.mean(sum(map(len, batch["ids"])) for batches in rounds for batch in batches)


def write_rows(bench, row, checks, times, goals, tokens, texts, weights):
    best = min((n for n in ("torch sorted", "torch compiled") if n in times), default=None,
               key=lambda n: statistics.median(times[n]))
    against = [("debian 128", "debian", "yupu first", "Debian's PyTorch, padded to 128", goals[0]),
               ("debian longest", "debian", "yupu", "Debian's PyTorch, padded to the longest", goals[1]),
               ("torch longest", "torch", "yupu", "newest PyTorch, padded to the longest", None),
               (best, "torch", "yupu", "newest PyTorch at its best", goals[2])]
    for contestant, peer, ours, title, goal in against:
        if peer in checks and not checks[peer][0]["passed"]:
            bench.failed(row, title, checks[peer][0])
        elif contestant in times:
            mine, theirs = times[ours], times[contestant]
            extra = {"best": contestant} if contestant == best else {}
            bench.emit({"row": row, "against": title, "unit": "ms/update", "yupu": statistics.median(mine),
                        "peer": statistics.median(theirs), **ratio(theirs, mine), "rounds": len(mine), "goal": goal,
                        "tokens_per_update": tokens, "texts": texts, "weights": weights, "check": checks[peer][0], **extra,
                        "milliseconds": {n: [round(v, 2) for v in t] for n, t in times.items()}})


def memory_rows(bench, row, checks):
    for peer, title in (("debian", "Debian's PyTorch, padded to the longest"),
                        ("torch", "newest PyTorch, padded to the longest")):
        if peer in checks and checks[peer][0]["passed"]:
            ours, theirs = checks["yupu"][1] / 1024, checks[peer][1] / 1024
            bench.emit({"row": row, "against": title, "unit": "MiB, whole process", "yupu": ours, "peer": theirs,
                        "ratio": theirs / ours, "goal": (2, 3), "check": checks[peer][0]})


def bf16(bench, name):
    """Fine-tuning with bf16 products and fp32 weights on either side; the losses differ by the rounding."""
    if not has_bf16():
        print(f"finetune bf16/{name} SKIPPED: this machine has no bf16 products")
        return
    directory, still = bench.model(name), bench.work / f"{name}-still"
    workload = bench.workload()
    first = workload.batches(4 if bench.quick else CHECK_STEPS)
    with bench.torch() as exact, bench.yupu("bf16") as ours:
        for worker in (exact, ours):
            worker.ask("load", model=str(still), train=True)
        check = check_of(f"losses of {len(first)} updates, with fp32's",
                         largest(train(exact, first)["losses"], train(ours, first)["losses"]), BF16_LOSS_LIMIT)
    if not check["passed"]:
        bench.failed(f"finetune bf16/{name}", "fp32", check)
        return
    count, per_round = rounds_of(bench, name)
    rounds = [workload.batches(per_round, skip=200 + i * per_round * 16) for i in range(count)]
    with bench.yupu("bf16") as ours, bench.torch() as peer:
        ours.ask("load", model=str(directory), train=True)
        peer.ask("load", model=str(directory), train=True, bf16=True)
        for worker in (ours, peer):
            train(worker, rounds[0][:2])
        times = alternate(count, {"yupu": lambda i: total(ours, rounds[i]), "longest": lambda i: total(peer, rounds[i]),
                                  "sorted": lambda i: total(peer, by_length(rounds[i]))})
    for key, title in (("longest", "newest PyTorch, bf16 autocast, padded to the longest"),
                       ("sorted", "the same, batches sorted by length")):
        bench.emit({"row": f"finetune bf16/{name}", "against": title, "unit": "ms/update", "rounds": count,
                    "yupu": statistics.median(times["yupu"]), "peer": statistics.median(times[key]), "goal": None,
                    **ratio(times[key], times["yupu"]), "tokens_per_update": tokens_of(rounds),
                    "texts": workload.about(), "weights": bench.weights(name), "check": check, "milliseconds": times})


def lora(bench, name):
    directory = bench.model(name, "lora")
    workload = bench.workload()
    still, adapter = bench.work / f"{name}-still", bench.work / f"{name}-lora"
    checks = compare_losses(bench, still, workload.batches(4 if bench.quick else CHECK_STEPS),
                            bench.work / f"{name}-lora-still")
    count, per_round = rounds_of(bench, name)
    rounds = [workload.batches(per_round, skip=200 + i * per_round * 16) for i in range(count)]
    if not checks["torch"][0]["passed"]:
        bench.failed(f"lora/{name}", "transformers + PEFT", checks["torch"][0])
        return
    with bench.yupu() as ours, bench.torch() as peer:
        ours.ask("load", model=str(adapter))
        peer.ask("load", model=str(directory), adapter=str(adapter), train=True)
        for worker in (ours, peer):
            train(worker, rounds[0][:2])
        times = alternate(count, {"yupu": lambda i: total(ours, rounds[i]), "longest": lambda i: total(peer, rounds[i]),
                                  "sorted": lambda i: total(peer, by_length(rounds[i]))})
    shared = {"row": f"lora/{name}", "unit": "ms/update", "yupu": statistics.median(times["yupu"]), "rounds": count,
              "tokens_per_update": tokens_of(rounds), "texts": workload.about(), "weights": bench.weights(name),
              "check": checks["torch"][0], "milliseconds": times}
    for key, title, goal in (("longest", "newest transformers + PEFT, padded to the longest", (4, 6)),
                             ("sorted", "the same, batches sorted by length", None)):
        bench.emit({**shared, "against": title, "peer": statistics.median(times[key]), "goal": goal,
                    **ratio(times[key], times["yupu"])})
    memory_rows(bench, f"lora memory/{name}", checks)
