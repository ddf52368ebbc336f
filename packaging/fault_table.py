"""The table of faults out of a run of `make faults`: which were injected, how each ended, and what was measured.

`fault_table.py RESULTS.xml… [--manual FILE.md]` reads pytest's own results (--junitxml), in which each trial tells the
rows that it holds, and writes faults.md and faults.json beside the first. Of a trial that is in several, the last
holds. With --manual the table of the manual is written anew between its two marks. It ends with 1 if a row failed.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from xml.etree.ElementTree import Element, parse  # of our own test run

FAULTS = {
    1: "A server is killed and comes back",
    2: "A server freezes, again and again",
    3: "Publishing stops while reading works",
    4: "The network swallows everything",
    5: "Every connection is reset",
    6: "The cable is out and the server forgets",
    7: "Loss, delay, a thin line, a queue that runs over",
    8: "A server that answers one byte a second",
    9: "Nonsense, huge and endless messages",
    10: "Modbus: wrong numbers, short answers, busy, wrong unit",
    11: "A value of another type than expected",
    12: "NaN, infinite, denormal and huge values",
    13: "Every quality that a server can tell",
    14: "Source times that cannot be right",
    15: "This computer's clock is set or slewed",
    16: "Nights in which an hour comes twice or never",
    17: "The disk is full",
    18: "The disk gives errors or drops out",
    19: "Files of history or journal are damaged",
    20: "The engine is killed while it writes",
    21: "Power cuts while it writes",
    22: "A backup tool holds or copies the files",
    23: "Two engines on one data folder",
    24: "The plant server ends, changes, is full, is replaced",
    25: "The plant server comes back after days",
    26: "Servers with certificates that are wrong in every way",
    27: "Our own certificate ends while the plant runs",
    28: "A server that offers no security any more",
    29: "Hostile texts, a million nodes",
    30: "Somebody guesses passwords",
    31: "Plant files that are cut off or damaged",
    32: "A hostile bundle of plant files",
    33: "Ten thousand alarms at once",
    34: "Chattering and standing alarms, shelves over a restart",
    35: "Acknowledging what cannot be acknowledged any more",
    36: "A server forgets its alarms",
    37: "Two redundant servers change places",
    38: "A PLC gets another program",
    39: "A register map shifts",
    40: "Counters roll over, are reset, are wide",
    41: "The answer to a command is lost",
    42: "A command while the device is away",
    43: "Commands by a side door",
    44: "A window hangs or is killed",
    45: "The engine dies or hangs",
    46: "A tablet sleeps",
    47: "File handles run out",
    48: "Data of another version of the program",
    49: "Sparkplug: death certificates, lost births",
    50: "A long run with a fault ever again",
}
NOT_INJECTED = {
    25: "measured by `hmi bench uplink`, not by a trial",
    49: "this version speaks no Sparkplug",
}
MARKS = ("<!-- faults: written by make faults -->", "<!-- end of faults -->")
MOST_FIGURES = 3


class Row:
    """What became of one fault."""

    def __init__(self) -> None:
        self.passed: list[str] = []
        self.failed: list[str] = []
        self.skipped: dict[str, str] = {}  # trial -> why
        self.figures: list[str] = []

    @property
    def result(self) -> str:
        """In one word."""
        return "failed" if self.failed else "passed" if self.passed else "not run"

    @property
    def why(self) -> str:
        """Why it was not run, or what failed."""
        return "; ".join(self.failed or ([] if self.passed else sorted(set(self.skipped.values()))))


def read(results: list[Path]) -> dict[int, Row]:
    """Every row of the table, by its number."""
    rows: dict[int, Row] = defaultdict(Row)
    cases = {}
    for file in results:
        for case in parse(file).getroot().iter("testcase"):  # noqa: S314 - written by our own runs
            cases[case.get("classname"), case.get("name")] = case
    for case in cases.values():
        told = [(one.get("name", ""), one.get("value", "")) for one in case.iter("property")]
        numbers = {int(number) for name, value in told if name == "rows" for number in value.split()}
        for number in numbers:
            _take(rows[number], case, [value for name, value in told if name == "measured"])
    return {number: rows[number] for number in FAULTS}


def _take(row: Row, case: Element, figures: list[str]) -> None:
    trial = case.get("name", "")
    if case.find("failure") is not None or case.find("error") is not None:
        row.failed.append(trial)
    elif (skipped := case.find("skipped")) is not None:
        row.skipped[trial] = skipped.get("message", "")
    else:
        row.passed.append(trial)
        row.figures += figures


def table(rows: dict[int, Row]) -> str:
    """The table in Markdown."""
    lines = ["| # | fault | result | trials | measured |", "|---|---|---|---|---|"]
    for number, row in rows.items():
        shown = row.figures[:MOST_FIGURES]
        told = "; ".join(shown) or NOT_INJECTED.get(number, "") or row.why
        told = told or ("" if row.passed else "its long trials were no part of this run")
        result = row.result + (f": {row.why}" if row.failed else "")
        lines.append(f"| {number} | {FAULTS[number]} | {result} | {_trials(row)} | {_cell(told)} |")
    return "\n".join(lines) + "\n"


def _trials(row: Row) -> str:
    skipped = f" (+{len(row.skipped)} not run)" if row.skipped else ""
    return f"{len(row.passed) + len(row.failed)}{skipped}"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "/")[:300]


def document(rows: dict[int, Row]) -> dict[str, object]:
    """The same for programs."""
    return {
        "rows": [
            {
                "row": number,
                "fault": FAULTS[number],
                "result": row.result,
                "passed": row.passed,
                "failed": row.failed,
                "not_run": row.skipped,
                "measured": row.figures,
                "why": NOT_INJECTED.get(number, row.why),
            }
            for number, row in rows.items()
        ]
    }


def put_into(manual: Path, text: str) -> None:
    """Write the table between its marks in a chapter of the manual."""
    page = manual.read_text(encoding="utf-8")
    head, mark, rest = page.partition(MARKS[0])
    _, end, tail = rest.partition(MARKS[1])
    if not mark or not end:
        raise SystemExit(f"{manual} has no marks {MARKS[0]} and {MARKS[1]}: nothing was written")
    manual.write_text(f"{head}{mark}\n{text}{end}{tail}", encoding="utf-8")


def main() -> int:
    """Do what the command line asks."""
    asked = argparse.ArgumentParser(description="The table of faults out of a test run.")
    asked.add_argument("results", type=Path, nargs="+")
    asked.add_argument("--manual", type=Path)
    options = asked.parse_args()
    rows = read(options.results)
    first = options.results[0]
    first.with_name("faults.md").write_text(table(rows), encoding="utf-8")
    data = json.dumps(document(rows), indent=1)
    first.with_name("faults.json").write_text(data + "\n", encoding="utf-8")
    if options.manual:
        put_into(options.manual, table(rows))
    counts = {word: sum(row.result == word for row in rows.values()) for word in ("passed", "failed", "not run")}
    print(", ".join(f"{count} {word}" for word, count in counts.items()))
    return 1 if counts["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
