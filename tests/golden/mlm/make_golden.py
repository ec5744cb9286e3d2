#!/usr/bin/env python3
"""Makes the golden files beside it: a small BertForMaskedLM of the reference library, a batch with hidden tokens, and what
the reference computes for it in 64 bits.  Needs torch and transformers; read by src/tasks/mlm/golden_test.cc.

    python3 make_golden.py        (made with torch 2.15.0, transformers 5.24.0)
"""
import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
SEQUENCES = [[2, 4, 9, 10, 4, 12, 3], [2, 20, 4, 3], [2, 31, 32, 33, 34, 4, 36, 37, 17, 3]]
HIDDEN = [[(1, 8), (4, 11), (5, 12)], [(2, 21)], [(5, 35), (8, 38)]]  # (position, label); 17 is a token put in place of 38

torch.manual_seed(11)
config = transformers.BertConfig(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
                                 intermediate_size=32, max_position_embeddings=16, initializer_range=0.3)
model = transformers.BertForMaskedLM(config).eval()
with torch.no_grad():  # biases and norms that are not the neutral ones
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1:
            parameter.add_(0.1 * torch.randn_like(parameter))
model.save_pretrained(HERE / "model")
vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + [f"w{i}" for i in range(5, 40)]
(HERE / "model/vocab.txt").write_text("\n".join(vocabulary) + "\n")

model = model.double()
loss = torch.zeros((), dtype=torch.float64)
logits = []
for ids, hidden in zip(SEQUENCES, HIDDEN):
    out = model(torch.tensor([ids])).logits[0]
    rows = out[[p for p, _ in hidden]]
    logits.append(rows)
    loss = loss + torch.nn.functional.cross_entropy(rows, torch.tensor([y for _, y in hidden]), reduction="sum")
loss.backward()
parameters = dict(model.named_parameters())
expected = {"loss": loss.reshape(1), "logits": torch.cat(logits)}
for name in ("bert.embeddings.word_embeddings.weight", "bert.encoder.layer.0.attention.self.value.weight",
             "cls.predictions.bias", "cls.predictions.transform.dense.weight", "cls.predictions.transform.LayerNorm.weight"):
    expected["gradient." + name] = parameters[name].grad
save_file({name: value.detach().contiguous() for name, value in expected.items()}, HERE / "expected.safetensors")
(HERE / "cases.json").write_text(json.dumps({"sequences": SEQUENCES, "hidden": HIDDEN}) + "\n")
