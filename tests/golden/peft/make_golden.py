#!/usr/bin/env python3
"""Adapters of the PEFT library on the base of tests/golden/bert, which src/model/adapters is tested against.

    make_golden.py BERT OUT      (BERT: tests/golden/bert; written with peft 0.21.2, transformers 5.23.0, torch 2.15.0)

OUT/lora/, OUT/adalora/     adapter_config.json, adapter_model.safetensors as PEFT saves them (adalora: after training)
OUT/expected.safetensors
    lora.logits, lora.grad.NAME      of the mean cross entropy, NAME as in the file without "base_model.model."
    adalora.start.NAME               where training began
    adalora.masks                    (T, n*rank) which singular values are not zero after each update
    adalora.losses                   (T) task loss and regulariser
    adalora.logits                   of the saved adapter, opened again
OUT/cases.json              settings
"""
import json
import pathlib
import sys

import peft
import torch
import transformers
from safetensors.torch import load_file, save_file

TARGETS = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
ADAMW = {"lr": 0.01, "beta1": 0.9, "beta2": 0.999, "eps": 1e-4, "weight_decay": 0.01}
ADALORA = {"init_r": 4, "target_r": 2, "tinit": 4, "tfinal": 6, "deltaT": 2, "total_step": 24, "beta1": 0.85,
           "beta2": 0.8, "orth_reg_weight": 0.3, "lora_alpha": 8}
BASE = "../../bert/model"


def base_model(bert):
    return transformers.BertForSequenceClassification.from_pretrained(bert / "model").eval()


def batch_of(bert):
    sequences = json.loads((bert / "cases.json").read_text())["sequences"]
    longest = max(len(s["ids"]) for s in sequences)
    rows = lambda key: torch.tensor([s[key] + [0] * (longest - len(s[key])) for s in sequences])
    mask = torch.tensor([[1] * len(s["ids"]) + [0] * (longest - len(s["ids"])) for s in sequences])
    return {"input_ids": rows("ids"), "token_type_ids": rows("types"), "attention_mask": mask,
            "labels": torch.tensor([s["label"] for s in sequences])}


def plain(name):
    return name.replace("base_model.model.", "").replace(".modules_to_save", "").replace(".default", "")


def trained(model):
    return {plain(n): p for n, p in model.named_parameters() if p.requires_grad}


def save(model, path):
    model.peft_config["default"].base_model_name_or_path = BASE
    model.save_pretrained(path)
    (path / "README.md").unlink()
    (path / "adapter_model.safetensors").chmod(0o644)


def lora(bert, out, expected):
    torch.manual_seed(3)
    config = peft.LoraConfig(r=3, lora_alpha=6, lora_dropout=0.0, target_modules=["query", "value", "intermediate.dense"],
                             task_type="SEQ_CLS", use_rslora=True)
    model = peft.get_peft_model(base_model(bert), config).eval()
    for name, parameter in trained(model).items():
        if "lora_B" in name:
            torch.nn.init.normal_(parameter, std=0.2)
    result = model(**batch_of(bert))
    result.loss.backward()
    expected["lora.logits"] = result.logits.detach()
    for name, parameter in trained(model).items():
        expected["lora.grad." + name] = parameter.grad.clone()
    save(model, out / "lora")
    return {"loss": result.loss.item()}


def adalora(bert, out, expected):
    torch.manual_seed(4)
    config = peft.AdaLoraConfig(target_modules=TARGETS, lora_dropout=0.0, task_type="SEQ_CLS", **ADALORA)
    model = peft.get_peft_model(base_model(bert), config).eval()
    parameters = trained(model)
    for name, parameter in parameters.items():
        expected["adalora.start." + name] = parameter.detach().clone()
    optimizer = torch.optim.AdamW(parameters.values(), lr=ADAMW["lr"], betas=(ADAMW["beta1"], ADAMW["beta2"]),
                                  eps=ADAMW["eps"], weight_decay=ADAMW["weight_decay"])
    names = sorted((n for n in parameters if n.endswith("lora_E")), key=order)
    masks, losses = [], []
    for step in range(ADALORA["total_step"]):
        loss = model(**batch_of(bert)).loss
        loss.backward()
        optimizer.step()
        model.base_model.update_and_allocate(step)
        optimizer.zero_grad()
        losses.append(loss.item())
        masks.append(torch.cat([(parameters[n] != 0).float().flatten() for n in names]).detach())
    expected["adalora.masks"] = torch.stack(masks)
    expected["adalora.losses"] = torch.tensor(losses)
    with torch.no_grad():
        before = model(**batch_of(bert)).logits
    save(model, out / "adalora")
    again = peft.PeftModel.from_pretrained(base_model(bert), out / "adalora").eval()
    with torch.no_grad():
        inputs = {k: v for k, v in batch_of(bert).items() if k != "labels"}  # with labels a loaded one fails in 0.21.2
        logits = again(**inputs).logits
    assert torch.allclose(before, logits, atol=1e-5), (before - logits).abs().max()
    expected["adalora.logits"] = logits
    return {"order": names, "losses": losses}


def order(name):
    modules = ["query", "key", "value", "attention.output.dense", "intermediate.dense", "output.dense"]
    path = name.removesuffix(".lora_E")
    fits = [i for i, m in enumerate(modules) if path.endswith(m)]
    return int(path.split(".layer.")[1].split(".")[0]), fits[0]


def main(bert, out):
    torch.set_num_threads(1)
    expected = {}
    cases = {"adamw": ADAMW, "adalora": ADALORA}
    cases["lora_result"] = lora(bert, out, expected)
    cases["adalora_result"] = adalora(bert, out, expected)
    save_file({k: v.contiguous().float() for k, v in expected.items()}, out / "expected.safetensors")
    (out / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    for name in ("lora", "adalora"):
        print(name, {k: tuple(v.shape) for k, v in load_file(out / name / "adapter_model.safetensors").items()})


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
