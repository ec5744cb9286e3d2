#!/usr/bin/env python3
"""Does the reference library read and write what yupu does?  On a directory of GPT2LMHeadModel (yupu's, or the library's):
token ids of texts, mean loss, greedy tokens over a batch of prompts; for a directory of yupu's also saved again by the library.

    python3 gpt2_check.py --yupu build/release/yupu --model DIR --texts FILE.txt [--prompt TEXT]...

FILE.txt holds texts with an empty line between them.  Needs torch and transformers.  Exit status 1 on a difference.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
import transformers

LOSS_TOLERANCE = 1e-5  # of the loss
NEW_TOKENS = 40


def run(yupu, *words):
    return subprocess.run([yupu, *words], capture_output=True, check=True, text=True).stdout


def losses(model, tokenizer, texts, longest):
    """As yupu reads a text: the end of text at both ends, pieces of `longest` inputs that share a token."""
    end, total, count = tokenizer.eos_token_id, 0.0, 0
    for text in texts:
        ids = [end] + tokenizer.encode(text, split_special_tokens=True) + [end]
        for begin in range(0, len(ids) - 1, longest):
            piece = torch.tensor([ids[begin:begin + longest + 1]])
            logits = model(piece[:, :-1]).logits[0]
            total += torch.nn.functional.cross_entropy(logits, piece[0, 1:], reduction="sum").item()
            count += piece.shape[1] - 1
    return total / count, count


def greedy(model, tokenizer, prompts, begins):
    written = []
    for prompt in prompts:
        ids = ([tokenizer.eos_token_id] if begins or not prompt else []) + tokenizer.encode(prompt)
        out = model.generate(torch.tensor([ids]), attention_mask=torch.ones(1, len(ids), dtype=torch.long), do_sample=False,
                             max_new_tokens=min(NEW_TOKENS, model.config.n_positions - len(ids)), pad_token_id=tokenizer.eos_token_id)[0]
        written.append(tokenizer.decode(out[len(ids):], skip_special_tokens=True, clean_up_tokenization_spaces=False))
    return written


def check(arguments, directory, name):
    tokenizer = transformers.AutoTokenizer.from_pretrained(directory)
    model = transformers.AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32).eval()
    record = pathlib.Path(directory) / "yupu.json"
    told = json.loads(record.read_text()) if record.exists() else {"begins_texts": False, "max_length": model.config.n_positions}
    texts = [text for text in pathlib.Path(arguments.texts).read_text().split("\n\n") if text.strip()][:arguments.count]
    with tempfile.TemporaryDirectory() as folder:
        part, prompts = pathlib.Path(folder) / "texts.txt", pathlib.Path(folder) / "prompts.txt"
        part.write_text("\n\n".join(texts) + "\n")
        prompts.write_text("\n".join(arguments.prompt) + "\n")
        ours = json.loads(run(arguments.yupu, "evaluate", "--task", "generate", "--model", directory, "--data", str(part), "--json"))
        said = [json.loads(line)["text"] for line in run(arguments.yupu, "generate", "--model", directory, str(prompts),
                                                         "--max-new-tokens", str(NEW_TOKENS)).splitlines()]
    with torch.no_grad():
        loss, count = losses(model, tokenizer, [text.strip("\n") for text in texts], told["max_length"])
        written = greedy(model, tokenizer, arguments.prompt, told["begins_texts"])
    difference = abs(loss - ours["loss"]) / loss
    same = sum(a == b for a, b in zip(said, written))
    print(f"{name}: {ours['tokens']} tokens here, {count} there; loss {ours['loss']:.6f}, {loss:.6f} there "
          f"({difference:.1e} of it); greedy texts alike {same} of {len(written)}")
    return ours["tokens"] == count and difference <= LOSS_TOLERANCE and same == len(written), model, tokenizer


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--texts", required=True)
    parser.add_argument("--count", type=int, default=200, help="texts that are read")
    parser.add_argument("--prompt", action="append", default=[])
    arguments = parser.parse_args()
    good, model, tokenizer = check(arguments, arguments.model, arguments.model)
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        tokenizer.save_pretrained(folder)
        again, _, _ = check(arguments, folder, "saved again by the library")
    return 0 if good and again else 1


if __name__ == "__main__":
    sys.exit(main())
