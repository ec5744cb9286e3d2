#!/usr/bin/env python3
"""The arithmetic of the benches' own tools, without peers: what a row says must be what was measured."""
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE / "peers")]
sys.dont_write_bytecode = True
import contest
import report
import rows
import workload


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


if __name__ == "__main__":
    unittest.main()
