"""`hmi check`: every mistake and lint finding in a plant's files, before they reach the control room."""

from __future__ import annotations

import argparse
import sys

import msgspec

from hmi.core.errors import Mistake
from hmi.core.plant import Plant
from hmi.plantfiles.folder import check_folder, find_plant


def check(options: argparse.Namespace) -> int:
    """List every mistake with file, line and mend; exit 1 when there is one. Warnings alone are no mistakes."""
    plant, mistakes = check_folder(find_plant(options.plant))
    if options.json:
        rows = [
            {"file": m.file, "line": m.line, "severity": m.severity, "what": m.what, "mend": m.mend} for m in mistakes
        ]
        print(msgspec.json.format(msgspec.json.encode({"mistakes": rows}), indent=1).decode())
    else:
        for mistake in mistakes:
            print(mistake, file=sys.stderr)
        print(_summary(plant, mistakes))
    return 1 if plant is None else 0


def _summary(plant: Plant | None, mistakes: list[Mistake]) -> str:
    errors = sum(mistake.severity == "error" for mistake in mistakes)
    found = f"{_counted(errors, 'mistake')}, {_counted(len(mistakes) - errors, 'warning')}"
    if plant is None:
        return f"{found}: the plant cannot be run."
    return (
        f"{plant.name}: {len(plant.tags)} tags, {len(plant.rules)} alarms, {len(plant.screens)} screens, "
        f"{len(plant.connections)} connections; {found}."
    )


def _counted(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"
