#!/usr/bin/env python3
"""A directory of `yupu pretrain` against the reference library's BertForMaskedLM.

    mlm_check.py DIRECTORY [--build build/release]

The same texts through both, every third token hidden: token ids must be equal; prints the largest difference of the
losses (a token) and of the logits of the first hidden token, and every weight the reference library did not find or did
not want.  Needs torch and transformers (peers of the bench).  Exit status 1 when ids or weights differ, or a difference
is above 1e-4 (weights of 16 bits are read as such by both).
"""
import argparse
import json
import pathlib
import subprocess
import sys

TEXTS = [
    "Where is my parcel?", "The quick brown fox jumps over the lazy dog.", "a", "I'd like a refund for order #10023, please!",
    "你好，我的快递到哪里了？", "退款多久到账 please tell me ASAP", "当事人对决定不服的，可以自收到通知之日起六十日内申请行政复议。",
    "It was the best of times, it was the worst of times, it was the age of wisdom.", " ".join(["token"] * 60),
]
LIMIT = 1e-4


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    options = parser.parse_args()
    import torch
    import transformers
    result = subprocess.run([options.build / "src/tasks/tasks_masked_loss_bench", options.directory], text=True,
                            input="\n".join(TEXTS) + "\n", capture_output=True)
    if result.returncode != 0:
        sys.exit(f"tasks_masked_loss_bench: {result.stderr}")
    tokenizer = transformers.AutoTokenizer.from_pretrained(options.directory, local_files_only=True)
    model, info = transformers.AutoModelForMaskedLM.from_pretrained(options.directory, local_files_only=True,
                                                                    output_loading_info=True)
    model = model.float().eval()
    amiss = {key: list(value) for key, value in info.items() if value}
    same_ids = True
    worst_loss = worst_logit = 0.0
    for text, line in zip(TEXTS, result.stdout.splitlines()):
        ours = json.loads(line)
        ids = tokenizer(text, truncation=True, max_length=model.config.max_position_embeddings)["input_ids"]
        same_ids = same_ids and ids == ours["ids"]
        rows = list(range(1, len(ids) - 1, 3))
        labels = torch.tensor([ids[i] for i in rows])
        for i in rows:
            ids[i] = tokenizer.mask_token_id
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0, rows]
        loss = torch.nn.functional.cross_entropy(logits, labels, reduction="sum").item()
        worst_loss = max(worst_loss, abs(loss - ours["loss"]) / len(rows))
        worst_logit = max(worst_logit, (torch.tensor(ours["first_row"]) - logits[0]).abs().max().item())
    print(f"torch {torch.__version__}, transformers {transformers.__version__}; {len(TEXTS)} texts; ids "
          f"{'equal' if same_ids else 'DIFFER'}; largest difference: loss a token {worst_loss:.2e}, logits {worst_logit:.2e};"
          f" weights amiss: {amiss or 'none'}")
    sys.exit(0 if same_ids and not amiss and max(worst_loss, worst_logit) <= LIMIT else 1)


if __name__ == "__main__":
    main()
