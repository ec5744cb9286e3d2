"""What the quality tables consist of: one cell a (table, data set, start, way) and seed, with its commands.

Commands are run in the working folder.  {seed}, {model} and {body} are filled in; data/GROUP is a group of files.py.  Settings are
the defaults and those that docs/*.md and bench/*.sh name; what has to be chosen (the epoch, thresholds) is chosen on validation rows.
Estimates are seconds of one core of a machine with AMX, for the order alone; a cell that has been measured has its own.
"""
import dataclasses

from quality import files, figures

BASE = "yupu-base"              # the base that is embedded in the program
CHECKPOINT = "all-MiniLM-L6-v2"  # 22.6 M parameters, English, uncased
RANDOM = "random weights"
SEEDS = (1, 2, 3, 4, 5)
LABELLED = "--text text --label category"
PAIRED = "--text text --text-b text_b"


@dataclasses.dataclass(frozen=True)
class Cell:
    table: str
    dataset: str
    start: str
    way: str            # what tells cells of one start apart; often empty
    seed: int
    estimate: float     # seconds
    groups: tuple       # of files.py
    steps: tuple        # command lines, "yupu ..." or "python3 bench/peers/...", run one after the other
    read: object        # the outputs of the steps, and the data folder -> {"figure": number}

    @property
    def line(self):
        """What the seeds of one line of a table share."""
        return "/".join(part for part in ("quality", self.table, self.dataset, self.start, self.way) if part)

    @property
    def name(self):
        return f"{self.line}/seed {self.seed}"

    def command(self, **places):
        return " && ".join(step.format(seed=self.seed, **places) for step in self.steps)

    @property
    def shown_command(self):
        """As it is recorded and printed: where a run happened to put its model is no part of it."""
        return self.command(model="model", body="body")


def from_start(start, lr, epochs, size="mini"):
    """The options of our own encoders, from random weights (of the base's shape, unless said otherwise) or from the base."""
    begin = f"--config {size}" if start == RANDOM else f"--base {BASE}"
    return f"{begin} --lr {lr} --epochs {epochs}"


def train(task, group, options, ext="csv", test=True, prefix=""):
    files_at = f"data/{group}/{prefix}"
    tested = f" --test {files_at}test.{ext}" if test else ""
    return (f"yupu train --task {task} --train {files_at}train.{ext} --valid {files_at}valid.{ext}{tested} {options} "
            "--precision bf16 --seed {seed} --out {model} --json")


def own(random_, base, checkpoint):
    """(start, options, seconds) of the three starts."""
    return ((RANDOM, *random_), (BASE, *base), (CHECKPOINT, *checkpoint))


def ner():
    for dataset in ("conll2003-person", "conll2003"):
        shared = "--token-dropout 0.1 --batch-tokens 1024 --max-length 128"
        starts = own((f"--config tiny --vocab-size 8000 --crf on --lr 1e-3 --epochs 6 {shared}", 180),
                     (f"--base {BASE} --crf on --lr 1e-3 --epochs 6 {shared}", 330),
                     (f"--base {CHECKPOINT} --lr 2e-4 --epochs 3 --batch-size 32 --batch-tokens 2048 --max-length 128", 450))
        for start, options, estimate in starts:
            steps = [train("tokens", dataset, options, ext="conll")]
            if dataset == "conll2003-person":
                steps.append("yupu evaluate --model {model} --data data/conll2003-person/test.conll --precision bf16 --json")
            yield dataset, start, "", estimate, (dataset,), steps, figures.spans
    shared = "--token-dropout 0.1 --batch-tokens 1024"
    starts = own((f"--config tiny --vocab-size 4000 --crf on --lr 2e-3 --epochs 8 --max-length 256 {shared}", 90),
                 (f"--base {BASE} --crf on --lr 1e-3 --epochs 8 --max-length 128 {shared}", 220),
                 (f"--base {CHECKPOINT} --lr 2e-4 --epochs 3 --batch-size 32 --batch-tokens 2048 --max-length 128", 240))
    for start, options, estimate in starts:
        yield "resume-zh", start, "", estimate, ("resume-zh",), [train("tokens", "resume-zh", options, ext="conll")], figures.spans


def from_checkpoint(length):
    return f"--base {CHECKPOINT} --epochs 5 --lr 1e-4 --batch-size 32 --batch-tokens 1024 --max-length {length}"


def from_own(start, length):
    return f"{from_start(start, '1e-3', 20)} --patience 4 --batch-tokens 512 --max-length {length} --label-smoothing 0.1"


def floors(dataset, group, test, svm_seconds, fast_seconds):
    train_file, test_file = f"data/{group}/train.csv", f"data/{dataset}/{test}.csv"
    groups = tuple(dict.fromkeys((group, dataset)))
    yield (dataset, "TF-IDF + linear SVM", "", svm_seconds, groups,
           [f"python3 bench/peers/linear_floor.py {train_file} {test_file} {LABELLED}"], figures.linear_floor)
    if fast_seconds:
        yield (dataset, "fastText", "", fast_seconds, groups,
               [f"python3 bench/peers/fasttext_floor.py {train_file} {test_file} 1 {{seed}}"], figures.fasttext_floor)


def intents():
    for start, options, estimate in own((from_own(RANDOM, 64), 450), (from_own(BASE, 64), 450), (from_checkpoint(48), 360)):
        yield "banking77", start, "", estimate, ("banking77",), [train("classify", "banking77", f"{LABELLED} {options}")], figures.labels
    yield from floors("banking77", "banking77", "test", 40, 60)
    scoped = f"{LABELLED} --out-of-scope {files.OUT_OF_SCOPE} --precision bf16 --json"
    for start, options, estimate in own((from_own(RANDOM, 48), 520), (from_own(BASE, 48), 560), (from_checkpoint(48), 620)):
        steps = [train("classify", "clinc150", f"{LABELLED} {options}", test=False)]
        for gate in ("", " --scope-gate mahalanobis"):
            steps += [f"yupu calibrate --model {{model}} --train data/clinc150/train.csv --valid data/clinc150/valid-scope.csv "
                      f"{scoped}{gate}",
                      f"yupu evaluate --model {{model}} --data data/clinc150/test-scope.csv {scoped}"]
        yield "clinc150", start, "", estimate, ("clinc150",), steps, figures.scope
        steps = [(f"yupu train --task classify --train data/clinc150/train-background.csv --valid data/clinc150/valid.csv {LABELLED} "
                  f"--out-of-scope {files.OUT_OF_SCOPE} --background rows {options} --precision bf16 --seed {{seed}} "
                  "--out {model} --json")]
        for gate in ("", " --scope-gate combined"):
            steps += [f"yupu calibrate --model {{model}} --train data/clinc150/train.csv "
                      f"--valid data/clinc150/valid-background.csv {scoped}{gate}",
                      f"yupu evaluate --model {{model}} --data data/clinc150/test-scope.csv {scoped}"]
        yield "clinc150", start, "100 out of scope learned", estimate, ("clinc150",), steps, figures.scope
    yield from floors("clinc150", "clinc150", "test", 60, 120)


def few_shot():
    """bench/few_shot.sh; our own encoders at the learning rate they want, with the wide branch that is the default."""
    test_rows = "--batch-size 32 --batch-tokens 2048 --max-length 64"
    for dataset in ("banking77", "clinc150"):
        for count in (5, 10):
            def train_on(options, dataset=dataset, count=count):
                return (f"yupu train --task classify --train data/{files.group_name(dataset, count, '{seed}')}/train.csv --valid none "
                        f"--test data/{dataset}/test.csv {LABELLED} {options} {test_rows} --precision bf16 --seed {{seed}} "
                        "--out {model} --json")

            group = files.group_name(dataset, count, "{seed}")
            groups, way = (dataset, group), f"{count} a class"
            scale = count / 5 * (1.2 if dataset == "clinc150" else 1.0)
            yield dataset, RANDOM, way, 45 * scale, groups, [train_on(from_start(RANDOM, "1e-3", 30))], figures.labels
            yield dataset, BASE, way, 45 * scale, groups, [train_on(from_start(BASE, "1e-3", 30) + " --pooling mean")], figures.labels
            head = "--pooling mean --wide off --epochs 30 --lr 2e-4"
            yield dataset, CHECKPOINT, way, 120 * scale, groups, [train_on(f"--base {CHECKPOINT} {head}")], figures.labels
            body = (f"yupu train --task embed --train data/{group}/train.csv --valid data/{group}/train.csv {LABELLED} "
                    f"--base {CHECKPOINT} --epochs 10 --patience 100 --lr 1e-4 --batch-size 64 --max-length 64 --precision bf16 "
                    "--seed {seed} --out {body} --json")
            yield (dataset, CHECKPOINT, f"{way}, contrastive body first", 170 * scale, groups,
                   [body, train_on(f"--base {{body}} {head}")], figures.labels)
            for floor in floors(dataset, group, "test", 15, 15):
                yield floor[0], floor[1], way, *floor[3:]


def sentiment():
    for start, options, estimate in own((from_own(RANDOM, 128), 900), (from_own(BASE, 128), 900), (from_checkpoint(128), 1500)):
        yield "hotel", start, "", estimate, ("hotel",), [train("classify", "hotel", f"{LABELLED} {options}")], figures.labels
    yield from floors("hotel", "hotel", "test", 60, 0)


def matching():
    """Questions and 125 titles: vectors and cross-encoders on the same candidates, BM25 beside; and pairs of questions."""
    vectors = "yupu predict --model {model} --precision bf16 data/pairs/faq.texts.txt"
    yield "faq", CHECKPOINT, "embed, as it comes", 20, ("pairs",), [vectors.format(model=CHECKPOINT)], figures.faq_vectors
    embed = ("yupu train --task embed --train data/pairs/faq.right.train.csv --valid data/pairs/faq.right.valid.csv "
             f"{PAIRED} {{options}} --max-length 64 --precision bf16 --seed {{{{seed}}}} --out {{{{model}}}} --json")
    own_vectors = "--token-dropout 0.1"
    for start, options, estimate in own((f"{from_start(RANDOM, '1e-3', 10, 'tiny')} {own_vectors}", 40),
                                        (f"{from_start(BASE, '1e-3', 10)} {own_vectors}", 60),
                                        (f"--base {CHECKPOINT} --lr 5e-5 --epochs 2 --batch-size 32", 60)):
        yield "faq", start, "embed", estimate, ("pairs",), [embed.format(options=options), vectors], figures.faq_vectors
    rerank = ("yupu train --task pairs --train data/pairs/faq.train.csv --valid data/pairs/faq.valid.csv --test data/pairs/faq.test.csv "
              "--group query {options} --metric mrr --batch-tokens 2048 --max-length 64 --precision bf16 --seed {{seed}} "
              "--out {{model}} --json")
    for start, options, estimate in own((f"{from_start(RANDOM, '1e-3', 12, 'tiny')} --token-dropout 0.1", 220),
                                        (f"{from_start(BASE, '1e-3', 12)} --token-dropout 0.1", 520),
                                        (f"--base {CHECKPOINT} --lr 1e-4 --epochs 3 --batch-size 32", 620)):
        yield "faq", start, "rerank", estimate, ("pairs",), [rerank.format(options=options)], figures.reranked
    pairs = ("yupu train --task pairs --train data/pairs/oppo.train.csv --valid data/pairs/oppo.valid.csv --test data/pairs/oppo.test.csv "
             "{options} --epochs 12 --lr 1e-3 --symmetric on --token-dropout 0.1 --max-length 64 --batch-tokens 2048 --precision bf16 "
             "--seed {{seed}} --out {{model}} --json")
    for start, options, estimate in ((RANDOM, "--config tiny", 120), (BASE, f"--base {BASE}", 350)):
        yield "oppo-zh", start, "", estimate, ("pairs",), [pairs.format(options=options)], figures.same_or_not


def multilabel():
    group = "multilabel"
    for start, options, estimate in own((f"{from_start(RANDOM, '1e-3', 12)} --patience 4 --batch-tokens 1024", 420),
                                        (f"{from_start(BASE, '1e-3', 12)} --patience 4 --batch-tokens 1024", 420),
                                        (f"--base {CHECKPOINT} --epochs 3 --lr 1e-4 --batch-size 32 --batch-tokens 1024", 420)):
        step = train("multilabel", group, f"{options} --max-length 64", ext="jsonl", prefix="conll.")
        yield "conll2003-kinds", start, "", estimate, (group,), [step], figures.kinds
    yield ("conll2003-kinds", "TF-IDF + linear SVM", "", 60, (group,),
           ["python3 bench/peers/multilabel_floor.py data/multilabel conll"], figures.multilabel_floor)


TABLES = {"ner": ner, "intents": intents, "few-shot": few_shot, "sentiment-zh": sentiment, "matching": matching, "multilabel": multilabel}


def is_seeded(steps, groups):
    return any("{seed}" in part for part in (*steps, *groups))


def all_cells():
    """Every cell, in the order of the tables; what no seed changes is there once."""
    found = []
    for table, lines in TABLES.items():
        for dataset, start, way, estimate, groups, steps, read in lines():
            for seed in SEEDS if is_seeded(steps, groups) else SEEDS[:1]:
                found.append(Cell(table, dataset, start, way, seed, estimate, tuple(group.format(seed=seed) for group in groups),
                                  tuple(steps), read))
    return found


# What is measured first: each of these from the base that the program carries, seed 1, in this order.
PRIORITY = (("ner", "conll2003-person"), ("intents", "banking77"), ("intents", "clinc150"), ("few-shot", "banking77"),
            ("few-shot", "clinc150"), ("sentiment-zh", "hotel"), ("ner", "resume-zh"), ("matching", "faq"), ("ner", "conll2003"),
            ("matching", "oppo-zh"), ("multilabel", "conll2003-kinds"))


def first_cells(cells):
    """{name: place} of the cells that stand for their set: of yupu-base, seed 1; each set's first line, then its others."""
    of_set = {}
    for cell in cells:
        if cell.start == BASE and cell.seed == SEEDS[0]:
            of_set.setdefault((cell.table, cell.dataset), []).append(cell.name)
    order = [key for key in PRIORITY if key in of_set] + [key for key in of_set if key not in PRIORITY]
    names = [of_set[key][0] for key in order] + [name for key in order for name in of_set[key][1:]]
    return {name: place for place, name in enumerate(names)}


def planned(cells, done, measured, only=()):
    """What is left: the first cells of every set, by PRIORITY; then seed 1 of everything before seed 2, the cheapest first.
    `measured`: seconds by Cell.line."""
    first = first_cells(cells)
    left = [cell for cell in cells if cell.name not in done and (not only or any(word in cell.name for word in only))]
    return sorted(left, key=lambda cell: (first.get(cell.name, len(first)), cell.seed, measured.get(cell.line, cell.estimate)))


def fitting(plan, measured, seconds_left):
    """The first cell of the plan that is likely to be done in the time there is; None when none is."""
    if seconds_left is None:
        return plan[0]
    return next((cell for cell in plan if measured.get(cell.line, cell.estimate) <= seconds_left), None)
