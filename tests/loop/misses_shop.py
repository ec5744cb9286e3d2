"""A small shop whose model has never heard of two things its visitors ask about, though its test rows have them: what it learns
from misses shows at the gate.  misses_shop.py FOLDER writes its files."""
import csv
import pathlib
import sys

from conversation_test import STRATEGY, write_files

# Words of the wrong intent in them: "money" is of refunds and "open", "sunday" of opening hours, until somebody says otherwise.
UNKNOWN = {
    "hours": ["is the money desk staffed at christmas", "christmas staffing of the money desk", "who staffs the desk at christmas"],
    "refund": ["open a dispute about a sunday card payment", "dispute the sunday card payment", "how do i open a card dispute"],
}
MISSES_STRATEGY = (STRATEGY[:STRATEGY.index("[[service.test]]")].replace("target_precision = 0.99", "target_precision = 0.8")
                   + '[improve]\nepochs = 20\nlr = 2e-3\n' + STRATEGY[STRATEGY.index("[commerce]"):])


def asked(intent, number):
    phrases = UNKNOWN[intent]
    return f"{['', 'well ', 'hello '][number % 3]}{phrases[number % len(phrases)]} {number}"


def write_shop(folder):
    write_files(folder, MISSES_STRATEGY)
    with open(folder / "rows.csv", "a", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        for intent in UNKNOWN:
            writer.writerows((asked(intent, number), intent, "test") for number in range(900, 912))


if __name__ == "__main__":
    write_shop(pathlib.Path(sys.argv[1]))
