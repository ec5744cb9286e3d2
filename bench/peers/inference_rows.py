"""Answers: fp32 and int8 encoders on mixed lengths, and many tenants' adapters in one batch.  Milliseconds per batch."""
import contextlib
import math
import statistics
import subprocess

from bench import check_of
from contest import agreement, alternate, clean_environment, has_bf16, largest, ratio

LOGIT_LIMIT = 1e-4
CHECK_TEXTS = 64
SIZES = (1, 8, 32)
BATCHES = {1: 16, 8: 4, 32: 2}  # in a round
FP32_GOALS = {"base": {1: (1, 1.3), 8: (2, 3), 32: (2, 3.5)},
              "6x384": {1: (1.6, 2), 8: (2, 3), 32: (2.5, 4)}, "4x312": {1: (1.6, 2), 8: (2, 3), 32: (2.5, 4)}}


def rounds(bench, name):
    return 3 if bench.quick else 5 if name == "base" else 9


def batches_of(workload, size, round_):
    texts = workload.texts(size * BATCHES[size], skip=500 + 64 * round_)
    return [texts[i:i + size] for i in range(0, len(texts), size)]


def answers(worker, texts):
    """Logits of all texts, asked 16 at a time: padding differs from batch to batch, as in use."""
    return [row for i in range(0, len(texts), 16) for row in worker.ask("logits", texts=texts[i:i + 16])["logits"]]


def per_batch(worker, batches):
    return statistics.mean(worker.ask("infer", batches=batches)["ms"])


def start_compiled(bench, directory, stack, texts):
    """torch.compile, warmed up, or None."""
    if not bench.compile:
        return None
    worker = bench.torch()
    try:
        worker.ask("load", model=str(directory), compile=True)
        for size in SIZES:
            worker.ask("infer", batches=[texts[:size], texts[1:size + 1], texts[2:size + 2]])
        return stack.enter_context(worker)
    except (RuntimeError, BrokenPipeError):
        worker.close()
        print(f"torch.compile does not work here for {directory}: see {bench.log}")
        return None


def fp32(bench, name):
    directory = bench.model(name, "onnx")
    workload = bench.workload()
    texts = workload.texts(CHECK_TEXTS)
    with contextlib.ExitStack() as stack:
        workers = {"yupu": stack.enter_context(bench.yupu()), "PyTorch": stack.enter_context(bench.torch()),
                   "ONNX Runtime": stack.enter_context(bench.onnx())}
        if debian := bench.debian():
            workers["Debian's PyTorch"] = stack.enter_context(debian)
        if compiled := start_compiled(bench, directory, stack, texts):
            workers["PyTorch compiled"] = compiled
        checks, mine = {}, None
        for key, worker in workers.items():
            if key != "PyTorch compiled":
                worker.ask("load", model=str(bench.work / f"{name}-onnx/fused.onnx" if "ONNX" in key else directory))
            logits = answers(worker, texts)
            mine = mine or logits
            checks[key] = check_of(f"logits of {CHECK_TEXTS} texts", largest(mine, logits), LOGIT_LIMIT)
        timed = {k: w for k, w in workers.items() if checks[k]["passed"]}
        for size in SIZES:
            times = alternate(rounds(bench, name), {
                k: (lambda i, w=w: per_batch(w, batches_of(workload, size, i))) for k, w in timed.items()})
            write_fp32(bench, name, size, times, checks, workload.about())
        for key, check in checks.items():
            if not check["passed"]:
                bench.failed(f"infer/{name}", key, check)


def write_fp32(bench, name, size, times, checks, texts):
    medians = {k: statistics.median(t) for k, t in times.items()}
    newest = [k for k in times if k not in ("yupu", "Debian's PyTorch")]
    best = min(newest, key=medians.get) if newest else None
    for key in times:
        if key == "yupu":
            continue
        goal = FP32_GOALS[name][size] if key == best else None
        bench.emit({"row": f"infer/{name} B={size}", "against": key + (" (the best peer)" if key == best else ""),
                    "peer_name": key, "best": key == best, "unit": "ms/batch", "yupu": medians["yupu"],
                    "peer": medians[key], **ratio(times[key], times["yupu"]), "rounds": len(times[key]), "goal": goal,
                    "texts": texts, "weights": bench.weights(name), "check": checks[key]})


def cosine(a, b):
    dot = lambda x, y: sum(p * q for p, q in zip(x, y))
    return min(dot(x, y) / math.sqrt(dot(x, x) * dot(y, y)) for x, y in zip(a, b))


def int8(bench, name):
    """int8 answers may differ from fp32's: how far, and how often the label does, stands in the row for both."""
    directory = bench.model(name, "onnx")
    workload = bench.workload()
    small = bench.work / f"{name}-int8"
    if not (small / "model.safetensors").exists():
        subprocess.run([str(bench.build / "yupu"), "models", "quantize", "--model", str(directory), "--out", str(small)],
                       check=True, stdout=subprocess.DEVNULL, env=clean_environment())
    texts = workload.texts(256)
    with bench.yupu() as ours, bench.onnx() as onnx, bench.torch() as torch:
        workers = {"yupu": ours, "ONNX Runtime dynamic int8": onnx, "PyTorch fp32": torch}
        for worker, model in ((ours, small), (onnx, bench.work / f"{name}-onnx/int8.onnx"), (torch, directory)):
            worker.ask("load", model=str(model))
        exact = answers(torch, texts)
        quality = {}
        for key, worker in workers.items():
            found = answers(worker, texts)
            quality[key] = {"largest_logit_difference": largest(exact, found), "same_label": agreement(exact, found),
                            "least_cosine": cosine(exact, found)}
        check = check_of("1 - least cosine of the logits with fp32's", 1 - quality["yupu"]["least_cosine"], 0.02)
        if not check["passed"]:
            bench.failed(f"int8/{name}", "fp32", check)
            return
        for size in SIZES:
            times = alternate(rounds(bench, name), {
                k: (lambda i, w=w: per_batch(w, batches_of(workload, size, i))) for k, w in workers.items()})
            for key, goal in (("ONNX Runtime dynamic int8", (2, 3)), ("PyTorch fp32", (8, 12))):
                bench.emit({"row": f"int8/{name} B={size}", "against": key, "unit": "ms/batch",
                            "yupu": statistics.median(times["yupu"]), "peer": statistics.median(times[key]),
                            **ratio(times[key], times["yupu"]), "rounds": len(times[key]),
                            "goal": goal if size == 32 else None, "quality": quality, "check": check,
                            "texts": workload.about(), "weights": bench.weights(name)})


def bf16(bench, name):
    """Products of bf16 operands on either side; PyTorch keeps everything else in bf16 as well."""
    if not has_bf16():
        print(f"bf16/{name} SKIPPED: this machine has no bf16 products")
        return
    directory = bench.model(name)
    workload = bench.workload()
    texts = workload.texts(256)
    with bench.yupu("bf16") as ours, bench.torch() as half, bench.torch() as torch:
        workers = {"yupu": ours, "PyTorch bf16": half, "PyTorch fp32": torch}
        for key, worker in workers.items():
            worker.ask("load", model=str(directory), bf16=key == "PyTorch bf16")
        exact = answers(torch, texts)
        found = {key: answers(worker, texts) for key, worker in workers.items() if key != "PyTorch fp32"}
        quality = {key: {"largest_logit_difference": largest(exact, rows), "same_label": agreement(exact, rows),
                         "least_cosine": cosine(exact, rows)} for key, rows in found.items()}
        check = check_of("1 - least cosine of the logits with fp32's", 1 - quality["yupu"]["least_cosine"], 0.02)
        if not check["passed"]:
            bench.failed(f"bf16/{name}", "fp32", check)
            return
        for size in SIZES:
            times = alternate(rounds(bench, name), {
                k: (lambda i, w=w: per_batch(w, batches_of(workload, size, i))) for k, w in workers.items()})
            for key, goal in (("PyTorch bf16", (1.4, 2)), ("PyTorch fp32", None)):
                bench.emit({"row": f"bf16/{name} B={size}", "against": key, "unit": "ms/batch",
                            "yupu": statistics.median(times["yupu"]), "peer": statistics.median(times[key]),
                            **ratio(times[key], times["yupu"]), "rounds": len(times[key]),
                            "goal": goal if size == 32 else None, "quality": quality, "check": check,
                            "texts": workload.about(), "weights": bench.weights(name)})


def tenants(bench, name):
    """64 texts of 64 tenants, each with an adapter of its own (r = 8, query and value), in one batch."""
    directory = bench.model(name, "tenants")
    workload = bench.workload()
    adapters = [str(bench.work / f"{name}-tenants" / str(i)) for i in range(64)]
    texts = workload.texts(64, skip=900)
    with bench.yupu() as ours, bench.torch() as peer:
        for worker in (ours, peer):
            worker.ask("tenants", model=str(directory), adapters=adapters)
        ask = lambda worker, adapted, rounds: worker.ask("mixed", texts=texts, adapted=adapted, rounds=rounds)
        checks = [check_of("logits of 64 tenants", largest(ask(ours, adapted, 1)["logits"], ask(peer, adapted, 1)["logits"]),
                           LOGIT_LIMIT) for adapted in (True, False)]
        check = max(checks, key=lambda c: c["difference"])
        if not check["passed"]:
            bench.failed(f"tenants/{name}", "transformers + PEFT", check)
            return
        timed = lambda worker, adapted: lambda _: ask(worker, adapted, 1)["ms"][0]
        times = alternate(rounds(bench, name), {
            "mixed": timed(ours, True), "base": timed(ours, False), "PEFT mixed": timed(peer, True)})
    for key, title, goal in (("base", "yupu's base alone", (0.92, 0.96)), ("PEFT mixed", "PEFT, one batch of 64 adapters", None)):
        bench.emit({"row": f"tenants/{name}", "against": title, "unit": "ms/batch of 64", "goal": goal,
                    "yupu": statistics.median(times["mixed"]), "peer": statistics.median(times[key]),
                    **ratio(times[key], times["mixed"]), "rounds": len(times[key]), "check": check,
                    "texts": workload.about(), "weights": bench.weights(name)})
