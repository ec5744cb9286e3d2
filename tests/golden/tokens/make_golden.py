#!/usr/bin/env python3
"""Makes the golden files beside it: a small BertForTokenClassification of the reference library, tagged sentences, and what
the reference computes for them in 64 bits.  Needs torch and transformers; read by src/tasks/tokens/golden_test.cc.

    python3 make_golden.py        (made with torch 2.15.0, transformers 5.24.0)

Words are aligned by the reference's own fast tokenizer (is_split_into_words, word_ids): the first piece of a word has its
label, every other token -100.
"""
import json
import pathlib

import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
SENTENCES = [
    (["Anna", "lives", "in", "Newharbour", "."], [1, 0, 0, 3, 0]),
    (["Anna", "Littlewood", "-", "Reed"], [1, 2, 2, 2]),
    (["王", "芳", "住", "在", "青", "石", "镇"], [1, 2, 0, 0, 3, 4, 4]),
    (["unknowable", "Harbour"], [0, 3]),
]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "anna", "lives", "in", "new", "##harbour", "harbour", ".", "little",
              "##wood", "-", "reed", "王", "芳", "住", "在", "青", "石"]

torch.manual_seed(12)
config = transformers.BertConfig(
    vocab_size=len(VOCABULARY), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=32,
    max_position_embeddings=24, initializer_range=0.3, id2label=dict(enumerate(LABELS)),
    label2id={label: i for i, label in enumerate(LABELS)}, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)
model = transformers.BertForTokenClassification(config).train()
with torch.no_grad():  # biases and norms that are not the neutral ones
    for _, parameter in model.named_parameters():
        if parameter.dim() == 1:
            parameter.add_(0.1 * torch.randn_like(parameter))
model.save_pretrained(HERE / "model")
(HERE / "model/vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
tokenizer = transformers.BertTokenizerFast(vocab={token: i for i, token in enumerate(VOCABULARY)}, do_lower_case=True)

model = model.double()
losses, logits, cases = [], [], []
for words, labels in SENTENCES:
    encoded = tokenizer(words, is_split_into_words=True, return_tensors="pt")
    word_ids = encoded.word_ids(0)
    rows = [i for i, word in enumerate(word_ids) if word is not None and word != word_ids[i - 1]]
    out = model(**encoded).logits[0][rows]
    logits.append(out)
    losses.append(torch.nn.functional.cross_entropy(out, torch.tensor(labels), reduction="sum"))
    cases.append({"words": words, "labels": labels, "ids": encoded["input_ids"][0].tolist(), "rows": rows})
sum(losses).backward()
parameters = dict(model.named_parameters())
expected = {"loss": sum(losses).reshape(1), "logits": torch.cat(logits)}
for name in ("bert.embeddings.word_embeddings.weight", "bert.encoder.layer.1.output.dense.weight", "classifier.weight",
             "classifier.bias"):
    expected["gradient." + name] = parameters[name].grad
save_file({name: value.detach().contiguous() for name, value in expected.items()}, HERE / "expected.safetensors")
(HERE / "cases.json").write_text(json.dumps({"sentences": cases}, ensure_ascii=False) + "\n")
