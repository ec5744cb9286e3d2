"""What the outputs of a cell's commands say, as {"figure": number}.  Every reader gets the outputs and the folder of the groups."""
import csv
import io
import json
import re

from quality import files

OF_TRAINING = ("train.seconds", "train.best_epoch", "model.parameters")


def _tested(outputs, wanted, step=0):
    """The named figures of the report that `yupu train --json` ends with."""
    found = json.loads(outputs[step])["figures"]
    return {name: found[name] for name in wanted if name in found}


def labels(outputs, _data):
    return _tested(outputs, ("test.accuracy", "test.macro_f1", "test.calibration_error", "valid.accuracy", *OF_TRAINING), step=-1)


def spans(outputs, _data):
    """Spans; and for the set that is judged by words too, each tag's row of the report over words."""
    found = _tested(outputs, ("test.span_f1", "test.span_precision", "test.span_recall", "test.token_accuracy", "valid.span_f1",
                              *OF_TRAINING))
    if len(outputs) == 1:
        return found
    words = json.loads(outputs[1])["tokens"]
    rows = {**words["labels"], **{name: words[name] for name in ("macro avg", "weighted avg")}}
    for name, row in rows.items():
        for figure in ("precision", "recall", "f1-score", "support"):
            found[f"words.{name}.{figure}"] = row[figure]
    found["words.accuracy"] = words["accuracy"]
    return found


def _decided(report, prefix):
    """What the thresholds, which calibration chose on validation rows, do with texts in scope and out of it."""
    decided = report["decisions"]
    in_scope = decided["answered"] + decided["clarified"] + decided["refused"]
    return {f"{prefix}.recall": 1 - decided["out_of_scope_answered"] / decided["out_of_scope"],
            f"{prefix}.in_answered": decided["answered"] / in_scope,
            f"{prefix}.in_answered_right": decided["answered_right"] / in_scope}


def scope(outputs, _data):
    """A classifier as it is calibrated by default, and once more with a gate: the last and only report that knows what the gate
    reads, so the scores are compared there."""
    plain, gated = json.loads(outputs[2]), json.loads(outputs[4])
    found = {"test.accuracy": plain["accuracy"], "test.macro_f1": plain["macro avg"]["f1-score"],
             "test.calibration_error": plain["expected_calibration_error"], **_decided(plain, "scope"),
             **_decided(gated, "gated")}
    for score, of_score in gated["scope"].items():
        found[f"scope.{score}.auroc"] = of_score["auroc"]
        found[f"scope.{score}.fpr95"] = of_score["fpr95"]
    return {**found, **_tested(outputs, ("valid.accuracy", *OF_TRAINING))}


def reranked(outputs, _data):
    return _tested(outputs, ("test.mrr@10", "test.ndcg@10", "test.recall@1", "test.bm25.mrr@10", "test.bm25.recall@1", "valid.mrr@10",
                             *OF_TRAINING))


def same_or_not(outputs, _data):
    return _tested(outputs, ("test.average_precision", "test.auroc", "test.accuracy", "valid.average_precision", *OF_TRAINING))


def kinds(outputs, _data):
    return _tested(outputs, ("test.micro_f1", "test.macro_f1", "test.exact_match", "test.average_precision", "valid.average_precision",
                             *OF_TRAINING))


def rank_of_right(scores, right):
    """From 1; candidates with the score of the right one stand before it."""
    return sum(score >= scores[right] for score in scores)


def ranking(ranks):
    return {"test.mrr@10": sum(1 / rank for rank in ranks if rank <= 10) / len(ranks),
            "test.recall@1": sum(rank == 1 for rank in ranks) / len(ranks)}


def faq_vectors(outputs, data):
    """The candidates of each question of faq.test.csv in the order of the cosine of their vectors."""
    unit = {}
    for line in outputs[-1].splitlines():
        row = json.loads(line)
        length = sum(x * x for x in row["embedding"]) ** 0.5
        unit[files.one_line(row["text"])] = [x / length for x in row["embedding"]] if length else row["embedding"]
    groups = {}
    for row in files.read_csv(data / "pairs" / "faq.test.csv"):
        groups.setdefault(row["query"], []).append(row)
    ranks = []
    for rows in groups.values():
        question = unit[files.one_line(rows[0]["text"])]
        scores = [sum(x * y for x, y in zip(question, unit[files.one_line(row["text_b"])])) for row in rows]
        ranks.append(rank_of_right(scores, [row["label"] for row in rows].index("1")))
    return ranking(ranks)


def linear_floor(outputs, _data):
    row = next(csv.DictReader(io.StringIO(outputs[-1])))
    return {"test.accuracy": float(row["accuracy"]), "test.macro_f1": float(row["macro_f1"])}


def fasttext_floor(outputs, _data):
    """The better of the peer's two settings, judged in its favour on the test rows themselves."""
    return {"test.accuracy": max(json.loads(line)["accuracy"] for line in outputs[-1].splitlines() if line.startswith("{"))}


MULTILABEL_NAMES = {"micro F1": "test.micro_f1", "macro F1": "test.macro_f1", "exact match": "test.exact_match",
                    "average precision": "test.average_precision"}


def multilabel_floor(outputs, _data):
    return {figure: float(re.search(rf"{name} ([\d.]+)", outputs[-1])[1]) for name, figure in MULTILABEL_NAMES.items()}
