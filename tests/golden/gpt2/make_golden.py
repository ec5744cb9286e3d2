#!/usr/bin/env python3
"""Makes the golden files beside it: a small GPT2LMHeadModel of the reference library over the vocabulary of
tests/golden/bpe, a batch of sequences, and what the reference computes for it in 64 bits: logits, loss, every gradient,
and the tokens it writes greedily.  Needs torch and transformers; read by src/model/decoder/golden_test.cc and
src/tasks/generate/golden_test.cc.

    python3 make_golden.py        (made with torch 2.15.0, transformers 5.24.0)
"""
import json
import pathlib
import shutil

import tokenizers
import torch
import transformers
from safetensors.torch import save_file

HERE = pathlib.Path(__file__).resolve().parent
SEQUENCES = [[5, 300, 41, 41, 7, 499, 0], [0, 17], [260, 261, 262, 8, 9, 10, 11, 260, 261, 3, 2, 1, 500]]
PROMPTS = [[5, 300, 41], [0], [17, 260, 261, 262], [7, 7, 7, 7, 7]]
TEXTS = ["Where is my parcel", "请取消", "The"]
NEW_TOKENS = 24

torch.manual_seed(5)
config = transformers.GPT2Config(vocab_size=501, n_positions=32, n_embd=16, n_layer=2, n_head=2, initializer_range=0.3,
                                 bos_token_id=0, eos_token_id=0)
model = transformers.GPT2LMHeadModel(config).eval()
with torch.no_grad():  # biases and norms that are not the neutral ones
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1:
            parameter.add_(0.1 * torch.randn_like(parameter))
model.save_pretrained(HERE / "model")
(HERE / "model" / "generation_config.json").unlink()
shutil.copy(HERE.parent / "bpe" / "json" / "tokenizer.json", HERE / "model" / "tokenizer.json")

model = model.double()
logits = [model(torch.tensor([ids])).logits[0] for ids in SEQUENCES]
loss = sum(torch.nn.functional.cross_entropy(z[:-1], torch.tensor(ids[1:]), reduction="sum")
           for z, ids in zip(logits, SEQUENCES))
loss.backward()
expected = {"loss": loss.detach().reshape(1), "logits": torch.cat(logits).detach()}
for name, parameter in model.named_parameters():
    expected["gradient." + name] = parameter.grad
save_file({name: value.float().contiguous() for name, value in expected.items()}, HERE / "expected.safetensors")

tokenizer = tokenizers.Tokenizer.from_file(str(HERE / "model" / "tokenizer.json"))
prompts = [(None, ids) for ids in PROMPTS] + [("", [0])] + [(text, tokenizer.encode(text).ids) for text in TEXTS]
written = []
for penalty in (1.0, 1.4):
    for text, prompt in prompts:
        out = model.generate(torch.tensor([prompt]), attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                             do_sample=False, max_new_tokens=NEW_TOKENS, repetition_penalty=penalty, pad_token_id=0)[0].tolist()
        written.append({"text": text, "prompt": prompt, "repetition_penalty": penalty, "tokens": out[len(prompt):]})
(HERE / "cases.json").write_text(json.dumps({"sequences": SEQUENCES, "new_tokens": NEW_TOKENS, "greedy": written}) + "\n")
