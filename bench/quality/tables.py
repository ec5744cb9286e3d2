"""The quality tables as markdown: median, lowest and highest over the seeds, how many seeds, and the command of each line."""
import statistics

import report

COLUMNS = (  # title, figure; a table shows those that one of its lines has
    ("span F1", "test.span_f1"), ("precision", "test.span_precision"), ("recall", "test.span_recall"),
    ("MRR@10", "test.mrr@10"), ("recall@1", "test.recall@1"), ("BM25's MRR@10", "test.bm25.mrr@10"),
    ("average precision", "test.average_precision"), ("AUROC", "test.auroc"), ("micro F1", "test.micro_f1"), ("accuracy", "test.accuracy"),
    ("macro F1", "test.macro_f1"), ("exact match", "test.exact_match"), ("words right", "test.token_accuracy"),
    ("out-of-scope recall", "scope.recall"), ("answered in scope", "scope.in_answered"),
    ("answered rightly in scope", "scope.in_answered_right"), ("out-of-scope recall, gated", "gated.recall"),
    ("answered rightly in scope, gated", "gated.in_answered_right"), ("AUROC of probability", "scope.probability.auroc"),
    ("AUROC of energy", "scope.energy.auroc"), ("AUROC of Mahalanobis", "scope.mahalanobis.auroc"),
    ("AUROC of the background", "scope.background.auroc"), ("AUROC of all combined", "scope.combined.auroc"),
    ("calibration error", "test.calibration_error"),
)
TITLES = {  # of (table, data set)
    ("ner", "conll2003-person"): "Persons: CoNLL-2003 English, every other tag O",
    ("ner", "conll2003"): "Entities: CoNLL-2003 English, all four types",
    ("ner", "resume-zh"): "Entities in Chinese: Resume NER, eight types",
    ("intents", "banking77"): "BANKING77: 77 intents",
    ("intents", "clinc150"): "CLINC150: 150 intents, and texts out of scope",
    ("few-shot", "banking77"): "BANKING77 from 5 and 10 rows an intent",
    ("few-shot", "clinc150"): "CLINC150 from 5 and 10 rows an intent",
    ("sentiment-zh", "hotel"): "Chinese hotel reviews (ChnSentiCorp): two classes",
    ("matching", "faq"): "StackFAQ: a question and the 125 titles it may mean",
    ("matching", "oppo-zh"): "OPPO, Chinese: do two questions ask the same?",
    ("multilabel", "conll2003-kinds"): "Which kinds of entities a sentence names (CoNLL-2003): any number of labels",
}
WORD_FIGURES = ("precision", "recall", "f1-score", "support")


def spread(values):
    """Median, and the range when there is one."""
    middle = f"{statistics.median(values):.3f}"
    return middle if len(values) == 1 or min(values) == max(values) else f"{middle} ({min(values):.3f} to {max(values):.3f})"


def grouped(cells, rows):
    """{(table, dataset): {line: (its first cell, its rows)}}, in the order of `cells`."""
    by_name = {row["row"]: row for row in rows}
    found = {}
    for cell in cells:
        _, of_line = found.setdefault((cell.table, cell.dataset), {}).setdefault(cell.line, (cell, []))
        if cell.name in by_name:
            of_line.append(by_name[cell.name])
    return found


def line_cells(cell, rows, columns):
    start = cell.start + (f", {cell.way}" if cell.way else "")
    if not rows:
        return [start, *[""] * len(columns), "", "not measured yet"]
    values = [[row["figures"][figure] for row in rows if figure in row["figures"]] for _, figure in columns]
    return [start, *(spread(of) if of else "" for of in values), f"{statistics.median(row['seconds'] for row in rows):,.0f}",
            str(len(rows))]


def markdown(head, lines):
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for line in lines:
        yield "| " + " | ".join(line) + " |"


def words_tables(lines):
    """The report over words, of the lines that have one: a tag a row, medians over the seeds."""
    for cell, rows in lines.values():
        rows = [row for row in rows if "words.accuracy" in row["figures"]]
        if not rows:
            continue
        figures = {name: [row["figures"][name] for row in rows if name in row["figures"]] for name in rows[0]["figures"]}
        names = list(dict.fromkeys(name.split(".")[1] for name in figures if name.startswith("words.") and name.count(".") == 2))
        shown = [[name, *(f"{statistics.median(figures[f'words.{name}.{figure}']):{'.0f' if figure == 'support' else '.4f'}}"
                          for figure in WORD_FIGURES)] for name in names]
        shown.insert(-2 if len(shown) > 2 else len(shown), ["accuracy", "", "", f"{statistics.median(figures['words.accuracy']):.4f}", ""])
        seeds = f"median of {len(rows)} seeds" if len(rows) > 1 else "one seed"
        yield from ("", f"Words, from {cell.start}, {seeds}:", "", *markdown(["tag", *WORD_FIGURES], shown))


def section(key, lines):
    measured = [row for _, rows in lines.values() for row in rows]
    columns = [column for column in COLUMNS if any(column[1] in row["figures"] for row in measured)]
    yield f"### {TITLES[key]}"
    yield ""
    yield from markdown(["from", *(title for title, _ in columns), "seconds", "seeds"],
                        [line_cells(cell, rows, columns) for cell, rows in lines.values()])
    yield from words_tables(lines)
    yield from ("", "```")
    yield from (cell.shown_command for cell, _ in lines.values())
    yield from ("```", "")


def conditions(rows):
    """What the rows were measured on."""
    if not rows:
        return "No run yet: `bench/quality.py`."
    dates = sorted(row["date"][:10] for row in rows)
    machines = sorted({report.machine_text(row["machine"]) for row in rows})
    commits = sorted({row["commit"] for row in rows})
    threads = sorted({row["threads"] for row in rows})
    period = dates[0] if dates[0] == dates[-1] else f"{dates[0]} to {dates[-1]}"
    return (f"`bench/quality.py`, {len(rows)} cells, {period}, commits {', '.join(commits)}, threads: {', '.join(map(str, threads))}, on "
            f"{'; '.join(machines)}. The machine did other work beside: seconds say how dear a line is, no more.")


def document_lines(cells, rows):
    lines = [conditions(rows), ""]
    for key, of_section in grouped(cells, rows).items():
        lines += section(key, of_section)
    return lines[:-1]
