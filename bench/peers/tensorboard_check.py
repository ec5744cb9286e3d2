#!/usr/bin/env python3
"""Reads what `yupu train --track tensorboard:DIR` wrote with TensorBoard's own reader, and checks it against the run.

    python3 -m venv venv && venv/bin/pip install tensorboard
    build/release/yupu train ... --out MODEL --track tensorboard:runs --json > train.json
    venv/bin/python bench/peers/tensorboard_check.py runs/MODEL train.json

Exit 1 and one line per finding when something is missing or differs.
"""
import json
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2


def f32(value):
    return struct.unpack("<f", struct.pack("<f", value))[0]


def main(folder, train_json):
    result = json.load(open(train_json))
    everything = {"scalars": 0, "histograms": 0, "tensors": 0, "images": 0, "audio": 0, "compressedHistograms": 0}
    accumulator = EventAccumulator(folder, size_guidance=everything)
    accumulator.Reload()
    tags = accumulator.Tags()
    findings = []

    def expect(condition, what):
        if not condition:
            findings.append(what)

    for tag in ("train/loss", "train/learning_rate", "train/grad_norm"):
        expect(tag in tags["scalars"], f"no scalar {tag}")
        steps = [event.step for event in accumulator.Scalars(tag)]
        expect(steps == list(range(1, result["steps"] + 1)), f"{tag}: steps {steps[:3]}...{steps[-3:]}")
    valid = [name for name in tags["scalars"] if name.startswith("eval/")]
    expect(len(valid) == 1, f"validation figures: {valid}")
    read = [event.value for event in accumulator.Scalars(valid[0])]
    wanted = [f32(epoch["valid"]) for epoch in result["epochs"]]
    expect(read == wanted, f"{valid[0]}: {read} instead of {wanted}")
    losses = [event.value for event in accumulator.Scalars("train/epoch_loss")]
    expect(losses == [f32(epoch["train_loss"]) for epoch in result["epochs"]], "train/epoch_loss differs")
    for name, value in result["figures"].items():
        read = [event.value for event in accumulator.Scalars("result/" + name)]
        expect(read == [f32(value)], f"result/{name}: {read} instead of {value}")
    expect(len(tags["histograms"]) > 4, f"histograms: {tags['histograms']}")
    for tag in tags["histograms"]:
        for event in accumulator.Histograms(tag):
            h = event.histogram_value
            expect(abs(sum(h.bucket) - h.num) < 0.5, f"{tag}: buckets hold {sum(h.bucket)} of {h.num}")
            expect(list(h.bucket_limit) == sorted(h.bucket_limit), f"{tag}: limits are not in order")
    metadata = accumulator.summary_metadata
    expect("run/options" in metadata and metadata["run/options"].plugin_data.plugin_name == "text", "no text run/options")
    for tag in ("_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info"):
        expect(tag in metadata, f"no {tag}")
    content = plugin_data_pb2.HParamsPluginData.FromString(
        metadata["_hparams_/session_start_info"].plugin_data.content)
    hparams = content.session_start_info.hparams
    expect("lr" in hparams and hparams["lr"].number_value > 0, "hparams: no lr")
    print("\n".join(findings) if findings else
          f"{folder}: {result['steps']} steps, {len(tags['scalars'])} scalars, {len(tags['histograms'])} histograms, "
          f"{len(hparams)} hparams: as trained")
    return 1 if findings else 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
