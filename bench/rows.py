#!/usr/bin/env python3
"""Runs one of our benches, shows what it prints and appends its rows to bench/results/own.jsonl.

    rows.py [--to FILE] COMMAND...      output: CSV under a header line, or one JSON object a line; other lines are only shown
    --to FILE                           of bench/results instead of own.jsonl
Exit status: the command's.
"""
import json
import os
import subprocess
import sys

import record


def is_number(text):
    try:
        float(text)
        return True
    except ValueError:
        return False


class Table:
    """Turns lines into rows; a line of several fields and no number is a new header."""

    def __init__(self):
        self.header = None

    def row(self, line):
        if line.startswith("{"):
            try:
                return json.loads(line)
            except json.JSONDecodeError:
                return None
        fields = [field.strip().strip('"') for field in line.split(",")]
        if len(fields) < 3:
            return None
        if not any(map(is_number, fields)):
            self.header = fields
            return None
        if self.header is None:
            return None
        kept = len(self.header) - 1
        if len(fields) > len(self.header):  # what each contestant got stands behind the last title
            fields = fields[:kept] + [", ".join(fields[kept:])]
        return {title: field for title, field in zip(self.header, fields) if field}


def main(command):
    file = "own.jsonl"
    if command[:1] == ["--to"]:
        file, command = command[1], command[2:]
    name = os.path.basename(next((part for part in command if not part.startswith("python")), command[0]))
    table, rows = Table(), []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=record.ROOT) as process:
        for line in process.stdout:
            sys.stdout.write(line)
            sys.stdout.flush()
            if columns := table.row(line.rstrip("\n")):
                # What names a row: its leading texts and sizes, so that the next run of the bench replaces it.
                label = ",".join(str(v) for v in list(columns.values())[:4] if not is_number(v) or float(v).is_integer())
                rows.append({"row": f"{name} {label}", "bench": name, "columns": columns})
    record.append(file, rows, " ".join(command))
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
