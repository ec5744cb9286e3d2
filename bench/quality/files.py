"""The files the quality tables are measured on, made of the data folder, each group whole or not at all.

A group is a folder of files; it is written beside its place and moved there when it is complete, so a run that was stopped leaves no
half of one.  Every split is fixed by the set itself or by a seed that stands here; test rows decide nothing.
"""
import collections
import csv
import hashlib
import json
import pathlib
import random
import re
import shutil
import subprocess
import sys

BENCH = pathlib.Path(__file__).resolve().parent.parent
OUT_OF_SCOPE = "oos"


def read_csv(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_csv(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def write_labelled(path, rows):
    write_csv(path, ("text", "category"), rows)


def labelled(path, text, label):
    """The (text, label) of a CSV file with a header; blank texts are left out."""
    return [(row[text], row[label]) for row in read_csv(path) if row[text].strip()]


def every_tenth(rows):
    """Every tenth row chooses the epoch."""
    return {"train": [row for i, row in enumerate(rows) if i % 10 != 9], "valid": rows[9::10]}


def draw_shots(rows, shots, seed):
    """`shots` rows of each label; rows are (text, label)."""
    rows = list(rows)
    random.Random(seed).shuffle(rows)
    seen, kept = collections.Counter(), []
    for row in rows:
        seen[row[1]] += 1
        if seen[row[1]] <= shots:
            kept.append(row)
    return kept


def banking77_rows(data, name):
    return labelled(data / "banking77" / f"{name}.csv", "text", "category")


def banking77(data, out):
    for name, rows in {**every_tenth(banking77_rows(data, "train")), "test": banking77_rows(data, "test")}.items():
        write_labelled(out / f"{name}.csv", rows)


def clinc150_rows(data):
    full = json.loads((data / "clinc150" / "data_full.json").read_text(encoding="utf-8"))
    return {name: [tuple(row) for row in rows] for name, rows in full.items()}


def clinc150(data, out):
    """The set's own split.  valid-scope.csv has the out-of-scope rows of validation and the 250 of data_oos_plus.json too;
    train-background.csv the 100 that the set gives for training, valid-background.csv those of valid-scope.csv without them."""
    full = clinc150_rows(data)
    plus = json.loads((data / "clinc150" / "data_oos_plus.json").read_text(encoding="utf-8"))
    write_labelled(out / "train.csv", full["train"])
    write_labelled(out / "valid.csv", full["val"])
    more = [tuple(row) for row in plus["oos_train"]]
    learned = set(full["oos_train"])
    write_labelled(out / "train-background.csv", full["train"] + full["oos_train"])
    write_labelled(out / "valid-scope.csv", full["val"] + full["oos_val"] + more)
    write_labelled(out / "valid-background.csv", full["val"] + full["oos_val"] + [row for row in more if row not in learned])
    write_labelled(out / "test.csv", full["test"])
    write_labelled(out / "test-scope.csv", full["test"] + full["oos_test"])


def shots(data, out, dataset, count, seed):
    rows = banking77_rows(data, "train") if dataset == "banking77" else clinc150_rows(data)["train"]
    write_labelled(out / "train.csv", draw_shots(rows, count, seed))


def hotel_parts(data):
    """70/10/20 by a hash of the text's letters and digits: repeated reviews stand on one side."""
    parts = {"train": [], "valid": [], "test": []}
    for text, label in labelled(data / "chnsenticorp-hotel" / "ChnSentiCorp_htl_all.csv", "review", "label"):
        key = re.sub(r"\W+", "", text.lower())
        draw = int(hashlib.sha256(f"split 1 {key}".encode()).hexdigest()[:8], 16) % 10
        parts["test" if draw < 2 else "valid" if draw == 2 else "train"].append((text, label))
    return parts


def hotel(data, out):
    for name, rows in hotel_parts(data).items():
        write_labelled(out / f"{name}.csv", rows)


CONLL_FILES = {"train": "eng.train", "valid": "eng.testa", "test": "eng.testb"}


def only_person(lines):
    """Column lines in which every tag but those of persons is O."""
    for line in lines:
        cells = line.split()
        if cells and cells[0] != "-DOCSTART-" and not cells[-1].endswith("-PER"):
            cells[-1] = "O"
        yield " ".join(cells)


def conll2003(data, out):
    for name, source in CONLL_FILES.items():
        shutil.copyfile(data / "conll2003-en" / source, out / f"{name}.conll")


def conll2003_person(data, out):
    for name, source in CONLL_FILES.items():
        lines = (data / "conll2003-en" / source).read_text(encoding="utf-8").splitlines()
        (out / f"{name}.conll").write_text("".join(line + "\n" for line in only_person(lines)), encoding="utf-8")


def resume_zh(data, out):
    for name, source in {"train": "train", "valid": "dev", "test": "test"}.items():
        shutil.copyfile(data / "resume-ner-zh" / f"{source}.char.bmes", out / f"{name}.conll")


def one_line(text):
    return " ".join(text.split())


def pairs(data, out):
    """bench/pair_data.py; and for vectors the right pairs alone, and every text of the test file, a line each."""
    subprocess.run([sys.executable, BENCH / "pair_data.py", data, out], check=True, stdout=subprocess.DEVNULL)
    for name in ("train", "valid"):
        rows = read_csv(out / f"faq.{name}.csv")
        write_csv(out / f"faq.right.{name}.csv", ("text", "text_b"), [(r["text"], r["text_b"]) for r in rows if r["label"] == "1"])
    rows = read_csv(out / "faq.test.csv")
    texts = dict.fromkeys(one_line(row[column]) for row in rows for column in ("text", "text_b"))
    (out / "faq.texts.txt").write_text("".join(text + "\n" for text in texts), encoding="utf-8")


def multilabel(data, out):
    subprocess.run([sys.executable, BENCH / "multilabel_data.py", data, out], check=True, stdout=subprocess.DEVNULL)


GROUPS = {"banking77": banking77, "clinc150": clinc150, "hotel": hotel, "conll2003": conll2003, "conll2003-person": conll2003_person,
          "resume-zh": resume_zh, "pairs": pairs, "multilabel": multilabel}


def group_name(dataset, count, seed):
    return f"{dataset}-{count}shot-seed{seed}"


def ensure(group, data, folder):
    """Makes the files of `group` in folder/group when they are not there."""
    place = folder / group
    if place.exists():
        return
    partial = folder / f"{group}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    if drawn := re.fullmatch(r"(banking77|clinc150)-(\d+)shot-seed(\d+)", group):
        shots(data, partial, drawn[1], int(drawn[2]), int(drawn[3]))
    else:
        GROUPS[group](data, partial)
    partial.rename(place)
