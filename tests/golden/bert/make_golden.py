#!/usr/bin/env python3
"""Numbers of the reference library for a tiny random BERT classifier, which src/model and src/tasks are tested against.

    make_golden.py OUT      (model/ written with transformers 4.36.2, torch 1.13.1; expected numbers with transformers
                             5.24.0, torch 2.15.0, in 64 bits from the same 32-bit weights; one thread)

OUT/model/              config.json and model.safetensors as the reference library saves them; kept when there
OUT/expected.safetensors
    hidden.{0..L}       (N,C) embedding output and each layer, the real tokens of all sequences end to end
    pooled, logits      (B,C), (B,K)
    grad.NAME           gradient of the mean cross entropy
    stepI.NAME          weights after I = 1, 2, 10 AdamW steps on the same batch
OUT/cases.json          the batch, the losses before each of the 10 steps, AdamW's settings, and how far the reference
                        library itself is from these numbers when it computes in 32 bits

Dropout is 0.  AdamW's epsilon is 1e-4: the gradient of a key bias is zero in exact arithmetic, and a smaller epsilon
would turn its rounding noise into steps of full size.
"""
import json
import pathlib
import sys

import torch
import transformers
from safetensors.torch import save_file

ADAMW = {"lr": 0.003, "beta1": 0.9, "beta2": 0.999, "eps": 1e-4, "weight_decay": 0.01}
LENGTHS = [3, 24, 1, 9, 16]
LABELS = [2, 0, 4, 1, 2]
SMOOTHING = 0.1
STEPS = 10
KEPT_STEPS = (1, 2, 10)


def make_model(out):
    if (out / "model" / "model.safetensors").exists():
        return
    config = transformers.BertConfig(
        vocab_size=50, hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=64,
        max_position_embeddings=24, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, num_labels=5,
        initializer_range=0.25)
    torch.manual_seed(20261124)
    model = transformers.BertForSequenceClassification(config)
    for name, parameter in model.named_parameters():  # biases and layer norms too must matter
        if parameter.dim() == 1:
            parameter.data += 0.1 * torch.randn_like(parameter)
    model.save_pretrained(out / "model", safe_serialization=True)


def make_batch():
    generator = torch.Generator().manual_seed(7)
    longest = max(LENGTHS)
    ids = torch.zeros(len(LENGTHS), longest, dtype=torch.long)
    types = torch.zeros_like(ids)
    mask = torch.zeros_like(ids)
    for row, length in enumerate(LENGTHS):
        ids[row, :length] = torch.randint(1, 50, (length,), generator=generator)
        types[row, length // 2:length] = row % 2
        mask[row, :length] = 1
    return ids, types, mask


def numbers(out, dtype):
    """(expected tensors, losses) of the reference library computing in `dtype`."""
    model = transformers.BertForSequenceClassification.from_pretrained(
        out / "model", attn_implementation="eager", local_files_only=True).to(dtype).train()
    ids, types, mask = make_batch()
    labels = torch.tensor(LABELS)
    keep = mask.bool()
    inputs = {"input_ids": ids, "token_type_ids": types, "attention_mask": mask}
    expected = {}
    base = model.bert(**inputs, output_hidden_states=True)
    for layer, state in enumerate(base.hidden_states):
        expected[f"hidden.{layer}"] = state[keep]
    expected["pooled"] = base.pooler_output
    logits = model(**inputs).logits
    expected["logits"] = logits
    smoothed = torch.nn.functional.cross_entropy(logits, labels, label_smoothing=SMOOTHING).item()

    decays = [p for p in model.parameters() if p.dim() > 1]
    others = [p for p in model.parameters() if p.dim() == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decays, "weight_decay": ADAMW["weight_decay"]}, {"params": others, "weight_decay": 0.0}],
        lr=ADAMW["lr"], betas=(ADAMW["beta1"], ADAMW["beta2"]), eps=ADAMW["eps"])
    losses = []
    for step in range(1, STEPS + 1):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(**inputs).logits, labels)
        loss.backward()
        losses.append(loss.item())
        if step == 1:
            expected.update({f"grad.{n}": p.grad.clone() for n, p in model.named_parameters()})
        optimizer.step()
        if step in KEPT_STEPS:
            expected.update({f"step{step}.{n}": p.detach().clone() for n, p in model.named_parameters()})
    return {n: t.detach() for n, t in expected.items()}, losses, smoothed


def own_error(exact, rounded):
    """The largest difference in each kind of number."""
    kinds = {}
    for name, tensor in exact.items():
        kind = name.split(".")[0]
        difference = (tensor - rounded[name].double()).abs().max().item()
        kinds[kind] = max(kinds.get(kind, 0.0), difference)
    return kinds


def main(out):
    torch.set_num_threads(1)
    make_model(out)
    exact, losses, smoothed = numbers(out, torch.float64)
    rounded, rounded_losses, _ = numbers(out, torch.float32)
    save_file({n: t.float().contiguous() for n, t in exact.items()}, str(out / "expected.safetensors"))
    ids, types, _ = make_batch()
    cases = {
        "transformers": transformers.__version__, "torch": torch.__version__, "adamw": ADAMW,
        "sequences": [{"ids": ids[r, :n].tolist(), "types": types[r, :n].tolist(), "label": LABELS[r]}
                      for r, n in enumerate(LENGTHS)],
        "loss": losses[0], "label_smoothing": SMOOTHING, "smoothed_loss": smoothed, "losses": losses,
        "own_error": {**own_error(exact, rounded), "losses": max(abs(a - b) for a, b in zip(losses, rounded_losses))},
    }
    (out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
