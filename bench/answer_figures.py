#!/usr/bin/env python3
"""What the service answers, end to end: the real server, one call of POST /v1/answer a row; and what its search finds.

    answer_figures.py shop --workdir DIR       examples/shop: test.csv and the texts out of scope kept for the test
    answer_figures.py clinc150 --workdir DIR [--data SHARED_DATA] [--intents N] [--every N] [--background rows|off]
                      [--share]     the thresholds are told what share of the test's texts is out of scope
                      [--promise]   a promise (max_wrong, confidence 0.95) sets them, not a target as seen
    answer_figures.py retrieval --workdir DIR [--data SHARED_DATA] [--questions N] [--epochs N] [--no-reranker]
    answer_figures.py --table                  writes the rows measured last into docs/quality.md

shop, clinc150: the strategy is carried out up to its release, which stands in DIR afterwards and is not made again;
thresholds are those that its validation rows gave.  Right is an approved answer of the row's intent, or the hand-over
where that is the intent; an answer out of documents counts as not right.  --intents takes the first N of CLINC150's 150
alone, --every each N-th test row: trials.
retrieval: bench/faq_zh_data.py; vectors and a reranker are trained on other standard questions than those judged, the
reranker on what the search puts first (`yupu knowledge pairs`), and what words and reranker count is fitted on yet others
(`yupu knowledge weigh`).
Every row goes to bench/results/answers.jsonl with machine, commit and command.
"""
import argparse
import collections
import csv
import http.client
import json
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE)]
sys.dont_write_bytecode = True
import record
import report
from quality import files
from served import Served, bench_key

RESULTS = "answers.jsonl"
SEARCH_FIGURES = ("mrr@10", "recall@1", "recall@10")
OUT_OF_SCOPE = files.OUT_OF_SCOPE
DOCUMENT = record.ROOT / "docs" / "quality.md"

CLINC_STRATEGY = """[strategy]
name = "clinc150"
seed = 1
[data]
valid_fraction = 0.0
test_fraction = 0.0
check = "off"
[[data.source]]
path = "rows.csv"
label = "category"
split_column = "split"
out_of_scope = "{out_of_scope}"
[train]
base = "yupu-base"
epochs = {epochs}
batch_tokens = 512
lr = 1e-3
label_smoothing = 0.1
patience = 4
max_length = 48
precision = "bf16"
threads = {threads}
background = "{background}"
[release]
slice_drop_max = 1.0
{wish}
scope_gate = "{gate}"
{share}[service]
bot = "clinc150"
answers = "answers.toml"
[commerce]
[[commerce.plan]]
name = "starter"
monthly_tokens = 100000000
[[commerce.plan.price]]
meter = "answer_tokens"
yuan_per_thousand = "0.30"
[[commerce.plan.price]]
meter = "classify_tokens"
yuan_per_thousand = "0.10"
[[commerce.tenant]]
name = "one"
plan = "starter"
"""


def parsed():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("shop", "clinc150", "retrieval"))
    parser.add_argument("--workdir", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, default=record.ROOT.parent / "shared" / "data")
    parser.add_argument("--yupu", type=pathlib.Path, default=record.ROOT / "build/release/yupu")
    parser.add_argument("--strategy", type=pathlib.Path, default=record.ROOT / "examples/shop/strategy.toml",
                        help="of shop")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--intents", type=int, default=150)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--background", default="rows", choices=("rows", "off"))
    parser.add_argument("--gate", default="combined", choices=("combined", "off"))
    parser.add_argument("--target", type=float, default=0.95)
    parser.add_argument("--share", action="store_true", help="of clinc150")
    parser.add_argument("--promise", action="store_true", help="of clinc150")
    parser.add_argument("--questions", type=int, default=8)
    parser.add_argument("--reranker-epochs", type=int, default=4, help="of retrieval")
    parser.add_argument("--no-reranker", action="store_true")
    parser.add_argument("--table", action="store_true")
    args = parser.parse_args()
    if not args.table and (not args.what or not args.workdir):
        parser.error("shop, clinc150 or retrieval, and --workdir DIR; or --table")
    return args


def told(yupu, *words, cwd=None):
    """The standard output of a command that must succeed."""
    done = subprocess.run([yupu, *map(str, words)], cwd=cwd, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode}: yupu {' '.join(map(str, words))}")
    return done.stdout


def ask(connection, key, bot, text):
    connection.request("POST", "/v1/answer", json.dumps({"bot": bot, "text": text}).encode(),
                       {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    reply = connection.getresponse()
    body = reply.read()
    if reply.status != 200:
        sys.exit(f"{reply.status} for {text!r}: {body.decode(errors='replace')}")
    return json.loads(body)


def judged(answer, label, handoff_intent):
    """What became of a row: right, wrong, documents, clarify, refuse or handoff; label None: out of scope."""
    decision = answer["decision"]
    if decision == "handoff":
        return "right" if label == handoff_intent else "wrong" if label is None else "handoff"
    if decision != "answer":
        return decision
    if any(isinstance(source, dict) for source in answer.get("sources", ())):
        return "documents"
    return "right" if label is not None and answer.get("intent") == label else "wrong"


def figures_of(outcomes):
    """`outcomes`: (in scope, what became of it)."""
    inside = collections.Counter(what for is_in, what in outcomes if is_in)
    outside = collections.Counter(what for is_in, what in outcomes if not is_in)
    answered = {kind: kinds["right"] + kinds["wrong"] + kinds["documents"]
                for kind, kinds in (("in", inside), ("out", outside))}
    total_in, total_out = sum(inside.values()), sum(outside.values())
    share = lambda part, whole: part / whole if whole else None
    return {"rows": total_in, "out_of_scope_rows": total_out,
            "precision": share(inside["right"], answered["in"] + answered["out"]),
            "precision_in_scope": share(inside["right"], answered["in"]),
            "coverage": share(answered["in"], total_in), "answered_right": share(inside["right"], total_in),
            "clarified": share(inside["clarify"], total_in), "refused_in_scope": share(inside["refuse"], total_in),
            "from_documents": inside["documents"], "out_of_scope_from_documents": outside["documents"],
            "out_of_scope_answered": answered["out"],
            "out_of_scope_recall": share(total_out - answered["out"], total_out)}


def ask_all(args, strategy, workdir, bot, rows, handoff_intent=None):
    """`rows`: (text, label or None)."""
    outcomes = []
    key = bench_key(args.yupu, workdir)
    with Served(args.yupu, strategy, workdir, "--threads", str(args.threads)) as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for text, label in rows:
            outcomes.append((label is not None, judged(ask(connection, key, bot, text), label, handoff_intent)))
        connection.close()
    return figures_of(outcomes)


def released(args, strategy, workdir):
    """Carries the strategy out; (its promised precision, what its validation rows said)."""
    told(args.yupu, "run", strategy, "--workdir", workdir, "--once", "--until", "accounts", "--threads", args.threads)
    models = sorted(workdir.glob("runs/*/model/yupu.json"), key=lambda path: path.stat().st_mtime)
    calibration = json.loads(models[-1].read_text(encoding="utf-8"))["calibration"]
    return {"promised": calibration["target_precision"], "target_met": calibration["target_met"],
            "valid_precision": calibration["answered_precision"], "valid_coverage": calibration["answered_share"]}


def shop(args):
    folder = args.strategy.resolve().parent
    rows = [(row["text"], row["intent"]) for row in files.read_csv(folder / "data" / "test.csv")]
    outside = files.read_csv(folder / "data" / "out_of_scope.csv")
    rows += [(row["text"], None) for row in outside if row["split"] == "test"]
    strategy = args.strategy.resolve()
    found = released(args, strategy, args.workdir)
    return "answers/shop", {**found, **ask_all(args, strategy, args.workdir, "shop", rows[::args.every], "talk_to_human")}


def clinc_rows(data, intents):
    """(text, label, split) and the labels; of the texts out of scope 100 teach, 250 set thresholds, 1,000 judge."""
    full = files.clinc150_rows(data)
    plus = json.loads((data / "clinc150" / "data_oos_plus.json").read_text(encoding="utf-8"))
    taught = set(full["oos_train"])
    kept = sorted({label for _, label in full["train"]})[:intents]
    more = [row for row in map(tuple, plus["oos_train"]) if row not in taught]
    parts = [("train", full["train"] + full["oos_train"]), ("valid", full["val"] + full["oos_val"] + more),
             ("test", full["test"] + full["oos_test"])]
    return [(text, label, split) for split, rows in parts for text, label in rows
            if label == OUT_OF_SCOPE or label in kept], kept


def clinc150(args):
    folder = args.workdir / "strategy"
    folder.mkdir(parents=True, exist_ok=True)
    rows, labels = clinc_rows(args.data, args.intents)
    files.write_csv(folder / "rows.csv", ("text", "category", "split"), rows)
    answers = "".join(f'[[answer]]\nintent = "{label}"\ntitle_zh = "{label}"\ntitle_en = "{label.replace("_", " ")}"\n'
                      f'text_zh = "{label}"\ntext_en = "About {label.replace("_", " ")}."\nsource = "policy#{number}"\n'
                      for number, label in enumerate(labels, 1))
    (folder / "answers.toml").write_text(answers, encoding="utf-8")
    strategy = folder / "strategy.toml"
    outside = [label == OUT_OF_SCOPE for _, label, split in rows if split == "test"]
    share = f"out_of_scope_share = {sum(outside) / len(outside):.4f}\n" if args.share else ""
    wish = f"max_wrong = {1 - args.target:.4f}" if args.promise else f"target_precision = {args.target}"
    filled = CLINC_STRATEGY.format(out_of_scope=OUT_OF_SCOPE, epochs=args.epochs, threads=args.threads, wish=wish,
                                   background=args.background, gate=args.gate, share=share)
    strategy.write_text(filled, encoding="utf-8")
    workdir = args.workdir / "data"
    asked = [(text, None if label == OUT_OF_SCOPE else label)
             for text, label, split in rows if split == "test"][::args.every]
    name = f"answers/clinc150, background {args.background}, gate {args.gate}"
    if args.share:
        name += ", share out of scope told"
    if args.promise:
        name += ", promise"
    if args.intents != 150:
        name += f", {args.intents} intents"
    return name, {**released(args, strategy, workdir), **ask_all(args, strategy, workdir, "clinc150", asked)}


def train(args, workdir, task, out, base, *options):
    if (workdir / out / "yupu.json").exists():
        return
    told(args.yupu, "train", "--task", task, "--base", base, "--text", "text", "--text-b", "text_b",
         "--token-dropout", "0.1", "--precision", "bf16", "--threads", args.threads, "--out", workdir / out, *options)


def reranker(args, workdir, options):
    """From the vectors, which know these texts already; from what the search of the learned documents finds."""
    learned = sorted(f"learned/{path.name}" for path in (workdir / "learned").iterdir())
    told(args.yupu, "knowledge", "add", *learned, "--workdir", "kb-learned", *options[:2], cwd=workdir)
    for questions, place, wrong in (("learn", "kb-learned", 7), ("choose", "kb", 29)):
        told(args.yupu, "knowledge", "pairs", "--data", f"{questions}.csv", "--out", f"{questions}.jsonl",
             "--negatives", wrong, "--workdir", place, *options, cwd=workdir)
    train(args, workdir, "pairs", "reranker", workdir / "vectors", "--train", workdir / "learn.jsonl",
          "--valid", workdir / "choose.jsonl", "--group", "query", "--loss", "lists", "--list-size", "8",
          "--metric", "mrr", "--lr", "3e-4", "--epochs", args.reranker_epochs, "--max-length", "96",
          "--batch-tokens", "4096")
    return ["--reranker", "reranker"]


def retrieval(args):
    workdir = args.workdir.resolve()
    subprocess.run([sys.executable, HERE / "faq_zh_data.py", args.data, workdir, "--questions", str(args.questions)],
                   check=True)
    train(args, workdir, "embed", "vectors", "yupu-base", "--train", workdir / "right.train.csv", "--valid",
          workdir / "right.valid.csv", "--lr", "1e-3", "--epochs", args.epochs, "--max-length", "64")
    options = ["--embedder", "vectors", "--precision", "bf16", "--threads", args.threads]
    documents = sorted(f"faq/{path.name}" for path in (workdir / "faq").iterdir())
    told(args.yupu, "knowledge", "add", *documents, "--workdir", "kb", *options[:2], cwd=workdir)
    if not args.no_reranker:
        options += reranker(args, workdir, options)
    weighed = json.loads(told(args.yupu, "knowledge", "weigh", "--data", "weigh.csv", "--workdir", "kb", *options,
                              "--json", cwd=workdir))
    evaluation = json.loads(told(args.yupu, "knowledge", "evaluate", "--data", "test.csv", "--workdir", "kb", *options,
                                 "--json", cwd=workdir))
    found = {"documents": evaluation.pop("documents")}
    found |= {f"{order}_weight": fit["weight"] for order, fit in weighed.items() if isinstance(fit, dict)}
    for stage, of_stage in evaluation.items():
        if isinstance(of_stage, dict):
            found |= {f"{stage}.{figure}": of_stage[figure] for figure in SEARCH_FIGURES if figure in of_stage}
    return "retrieval/hexin-zh", found


def table_lines(rows):
    percent = lambda value: "" if value is None else f"{100 * value:.1f} %"
    answers = [row for row in rows if row["row"].startswith("answers/")]
    yield ("| set | promised | right among the answers | without rows out of scope | in scope answered | "
           "out of scope not answered | rows |")
    yield "|---|---|---|---|---|---|---|"
    for row in answers:
        found = row["figures"]
        shares = ("promised", "precision", "precision_in_scope", "coverage", "out_of_scope_recall")
        cells = (row["row"].removeprefix("answers/"), *(percent(found[name]) for name in shares),
                 f"{found['rows']} and {found['out_of_scope_rows']}")
        yield "| " + " | ".join(cells) + " |"
    searched = [row for row in rows if row["row"].startswith("retrieval/")]
    if searched:
        yield from ("", "| search | MRR@10 | recall@1 | recall@10 |", "|---|---|---|---|")
    for row in searched:
        for stage in dict.fromkeys(name.split(".")[0] for name in row["figures"] if "." in name):
            cells = [f"{row['figures'][f'{stage}.{figure}']:.3f}" for figure in SEARCH_FIGURES]
            yield f"| {row['row'].removeprefix('retrieval/')}, {stage} | " + " | ".join(cells) + " |"
    yield from ("", "```", *(row["command"] for row in rows), "```")


def main():
    args = parsed()
    if args.table:
        rows = record.newest(RESULTS, lambda row: row.get("bench") == "answer_figures")
        lines = list(table_lines(rows)) if rows else ["No run yet: `bench/answer_figures.py`."]
        text = DOCUMENT.read_text(encoding="utf-8")
        text = report.put_between(text, "bench-answers", lines, tool="bench/answer_figures.py")
        DOCUMENT.write_text(text, encoding="utf-8")
        return
    args.yupu = args.yupu.resolve()
    args.workdir = args.workdir.resolve()
    args.workdir.mkdir(parents=True, exist_ok=True)
    name, found = {"shop": shop, "clinc150": clinc150, "retrieval": retrieval}[args.what](args)
    if args.every != 1:
        name += f", every {args.every}th row"
    shown = " ".join(word for word in sys.argv[1:])
    shown = re.sub(r"--(workdir|data|yupu|strategy)[ =]\S+ ?", "", shown).strip()
    record.append(RESULTS, [{"row": name, "bench": "answer_figures", "figures": found, "threads": args.threads}],
                  f"bench/answer_figures.py {shown} --workdir DIR --data SHARED_DATA")
    print(json.dumps({"row": name, **found}, indent=1))


if __name__ == "__main__":
    main()
