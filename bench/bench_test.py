#!/usr/bin/env python3
"""The arithmetic of the benches' own tools, without peers: what a row says must be what was measured."""
import json
import pathlib
import signal
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "peers")]
sys.dont_write_bytecode = True
import contest
import record
import report
import rows
import service_load
import workload
from monitor import press, stories, surges
from monitor import tables as monitor_tables
from quality import cells, figures, files, run, tables
import answer_figures
import faq_zh_data


class Contest(unittest.TestCase):
    def test_the_ratio_is_the_median_of_the_rounds_own_ratios(self):
        # Round 2 was disturbed for both alike: the ratio of the medians would be 1.5.
        found = contest.ratio([20.0, 300.0, 30.0], [10.0, 100.0, 20.0])
        self.assertEqual((found["ratio"], found["ratio_low"], found["ratio_high"]), (2.0, 1.5, 3.0))

    def test_everybody_leads_off_in_turn_and_runs_every_round(self):
        order = []
        ran = lambda name: lambda round_: order.append((round_, name)) or 1.0
        times = contest.alternate(2, {"a": ran("a"), "b": ran("b")})
        self.assertEqual(order, [(0, "a"), (0, "b"), (1, "b"), (1, "a")])
        self.assertEqual(times, {"a": [1.0, 1.0], "b": [1.0, 1.0]})

    def test_answers_that_are_no_numbers_are_infinitely_far(self):
        self.assertEqual(contest.largest([[1.0, 2.0]], [[1.5, 2.0]]), 0.5)
        self.assertEqual(contest.largest([[float("nan")]], [[1.0]]), float("inf"))
        with self.assertRaises(AssertionError):
            contest.largest([1.0], [1.0, 2.0])

    def test_sorting_keeps_the_rows_and_their_labels_together(self):
        batches = [{"ids": [[1, 1, 1], [2]], "labels": [3, 1]}, {"ids": [[3, 3], [4, 4, 4, 4]], "labels": [2, 4]}]
        self.assertEqual(workload.by_length(batches), [{"ids": [[2], [3, 3]], "labels": [1, 2]},
                                                       {"ids": [[1, 1, 1], [4, 4, 4, 4]], "labels": [3, 4]}])


class Rows(unittest.TestCase):
    def test_csv_under_its_header_and_json_lines(self):
        table = rows.Table()
        self.assertIsNone(table.row("a note, without numbers"))
        self.assertIsNone(table.row("size,m,rates of each (2 threads)"))
        self.assertEqual(table.row("base,16,x 1.5,y 2.5"), {"size": "base", "m": "16", "rates of each (2 threads)": "x 1.5, y 2.5"})
        self.assertEqual(table.row('{"bench": "http", "p50": 2}'), {"bench": "http", "p50": 2})
        self.assertIsNone(table.row("done"))


class Monitor(unittest.TestCase):
    def test_every_report_of_the_labelled_stories_can_be_made_and_names_its_company(self):
        reports = stories.documents()
        self.assertEqual(len({key for key, *_ in reports}), len(reports))
        names = stories.companies()
        for key, _, _, title, text in reports:
            self.assertTrue(any(name in title + text for name in names), key)
        cut = next(text for key, _, kind, _, text in reports if kind == "cut" and key.startswith("zh-fire-"))
        self.assertTrue(cut.endswith("无生命危险。环保部门监测显示，周边空气质量未见异常。"), cut)

    def test_pairs_are_judged_both_ways(self):
        reports = [("a", "s"), ("b", "s"), ("c", "t"), ("d", "t")]
        found = {"a": 1, "b": 1, "c": 1, "d": 2}
        right, joined, wanted, wrong = stories.judged(reports, found)
        self.assertEqual((right, joined, wanted), (1, 3, 2))
        self.assertEqual(wrong, [("joined a", "c"), ("joined b", "c"), ("missed c", "d")])

    def test_answers_are_counted_by_what_is_negative(self):
        rows = [("x", "negative"), ("y", "negative"), ("z", "neutral"), ("w", "positive")]
        found = surges.quality(rows, ["negative", "neutral", "negative", "positive"])
        self.assertEqual((found["negative recall"], found["others taken for negative"], found["accuracy"]), (0.5, 0.5, 0.5))

    def test_a_paper_says_the_same_again_and_has_an_address_of_its_own(self):
        writer = press.Writer(["one", "two", "three"], ["tea"])
        self.assertEqual([writer.document(3, i) for i in range(50)], [writer.document(3, i) for i in range(50)])
        self.assertEqual(len({press.address(i) for i in range(3000)}), 3000)

    def test_a_line_of_the_table_has_shares_and_delays(self):
        columns = {"x5 plants": 40, "x5 found": 39, "x5 median min": 9.6, "x5 p95 min": 31.0, "topic-weeks": 6.9}
        self.assertEqual(monitor_tables.found_share(columns), {"x5": "97.5 % of 40 (10, 31)", "topic-weeks": 6.9})
        self.assertEqual(monitor_tables.found_share({"F1": 0.9, "pairs": 3}), {"F1": 0.9, "pairs": 3})


class Report(unittest.TestCase):
    ROW = {"row": "finetune/base", "against": "others", "unit": "ms", "yupu": 10.0, "peer": 25.0, "ratio": 2.5,
           "goal": [2, 3], "check": {"what": "losses", "difference": 1e-6, "limit": 1e-4, "passed": True}}

    def test_hand_written_text_around_the_markers_stays(self):
        once = report.put_between("# Title\n\nby hand\n", "bench", ["| a |"])
        self.assertIn("by hand", once)
        twice = report.put_between(once + "behind\n", "bench", ["| \\1 b |"])
        self.assertNotIn("| a |", twice)
        self.assertIn("| \\1 b |", twice)
        self.assertTrue(twice.endswith("behind\n"))

    def test_a_goal_is_reached_or_missed(self):
        self.assertIn("2x / 3x: G", report.goal_text(self.ROW))
        self.assertIn("missed", report.goal_text({**self.ROW, "ratio": 1.9}))
        self.assertIn(": X", report.goal_text({**self.ROW, "ratio": 3.0}))

    def test_a_figure_whose_answers_differ_has_no_time(self):
        failed = {**self.ROW, "check": {**self.ROW["check"], "difference": 0.5, "passed": False}}
        line = list(report.peer_lines([failed]))[-1]
        self.assertIn("not timed", line)
        self.assertNotIn("25", line)


class ServiceLoad(unittest.TestCase):
    STRATEGY = '[train]\ntask = "classify"\nconfig = "tiny"\nepochs = 40\nvocab_size = 4000\n\n[release]\nmetric = "accuracy"\n'

    def test_the_strategy_is_changed_where_it_was_asked_for(self):
        self.assertEqual(service_load.changed(self.STRATEGY, "", 0, ""), self.STRATEGY)
        text = service_load.changed(self.STRATEGY, "yupu-base", 12, "int8")
        train, release = text.split("[release]")
        self.assertEqual(sorted(train.split("\n")), sorted(["[train]", 'task = "classify"', 'base = "yupu-base"', "epochs = 12", "", ""]))
        self.assertEqual(sorted(release.split("\n")), sorted(["", 'weights = "int8"', 'metric = "accuracy"', ""]))

    def test_memory_that_is_filled_once_does_not_grow(self):
        filled = [(t, min(500.0, 100.0 + t)) for t in range(0, 2000, 5)]
        self.assertEqual(service_load.slope_mb_per_hour(filled), 0.0)
        self.assertEqual(service_load.slope_mb_per_hour([(t, 100.0 + t / 360) for t in range(0, 2000, 5)]), 10.0)
        self.assertIsNone(service_load.slope_mb_per_hour([(0, 1.0)]))

    def test_the_table_has_a_part_for_each(self):
        row = lambda part, **more: {"bench": "service_load.py", "date": "2026-11-28", "commit": "c", "command": "run it",
                                    "machine": {**dict.fromkeys(("cores", "cpu", "family", "model", "memory_gb"), 1), "flags": []},
                                    "columns": {"part": part, "load": "8 connections", **more}}
        lines = report.service_section([row("connections", ms_p99=2.5), row("memory", rss_mb_end=90.0)])
        self.assertIn("| load | ms_p99 |", lines)
        self.assertIn("| 8 connections | 90.0 |", lines)

    def test_the_table_says_each_command_that_it_is_of(self):
        row = {"date": "2026-11-28", "commit": "c", "columns": {"part": "memory"},
               "machine": {**dict.fromkeys(("cores", "cpu", "family", "model", "memory_gb"), 1), "flags": []}}
        lines = report.service_section([{**row, "command": command} for command in ("first", "second", "first")])
        self.assertEqual([line.split("`")[1] for line in lines if line.startswith("- ")], ["first", "second"])


class Record(unittest.TestCase):
    def test_a_row_that_was_cut_short_is_none_and_spoils_no_other(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rows.jsonl"
            record.append(path, [{"row": "a"}], "x")
            with path.open("a", encoding="utf-8") as file:
                file.write('{"row": "b", "mach')
            record.append(path, [{"row": "c"}], "x")
            self.assertEqual([row["row"] for row in record.newest(path)], ["a", "c"])


def cell(name="a", seed=1, estimate=1.0, steps=("yupu train --out {model} --seed {seed}",), read=lambda outputs, data: {}, groups=()):
    return cells.Cell("intents", "banking77", name, "", seed, estimate, groups, steps, read)


class QualityPlan(unittest.TestCase):
    def test_seed_1_of_everything_comes_before_seed_2_the_cheapest_first(self):
        some = [cell("dear", 1, 90), cell("dear", 2, 90), cell("cheap", 1, 10), cell("cheap", 2, 10)]
        order = lambda **more: [(c.start, c.seed) for c in cells.planned(some, more.pop("done", ()), more.pop("measured", {}), **more)]
        self.assertEqual(order(), [("cheap", 1), ("dear", 1), ("cheap", 2), ("dear", 2)])
        self.assertEqual(order(done={some[2].name}), [("dear", 1), ("cheap", 2), ("dear", 2)])
        self.assertEqual(order(measured={some[2].line: 200}), [("dear", 1), ("cheap", 1), ("dear", 2), ("cheap", 2)])
        self.assertEqual(order(only=("dear/seed 2",)), [("dear", 2)])

    def test_every_set_has_its_first_cell_before_any_second_one(self):
        every = cells.all_cells()
        plan = cells.planned(every, set(), {})
        sets = {(c.table, c.dataset) for c in every}
        begin = plan[:len(sets)]
        self.assertEqual({(c.table, c.dataset) for c in begin}, sets)
        self.assertEqual({(c.start, c.seed) for c in begin}, {(cells.BASE, 1)})
        self.assertEqual([(c.table, c.dataset) for c in begin][:len(cells.PRIORITY)], list(cells.PRIORITY))

    def test_no_cell_begins_that_outlasts_the_budget(self):
        some = [cell("dear", 1, 90), cell("cheap", 1, 10)]
        self.assertEqual(cells.fitting(some, {}, None).start, "dear")
        self.assertEqual(cells.fitting(some, {}, 60).start, "cheap")
        self.assertEqual(cells.fitting(some, {some[0].line: 50}, 60).start, "dear")
        self.assertIsNone(cells.fitting(some, {}, 5))

    def test_every_cell_is_whole(self):
        every = cells.all_cells()
        self.assertEqual(len({c.name for c in every}), len(every))
        self.assertEqual({c.table for c in every}, set(cells.TABLES))
        for c in every:
            self.assertNotRegex(c.shown_command, "[{}]")
            self.assertIn((c.table, c.dataset), tables.TITLES)
            made = {group.split("-")[0] if "shot-" in group else group for group in c.groups}
            self.assertLessEqual(made, set(files.GROUPS))
            for group in set(part.split("/")[1] for part in c.shown_command.split() if part.startswith("data/")):
                self.assertIn(group, c.groups)
            if "--seed" in c.shown_command:
                self.assertIn(f"--seed {c.seed} ", c.shown_command)

    def test_a_cell_whose_command_has_changed_is_measured_again(self):
        old, new = cell(), cell(steps=("yupu train --lr 1 --out {model}",))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rows.jsonl"
            record.append(path, [{"row": old.name, "bench": "quality", "seconds": 7.0}], old.shown_command)
            self.assertEqual(run.finished(path, [old])[:2], ({old.name}, {old.line: 7.0}))
            self.assertEqual(run.finished(path, [new])[0], set())


class AnswerFigures(unittest.TestCase):
    def test_what_became_of_a_row(self):
        answer = {"decision": "answer", "intent": "a", "sources": ["policy#1"]}
        self.assertEqual(answer_figures.judged(answer, "a", "h"), "right")
        self.assertEqual(answer_figures.judged(answer, "b", "h"), "wrong")
        self.assertEqual(answer_figures.judged(answer, None, "h"), "wrong")
        self.assertEqual(answer_figures.judged({**answer, "sources": [{"document": "d"}]}, "a", "h"), "documents")
        self.assertEqual(answer_figures.judged({"decision": "clarify"}, "a", "h"), "clarify")
        self.assertEqual([answer_figures.judged({"decision": "handoff"}, label, "h") for label in ("h", "a", None)], ["right", "handoff", "wrong"])

    def test_texts_out_of_scope_count_against_the_precision(self):
        outcomes = [(True, "right")] * 6 + [(True, "wrong"), (True, "clarify"), (True, "refuse"), (True, "documents")]
        found = answer_figures.figures_of(outcomes + [(False, "wrong"), (False, "documents"), (False, "refuse"), (False, "clarify")])
        self.assertEqual((found["precision"], found["precision_in_scope"], found["coverage"]), (0.6, 0.75, 0.8))
        self.assertEqual((found["out_of_scope_answered"], found["out_of_scope_recall"]), (2, 0.5))
        self.assertIsNone(answer_figures.figures_of([(True, "right")])["out_of_scope_recall"])

    def test_a_question_with_two_homes_is_left_out(self):
        lines = ["t1\tq one\t1", "t1\tq both\t1", "t2\tq both\t1", "t2\tq two\t1", "t1\tq two\t0", "broken"]
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "pairs.tsv"
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
            right = faq_zh_data.labelled(path)
        self.assertEqual(right, {"t1": ["q one"], "t2": ["q two"]})


class QualityFiles(unittest.TestCase):
    def test_shots_are_so_many_of_each_label_and_the_seeds(self):
        some = [(f"{label}{i}", label) for label in "ab" for i in range(9)]
        drawn = files.draw_shots(some, 3, 1)
        self.assertEqual(sorted(label for _, label in drawn), list("aaabbb"))
        self.assertEqual(drawn, files.draw_shots(some, 3, 1))
        self.assertNotEqual(drawn, files.draw_shots(some, 3, 2))

    def test_only_persons_keep_their_tags(self):
        lines = ["-DOCSTART- -X- O O", "", "Anna NNP I-NP I-PER", "in IN I-PP O", "Rome NNP I-NP I-LOC"]
        self.assertEqual([line.split()[-1:] for line in files.only_person(lines)], [["O"], [], ["I-PER"], ["O"], ["O"]])

    def test_a_group_is_whole_or_not_there(self):
        def half(_data, out):
            (out / "train.csv").write_text("half")
            raise KeyboardInterrupt

        files.GROUPS["half"] = half
        self.addCleanup(files.GROUPS.pop, "half")
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaises(KeyboardInterrupt):
                files.ensure("half", None, pathlib.Path(folder))
            self.assertFalse((pathlib.Path(folder) / "half").exists())


class QualityFigures(unittest.TestCase):
    def test_ties_count_against_the_right_candidate(self):
        self.assertEqual(figures.rank_of_right([0.5, 0.9, 0.5], 0), 3)
        self.assertEqual(figures.ranking([1, 2, 11, 1]), {"test.mrr@10": 0.625, "test.recall@1": 0.5})

    def test_vectors_find_their_title(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder)
            (data / "pairs").mkdir()
            files.write_csv(data / "pairs" / "faq.test.csv", ("text", "text_b", "label", "query"),
                            [("q  1", "wrong", 0, "q1"), ("q  1", "right", 1, "q1"), ("q 2", "right", 0, "q2"), ("q 2", "wrong", 1, "q2")])
            lines = [{"text": "q 1", "embedding": [2, 1]}, {"text": "q 2", "embedding": [1, 0]}, {"text": "right", "embedding": [3, 0]},
                     {"text": "wrong", "embedding": [0, 9]}]
            found = figures.faq_vectors(["training said this", "\n".join(map(json.dumps, lines))], data)
        self.assertEqual(found, {"test.mrr@10": 0.75, "test.recall@1": 0.5})

    def test_out_of_scope_recall_is_what_was_not_answered(self):
        told = lambda answered, scores: json.dumps(
            {"accuracy": 0.9, "macro avg": {"f1-score": 0.8}, "expected_calibration_error": 0.01,
             "scope": {name: {"auroc": auroc, "fpr95": 0.2} for name, auroc in scores.items()},
             "decisions": {"answered": 6, "clarified": 1, "refused": 3, "answered_right": 5, "out_of_scope": 4,
                           "out_of_scope_answered": answered}})
        outputs = [json.dumps({"figures": {"valid.accuracy": 0.7}}), "", told(2, {"energy": 0.1}), "",
                   told(1, {"energy": 0.95, "mahalanobis": 0.97})]
        found = figures.scope(outputs, None)
        self.assertEqual((found["scope.recall"], found["scope.in_answered"], found["scope.in_answered_right"]), (0.5, 0.6, 0.5))
        self.assertEqual((found["gated.recall"], found["scope.energy.auroc"], found["scope.mahalanobis.auroc"]), (0.75, 0.95, 0.97))
        self.assertEqual((found["test.accuracy"], found["valid.accuracy"]), (0.9, 0.7))

    def test_floors_are_read_off_what_they_print(self):
        self.assertEqual(figures.linear_floor(["train_rows,test_rows,accuracy,macro_f1,seconds\n9,9,0.5,0.25,1.0\n"], None),
                         {"test.accuracy": 0.5, "test.macro_f1": 0.25})
        self.assertEqual(figures.fasttext_floor(['{"accuracy": 0.5}\n{"accuracy": 0.75}\n'], None), {"test.accuracy": 0.75})
        line = "conll: micro F1 0.1, macro F1 0.2, exact match 0.3, average precision 0.4"
        self.assertEqual(list(figures.multilabel_floor([line], None).values()), [0.1, 0.2, 0.3, 0.4])


class QualityTables(unittest.TestCase):
    MACHINE = {"cores": 2, "cpu": "made up", "family": "1", "model": "2", "flags": [], "memory_gb": 1.0}

    def row(self, of, accuracy, seconds):
        return {"row": of.name, "figures": {"test.accuracy": accuracy}, "seconds": seconds, "date": "2026-01-02T00:00:00Z", "threads": 1,
                "machine": self.MACHINE, "commit": "c0ffee"}

    def test_median_and_range_of_the_seeds_there_are(self):
        every = [cell("a", 1), cell("a", 2), cell("a", 3), cell("b", 1)]
        some = [self.row(every[0], 0.9, 10), self.row(every[1], 0.5, 30), self.row(every[2], 0.8, 20)]
        lines = tables.document_lines(every, some)
        self.assertIn("| a | 0.800 (0.500 to 0.900) | 20 | 3 |", lines)
        self.assertIn("| b |  |  | not measured yet |", lines)
        self.assertIn("| from | accuracy | seconds | seeds |", lines)  # nothing that no line has
        self.assertIn("yupu train --out model --seed 1", lines)
        self.assertIn("c0ffee", lines[0])

    def test_words_stand_a_tag_a_row(self):
        one = cell("a")
        row = self.row(one, 0.9, 10)
        for tag, f1 in (("B-PER", 0.9), ("O", 1.0), ("macro avg", 0.95), ("weighted avg", 0.99)):
            row["figures"].update({f"words.{tag}.precision": f1, f"words.{tag}.recall": f1, f"words.{tag}.f1-score": f1,
                                   f"words.{tag}.support": 7})
        row["figures"]["words.accuracy"] = 0.98
        shown = [line for line in tables.document_lines([one], [row]) if line.startswith("| ")]
        self.assertIn("| B-PER | 0.9000 | 0.9000 | 0.9000 | 7 |", shown)
        self.assertLess(shown.index("| accuracy |  |  | 0.9800 |  |"), shown.index("| macro avg | 0.9500 | 0.9500 | 0.9500 | 7 |"))

    def test_nothing_measured_is_said(self):
        self.assertIn("No run yet", tables.document_lines([cell()], [])[0])


class QualityRun(unittest.TestCase):
    """A program that trains by counting to three in a file, one more each time it is started, and is asked to stop in between."""
    PROGRAM = """#!/usr/bin/env python3
import json, pathlib, sys, time
words = sys.argv[1:]
if words == ["version"]:
    sys.exit()
assert words[-2:] == ["--threads", "1"], words
if words[0] == "evaluate":
    print(json.dumps({"accuracy": 0.5}))
    sys.exit()
place = pathlib.Path(words[words.index("--out") + 1])
place.mkdir(exist_ok=True)
state = place / "count"
count = int(state.read_text()) + 1 if state.exists() else 1
state.write_text(str(count))
if count < 3:
    time.sleep(60)
print(json.dumps({"seconds": 1000.0, "count": count}))
"""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.workdir = pathlib.Path(folder.name)
        self.program = self.workdir / "program"
        self.program.write_text(self.PROGRAM)
        self.program.chmod(0o755)
        self.results = self.workdir / "rows.jsonl"
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self.addCleanup(signal.signal, sign, signal.getsignal(sign))

    def driver(self):
        return run.Driver(self.workdir, self.workdir, self.program, self.results, 1, None, None)

    def times_started(self):
        return max((int(place.read_text() or 0) for place in self.workdir.glob("cells/*/model/count")), default=0)

    def test_stopped_twice_it_goes_on_and_records_once(self):
        read = lambda outputs, data: {"count": json.loads(outputs[0])["count"], **json.loads(outputs[1])}
        one = cell(steps=("yupu train --out {model}", "yupu evaluate --model {model}"), read=read)
        for times in (1, 2):
            driver = self.driver()
            driver.is_over = lambda times=times: self.times_started() == times
            with self.assertRaises(run.Stopped):
                driver.carry_out(one)
            self.assertEqual(run.finished(self.results, [one])[0], set())
        row = self.driver().carry_out(one)
        self.assertEqual(row["figures"], {"count": 3, "accuracy": 0.5})
        self.assertGreaterEqual(row["seconds"], 1000.0)  # what training told, earlier sittings too
        self.assertEqual(run.finished(self.results, [one])[0], {one.name})
        self.assertEqual(list((self.workdir / "cells").iterdir()), [])

    def test_a_finished_step_is_not_run_again(self):
        failing = ("yupu evaluate --model {model}", "yupu train --no-place")
        with self.assertRaisesRegex(run.StepFailed, "--no-place"):
            self.driver().carry_out(cell(steps=failing))
        self.program.write_text(self.PROGRAM.replace('"evaluate"', '"nothing"'))  # would fail now; its output is kept
        with self.assertRaisesRegex(run.StepFailed, "--no-place"):
            self.driver().carry_out(cell(steps=failing))

    def test_a_program_that_does_not_run_is_refused_before_anything_is_measured(self):
        self.program.write_bytes(b"")  # as a linker begins
        with self.assertRaisesRegex(SystemExit, "does not run"):
            self.driver()

    def test_two_drivers_do_not_share_a_folder(self):
        with run.only_one(self.workdir), self.assertRaises(SystemExit):
            with run.only_one(self.workdir):
                self.fail("both at work")

    def test_what_a_killed_driver_left_of_a_finished_cell_goes(self):
        one, other = cell("a"), cell("b")
        for kept in (one, other):
            (self.workdir / "cells" / f"{run.folder_name(kept)}-12345678").mkdir(parents=True)
        run.forget_finished(self.workdir, [one, other], {one.name})
        self.assertEqual([place.name for place in (self.workdir / "cells").iterdir()], [f"{run.folder_name(other)}-12345678"])


if __name__ == "__main__":
    unittest.main()
