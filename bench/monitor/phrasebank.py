"""Sentiment on labelled financial sets: seeded splits, 80 % to train on (a tenth of it chooses the epoch), 20 % to
test on; accuracy, macro F1 and what matters to an alarm, recall and precision of the negative class; in fp32 and in
the int8 the monitor may run.
"""

import statistics

from monitor import base, sets

# Of five recipes the one with the best validation rows of splits 2 and 3 of the English set.
FROM_BASE = (
    "--base yupu-base --lr 3e-4 --epochs 8 --patience 3 --batch-tokens 1024 --max-length 128 --label-smoothing 0.1"
)
FROM_CHECKPOINT = "--base {checkpoint} --lr 1e-4 --epochs 6 --batch-size 32 --batch-tokens 1024 --max-length 128"


def splits(rows, seed):
    """train, valid, test."""
    train, test = base.split(rows, [0.8], seed)
    valid, train = base.split(train, [0.1], seed)
    return train, valid, test


def figures_of(report):
    negative = report["labels"]["negative"]
    return {
        "accuracy": report["accuracy"],
        "macro F1": report["macro avg"]["f1-score"],
        "negative recall": negative["recall"],
        "negative precision": negative["precision"],
    }


def settings(options):
    found = {"yupu-base": options.base_options or FROM_BASE}
    if options.checkpoint:
        found["all-MiniLM-L6-v2"] = options.checkpoint_options or FROM_CHECKPOINT.format(checkpoint=options.checkpoint)
    return found


def run(options):
    program = base.Program(options.yupu, options.workdir / "sentiment", options.threads)
    names = options.sets or list(sets.SETS)
    for name in names:
        rows = sets.read(name, options.data)
        for start, command in settings(options).items():
            if start != "yupu-base" and name.endswith("-zh"):
                continue  # the checkpoint has no Chinese
            by_seed = []
            for seed in range(1, options.seeds + 1):
                by_seed.append(measure(program, name, rows, start, command, seed))
                base.tell("phrasebank", name, start, f"split {seed}", **by_seed[-1])
            base.tell(
                "phrasebank",
                name,
                start,
                f"mean of {options.seeds} splits",
                **{key: round(statistics.mean(one[key] for one in by_seed), 4) for key in by_seed[0]},
            )


def measure(program, name, rows, start, command, seed):
    files = {}
    for part, of_part in zip(("train", "valid", "test"), splits(rows, seed)):
        files[part] = sets.write(program.workdir / f"{name}-{seed}-{part}.csv", of_part)
    model = program.train(f"{name}-{seed}-{start}", files["train"], files["valid"], command, seed)
    evaluated = lambda directory: figures_of(
        program.json("evaluate", "--model", directory, "--data", files["test"], "--text", "text", "--label", "label")
    )
    found = evaluated(model)
    small = evaluated(program.quantized(model))
    return {
        **found,
        "int8 accuracy": small["accuracy"],
        "int8 macro F1": small["macro F1"],
        "int8 negative recall": small["negative recall"],
        "int8 negative precision": small["negative precision"],
        "training rows": len(splits(rows, seed)[0]),
        "test rows": len(splits(rows, seed)[2]),
    }
