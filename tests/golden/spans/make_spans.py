#!/usr/bin/env python3
"""Records what seqeval makes of 10,000 random sequences in every scheme: spans.json beside this file.

    python3 -m venv venv && venv/bin/pip install seqeval==1.2.2 && venv/bin/python make_spans.py > spans.json

The sequences are not recorded: random_sequences() is reproduced by src/tasks/tokens/span_metrics_test.cc, draw for draw.
Recorded are the figures of all sequences together, as exact hexadecimal floats, and one hash per 100 sequences of every
span found, so that a difference is narrowed down to a hundred.
"""
import hashlib
import json
import warnings

from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support as lenient_scores
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_scores
from seqeval.scheme import IOB1, IOB2, IOBES, Entities

COUNT = 10_000
BLOCK = 100
TYPES = ["PER", "LOC", "ORG", "MISC", "地名"]
MASK = (1 << 64) - 1


class SplitMix64:
    """Steele, Lea, Flood 2014: the same draws in any language."""

    def __init__(self, seed):
        self.state = seed

    def below(self, bound):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return ((z ^ (z >> 31)) >> 11) % bound


def random_sequences(prefixes, seed):
    """Tags that mostly keep the type of the one before, and predictions that mostly keep the truth: many spans are right,
    and every neighbourhood occurs."""
    random = SplitMix64(seed)

    def tag(kind):
        prefix = prefixes[random.below(len(prefixes))]
        return "O" if prefix == "O" else prefix + "-" + TYPES[kind]

    truth, predicted = [], []
    for _ in range(COUNT):
        kind = random.below(len(TYPES))
        sentence, guess = [], []
        for _ in range(1 + random.below(16)):
            if random.below(10) >= 7:
                kind = random.below(len(TYPES))
            sentence.append(tag(kind))
            guess.append(tag(kind) if random.below(4) == 0 else sentence[-1])
        truth.append(sentence)
        predicted.append(guess)
    return truth, predicted


def exact(scores):
    return [[float(x).hex() for x in row] if hasattr(row, "__len__") else float(row).hex() for row in scores[:3]]


def hashes(spans_of, sequences):
    out = []
    for begin in range(0, COUNT, BLOCK):
        text = ""
        for i in range(begin, begin + BLOCK):
            text += "".join(f"{i} {kind} {start} {end}\n" for kind, start, end in spans_of(sequences[i]))
        out.append(hashlib.sha256(text.encode()).hexdigest()[:8])
    return out


def record(prefixes, seed, scheme):
    truth, predicted = random_sequences(prefixes, seed)
    if scheme is None:
        scores = lambda average: lenient_scores(truth, predicted, average=average)
        spans_of = lambda tags: [(kind, start, last + 1) for kind, start, last in get_entities(tags)]
    else:
        scores = lambda average: strict_scores(truth, predicted, average=average, scheme=scheme)
        spans_of = lambda tags: [(e.tag, e.start, e.end) for e in Entities([tags], scheme).entities[0]]
    each = scores(None)
    return {
        "prefixes": prefixes, "seed": seed, "types": sorted(TYPES), "support": [int(n) for n in each[3]],
        "each": exact(each), "micro": exact(scores("micro")), "macro": exact(scores("macro")),
        "weighted": exact(scores("weighted")), "truth_hashes": hashes(spans_of, truth),
        "predicted_hashes": hashes(spans_of, predicted),
    }


warnings.simplefilter("ignore")
print(json.dumps({
    "seqeval": "1.2.2", "count": COUNT, "block": BLOCK,
    "iob1 strict": record("OBI", 1, IOB1), "iob2 strict": record("OBI", 2, IOB2),
    "iobes strict": record("OBIES", 3, IOBES),
    "iob1 lenient": record("OBI", 4, None), "iob2 lenient": record("OBI", 5, None),
    "iobes lenient": record("OBIES", 6, None),
}, ensure_ascii=False, indent=0))
