"""Planted surges: the volumes of the Numenta Anomaly Benchmark's tweets, documents drawn from three labelled financial
sets (English and Chinese), each read by a classifier of ours, trained on other rows of the sets and run with int8
weights. monitor_detect_surge_bench does the rest.
"""

import json
import subprocess

from monitor import base, phrasebank, sets

POOL_SHARE = 0.4  # of each set: what documents are drawn from; the rest trains, a tenth of it chooses the epoch
SCENARIOS = {  # what a surge consists of, and how much of the real volume is about the topic
    "own texts": ["--thin", "1", "--crisis-texts", "0"],
    "20 texts": ["--thin", "1", "--crisis-texts", "20"],
    "own texts, 30 % of the volume": ["--thin", "0.3", "--crisis-texts", "0"],
}


def pooled(data, names, seed):
    """train, valid and pool rows of all sets together."""
    parts = ([], [], [])
    for name in names:
        pool, rest = base.split(sets.read(name, data), [POOL_SHARE], seed)
        valid, train = base.split(rest, [0.1], seed)
        for part, rows in zip(parts, (train, valid, pool)):
            part.extend(rows)
    return parts


def answers(program, model, rows, name):
    """What the model says of each text: the label of the highest score."""
    texts = program.workdir / f"{name}.txt"
    texts.write_text("".join(text + "\n" for text, _ in rows), encoding="utf-8")
    said = [
        json.loads(line)["label"]
        for line in program.run("predict", "--model", model, "--top-k", 1, texts.name).splitlines()
    ]
    assert len(said) == len(rows), f"{len(said)} answers to {len(rows)} texts"
    return said


def quality(rows, said):
    """How well the answers separate negative texts from the others."""
    negative = [answer == "negative" for (_, label), answer in zip(rows, said) if label == "negative"]
    other = [answer == "negative" for (_, label), answer in zip(rows, said) if label != "negative"]
    return {
        "texts": len(rows),
        "accuracy": round(sum(label == answer for (_, label), answer in zip(rows, said)) / len(rows), 4),
        "negative recall": round(sum(negative) / len(negative), 4),
        "others taken for negative": round(sum(other) / len(other), 4),
    }


def scored(program, options, classifier, names, command):
    train, valid, pool = pooled(options.data, names, 1)
    files = [
        sets.write(program.workdir / f"{classifier}-{part}.csv", rows)
        for part, rows in (("train", train), ("valid", valid))
    ]
    model = program.quantized(program.train(classifier, *files, command))
    said = answers(program, model, pool, f"{classifier}-pool")
    path = program.workdir / f"{classifier}-scored.tsv"
    path.write_text("".join(f"{label}\t{answer}\n" for (_, label), answer in zip(pool, said)), encoding="utf-8")
    base.tell("surges", "classifier", classifier, "int8", **quality(pool, said), **{"trained on": len(train)})
    return path


def run(options):
    program = base.Program(options.yupu, options.workdir / "surges", options.threads)
    classifiers = {"yupu-base, Chinese and English": (list(sets.SETS), phrasebank.settings(options)["yupu-base"])}
    if options.checkpoint:
        classifiers["all-MiniLM-L6-v2, English"] = (["phrasebank-en"], phrasebank.settings(options)["all-MiniLM-L6-v2"])
    series = sorted((options.data / "nab-tweets" / "realTweets").glob("*.csv"))
    bench = options.surge_bench or options.yupu.parent / "src/products/monitor/detect/monitor_detect_surge_bench"
    for number, (classifier, (names, command)) in enumerate(classifiers.items()):
        texts = scored(program, options, f"classifier{number}", names, command)
        for scenario, flags in SCENARIOS.items():
            if number > 0 and scenario != "own texts":
                continue
            peers = number == 0 and scenario == "own texts"
            words = [
                bench,
                *series,
                "--scored",
                texts,
                *flags,
                "--seed",
                options.first_seed,
                "--seeds",
                options.seeds,
                "--plants",
                options.plants,
                "--threads",
                options.threads,
                "--peers",
                int(peers),
                "--json",
                1,
                *options.rule,
            ]
            done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=False)
            if done.returncode != 0:
                raise SystemExit(f"{bench}: {done.stderr}")
            for line in done.stdout.splitlines():
                if not line.startswith("{"):
                    base.note(line)
                    continue
                row = json.loads(line)
                base.tell(
                    "surges",
                    f"{scenario}; {classifier}",
                    f"{row.pop('hours')}, {row.pop('series')}",
                    row.pop("detector"),
                    **{key: value for key, value in row.items() if key != "part"},
                )
