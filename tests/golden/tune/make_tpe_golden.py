#!/usr/bin/env python3
"""Log densities of Optuna's Parzen estimator on fixed observations, for src/training/tune/parzen_test.cc.

python3 -m venv V && V/bin/pip install optuna==5.0.0 && V/bin/python make_tpe_golden.py > tpe_densities.json
"""
import json

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_gamma, default_weights

# Of equal observations Optuna leaves the order to numpy's default sort, which differs from processor to processor; here
# the older comes first.
_argsort = np.argsort
np.argsort = lambda values, *_, **__: _argsort(values, kind="stable")

PARAMETERS = _ParzenEstimatorParameters(1.0, True, False, default_weights, True)


def distribution(item):
    if item["type"] == "categorical":
        return CategoricalDistribution(item["choices"])
    if item["type"] == "int":
        return IntDistribution(item["low"], item["high"], step=item["step"], log=item["log"])
    step = item["step"] or None
    return FloatDistribution(item["low"], item["high"], step=step, log=item["log"])


def draw(rng, item):
    if item["type"] == "categorical":
        return int(rng.integers(len(item["choices"])))
    if item["log"]:
        value = float(np.exp(rng.uniform(np.log(item["low"]), np.log(item["high"]))))
        return int(round(value)) if item["type"] == "int" else value
    if item["step"]:
        count = int(round((item["high"] - item["low"]) / item["step"]))
        return item["low"] + item["step"] * int(rng.integers(count + 1))
    return float(rng.uniform(item["low"], item["high"]))


def number(name, kind, low, high, step=0, log=False):
    return {"name": name, "type": kind, "low": low, "high": high, "step": step, "log": log}


LR = number("lr", "float", 1e-6, 1e-1, log=True)
DROPOUT = number("dropout", "float", 0.0, 0.5)
SMOOTHING = number("label_smoothing", "float", 0.0, 0.5, step=0.05)
BATCH = number("batch_tokens", "int", 256, 2048, step=256)
RANK = number("rank", "int", 1, 64, step=1, log=True)
CONFIG = {"name": "config", "type": "categorical", "choices": ["tiny", "mini", "small"]}
CASES = [([LR], 0), ([LR], 1), ([LR], 2), ([DROPOUT], 7), ([SMOOTHING], 5), ([BATCH], 9), ([RANK], 6), ([CONFIG], 0),
         ([CONFIG], 8), ([LR], 26), ([DROPOUT], 60), ([LR], 150), ([LR, DROPOUT, SMOOTHING, BATCH, RANK, CONFIG], 12),
         ([LR, DROPOUT, SMOOTHING, BATCH, RANK, CONFIG], 40)]


def main():
    rng = np.random.default_rng(20261125)
    cases = []
    for space, count in CASES:
        observations = [[draw(rng, item) for item in space] for _ in range(count)]
        points = [[draw(rng, item) for item in space] for _ in range(6)]
        names = [item["name"] for item in space]
        columns = {name: np.array([row[i] for row in observations], dtype=float) for i, name in enumerate(names)}
        asked = {name: np.array([row[i] for row in points], dtype=float) for i, name in enumerate(names)}
        estimator = _ParzenEstimator(columns, {item["name"]: distribution(item) for item in space}, PARAMETERS)
        cases.append({"space": space, "observations": observations, "points": points,
                      "log_density": [float(value) for value in estimator.log_pdf(asked)]})
    gamma = {str(n): int(default_gamma(n)) for n in (1, 9, 10, 11, 40, 250, 400)}
    weights = {str(n): [float(w) for w in default_weights(n)] for n in (3, 25, 26, 30)}
    print(json.dumps({"optuna": optuna.__version__, "gamma": gamma, "weights": weights, "cases": cases}))


if __name__ == "__main__":
    main()
