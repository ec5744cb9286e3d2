#!/usr/bin/env python3
"""Reads what `yupu train --track wandb:DIR` wrote with the reader of the wandb package, and checks it against the run.

    python3 -m venv venv && venv/bin/pip install wandb==0.19.11     (the last minor whose reader is in Python)
    build/release/yupu train ... --track wandb:wandb --json > train.json
    venv/bin/python bench/peers/wandb_check.py wandb/offline-run-*/run-*.wandb train.json

Exit 1 and one line per finding.
"""
import json
import sys

from wandb.proto import wandb_internal_pb2
from wandb.sdk.internal.datastore import DataStore


def records(path):
    store = DataStore()
    store.open_for_scan(path)
    while (data := store.scan_data()) is not None:
        record = wandb_internal_pb2.Record()
        record.ParseFromString(data)
        unknown = record.SerializeToString() != data
        yield record, unknown


def main(path, train_json):
    result = json.load(open(train_json))
    findings = []

    def expect(condition, what):
        if not condition:
            findings.append(what)

    kinds, history, summary, config = [], {}, {}, {}
    for record, unknown in records(path):
        kind = record.WhichOneof("record_type")
        kinds.append(kind)
        expect(not unknown, f"record {record.num} ({kind}) does not survive parsing and writing")
        expect(record.num == len(kinds), f"record {len(kinds)} has the number {record.num}")
        if kind == "run":
            config = {item.key: json.loads(item.value_json) for item in record.run.config.update}
        elif kind == "history":
            step = record.history.step.num
            history[step] = {"/".join(i.nested_key): json.loads(i.value_json) for i in record.history.item}
        elif kind == "summary":
            summary.update({"/".join(i.nested_key): json.loads(i.value_json) for i in record.summary.update})
        elif kind == "exit":
            expect(record.exit.exit_code == 0, f"exit code {record.exit.exit_code}")
    expect(kinds[:2] == ["header", "run"] and kinds[-2:] == ["summary", "exit"], f"kinds {kinds[:3]}...{kinds[-3:]}")
    expect(list(history) == list(range(1, result["steps"] + 1)), f"{len(history)} steps of {result['steps']}")
    valid = [items["eval/accuracy"] for items in history.values() if "eval/accuracy" in items]
    expect(valid == [epoch["valid"] for epoch in result["epochs"]], f"eval/accuracy: {valid}")
    expect(any("histogram" == items.get(key) for items in history.values() for key in items if key.endswith("_type")),
           "no histogram")
    for name, value in result["figures"].items():
        expect(summary.get("result/" + name) == value, f"result/{name}: {summary.get('result/' + name)} not {value}")
    expect(config.get("seed") == 1, f"config: {config}")
    print("\n".join(findings) if findings else
          f"{path}: {len(kinds)} records, {len(history)} steps, {len(config)} options: as trained")
    return 1 if findings else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
