#!/usr/bin/env python3
"""PyTorch + transformers (+ PEFT) as a contestant; runs on torch 1.13 as on the newest.  Requests: worker.py, and

    {"do": "load", "model": DIR, "adapter": DIR?, "train": BOOL, "compile": BOOL, "bf16": BOOL}
         bf16: to answer, the weights are; to train, autocast (weights stay fp32), as the library's Trainer does it
    {"do": "logits", "texts": [IDS..]}              -> {"logits"}       one batch, padded to the longest
    {"do": "infer", "batches": [[IDS..]..]}         -> {"ms"}
    {"do": "train", "batches": [{"ids", "labels"}..], "lr", "clip", "pad": 0 | 128}  -> {"losses", "ms"}   0: to the longest
    {"do": "tenants", "model": DIR, "adapters": [DIR..]}
    {"do": "mixed", "texts", "rounds", "adapted"}   -> {"logits", "ms"}
    {"do": "versions"}
"""
import os
import sys

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
import torch
import transformers

import worker

LEARNING = {"betas": (0.9, 0.999), "eps": 1e-8}
DECAY = 0.01


class Peer:
    def __init__(self, threads):
        torch.set_num_threads(threads)
        self.model = self.optimizer = None

    def actions(self):
        names = ("load", "logits", "infer", "train", "tenants", "mixed", "versions")
        return {**{name: getattr(self, name) for name in names}, "peak": worker.peak}

    def versions(self, _request):
        found = {"torch": torch.__version__, "transformers": transformers.__version__}
        if "peft" in sys.modules:
            found["peft"] = sys.modules["peft"].__version__
        return found

    def load(self, request):
        torch.manual_seed(1)
        self.model = self.optimizer = None
        model = transformers.AutoModelForSequenceClassification.from_pretrained(request["model"])
        if request.get("adapter"):
            import peft
            model = peft.PeftModel.from_pretrained(model, request["adapter"], is_trainable=True)
        if request.get("train"):
            decays = [p for p in model.parameters() if p.requires_grad and p.dim() > 1]
            others = [p for p in model.parameters() if p.requires_grad and p.dim() == 1]
            # The fused kernel is the newest release's best on a CPU; 1.13 has none.
            extra = {"fused": True} if tuple(map(int, torch.__version__.split(".")[:2])) >= (2, 4) else {}
            self.optimizer = torch.optim.AdamW([{"params": decays, "weight_decay": DECAY},
                                                {"params": others, "weight_decay": 0.0}], lr=1e-3, **LEARNING, **extra)
            self.trained = decays + others
        self.bf16_training = bool(request.get("bf16") and request.get("train"))
        if request.get("bf16") and not request.get("train"):
            model = model.to(torch.bfloat16)
        model.train(bool(request.get("train")))
        self.model = torch.compile(model, dynamic=True) if request.get("compile") else model
        return {"attention": getattr(model.config, "_attn_implementation", "eager")}

    @staticmethod
    def inputs(texts, pad=0):
        longest = pad or max(map(len, texts))
        ids = torch.tensor([t + [0] * (longest - len(t)) for t in texts])
        mask = torch.tensor([[1] * len(t) + [0] * (longest - len(t)) for t in texts])
        return {"input_ids": ids, "attention_mask": mask, "token_type_ids": torch.zeros_like(ids)}

    def answer(self, texts, **more):
        with torch.inference_mode():
            return self.model(**self.inputs(texts), **more).logits

    def logits(self, request):
        return {"logits": self.answer(request["texts"]).float().tolist()}

    def infer(self, request):
        return {"ms": [worker.ms_of(lambda: self.answer(batch)) for batch in request["batches"]]}

    def step(self, batch, request):
        inputs = self.inputs(batch["ids"], request["pad"])
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=self.bf16_training):
            loss = self.model(**inputs, labels=torch.tensor(batch["labels"])).loss
        loss.backward()
        if request["clip"] > 0:
            torch.nn.utils.clip_grad_norm_(self.trained, request["clip"])
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return loss.item()

    def train(self, request):
        for group in self.optimizer.param_groups:
            group["lr"] = request["lr"]
        losses, times = [], []
        for batch in request["batches"]:
            times.append(worker.ms_of(lambda: losses.append(self.step(batch, request))))
        return {"losses": losses, "ms": times}

    def tenants(self, request):
        import peft
        self.load({"model": request["model"]})
        model = None
        for i, path in enumerate(request["adapters"]):
            if model is None:
                model = peft.PeftModel.from_pretrained(self.model, path, adapter_name="tenant-0")
            else:
                model.load_adapter(path, adapter_name=f"tenant-{i}")
        self.base, self.model = self.model, model.eval()
        return {"adapters": len(request["adapters"])}

    def mixed(self, request):
        texts = request["texts"]
        if request["adapted"]:
            names = [f"tenant-{i % len(self.model.peft_config)}" for i in range(len(texts))]
        else:
            names = ["__base__"] * len(texts)
        work = lambda: self.answer(texts, adapter_names=names)
        return {"logits": work().tolist(), "ms": [worker.ms_of(work) for _ in range(request["rounds"])]}


if __name__ == "__main__":
    transformers.logging.set_verbosity_error()
    worker.serve(Peer(int(sys.argv[1])).actions())
