"""`hmi selftest`: every part of the program, tried on the spot; by the builder, at the site and before an update."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import msgspec

from hmi.clock import MachineClock
from hmi.commands.children import Child, free_ports, hmi_command
from hmi.core.errors import HmiError
from hmi.core.wording import visible
from hmi.selftest.checks import FAILED, NOT_CHECKED, PASSED, Check, Ground, Result, check_of, checks_of, made
from hmi.selftest.run import PIDS, each

_START_S = 60.0
_MARKS = {PASSED: "ok  ", FAILED: "FAIL", NOT_CHECKED: "-   "}


def selftest(options: argparse.Namespace) -> int:
    """Run the checks and say how each ended; 1 when one failed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"  # whoever sits at the display is not to see windows come and go
    groups = options.groups or ["program", *(["data"] if options.data else [])]
    if options.here:
        return _here(options, groups[0])
    chosen = [(group, check) for group in groups for check in _chosen(group, options.only)]
    results = []
    for result in each(chosen, options.data, MachineClock(), _quiet if options.json else _say_begun):
        results.append(result)
        if not options.json:
            _say(result)
    counts = Counter(result.outcome for result in results)
    if options.json:
        body = {"ok": not counts[FAILED], "checks": results}
        print(msgspec.json.format(msgspec.json.encode(body), indent=1).decode())
    else:
        print(f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[NOT_CHECKED]} not checked")
    return 1 if counts[FAILED] else 0


def _chosen(group: str, only: str) -> tuple[Check, ...]:
    return (check_of(group, only),) if only else checks_of(group)


def _here(options: argparse.Namespace, group: str) -> int:
    """One check in this process, its result as one line of JSON: how `each` runs it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # ends in order, with all that the check has started
    with ExitStack() as after:
        result = made(group, check_of(group, options.only), ground(options.here, options.data, after))
    print(msgspec.json.encode(result).decode())
    return 1 if result.outcome == FAILED else 0


def ground(folder: Path, data: Path | None, after: ExitStack) -> Ground:
    """Where a check works; what it starts ends with `after`, the last one first."""

    def start(name: str, *words: str) -> str:
        child = Child(name, hmi_command(*words), folder / f"{name}.log")
        after.callback(child.stop)
        with (folder / PIDS).open("a") as file:
            file.write(f"{child.process.pid}\n")
        return child.ready(_START_S)

    if not folder.is_dir():
        raise HmiError(f"There is no folder {folder} to work in: nothing was checked")
    return Ground(folder, MachineClock(), start, free_ports, data)


def _quiet(_: Check) -> None:
    pass


def _say_begun(check: Check) -> None:
    if sys.stdout.isatty():
        print(f"...  {check.name}", end="\r", flush=True)


def _say(result: Result) -> None:
    print(f"{_MARKS[result.outcome]} {result.name:22} {result.seconds:6.1f} s  {visible(result.text)}", flush=True)
