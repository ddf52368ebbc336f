"""instructions/releases.toml: how far each text has come on its way to the shop floor, and who brought it there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.steps.model import Instruction, Release

FILE = "instructions/releases.toml"
_NAME = Meta(min_length=1, max_length=100, examples=["J. Process"])


class _Entry(Struct, frozen=True, kw_only=True):
    instruction: str
    state: Literal["draft", "reviewed", "released", "withdrawn"]
    digest: Annotated[str, Meta(pattern="^[0-9a-f]{16,64}$", examples=["9f86d081884c7d65"])] = ""
    written_by: Annotated[str, _NAME] = ""
    reviewed_by: Annotated[str, _NAME] = ""
    released_by: Annotated[str, _NAME] = ""
    on: dt.date | None = None
    why: Annotated[str, Meta(max_length=300)] = ""


def read_releases(
    texts: Mapping[str, str], instructions: Mapping[str, Instruction], mistakes: list[Mistake]
) -> dict[str, Release]:
    """How far each instruction has come, as its text is now; mistakes go on the list.

    A text that was changed after it was reviewed or released is a draft again; one that was withdrawn stays so.
    """
    found: dict[str, Release] = {}
    table = toml.read(FILE, texts[FILE], mistakes) if FILE in texts else None
    if table is None:
        return found
    strange = [key for key in table.values if key != "release"]
    mistakes += [table.mistake(key, f"`{key}` is not a section of this file", "Write [[release]]") for key in strange]
    for row in table.tables("release"):
        entry = toml.fill(_Entry, row, mistakes)
        if entry is None:
            continue
        if entry.instruction in found:
            mend = "Keep the one that holds"
            mistakes.append(row.mistake("instruction", f"{entry.instruction} stands there twice", mend))
        elif entry.instruction not in instructions:
            mend = suggestion(entry.instruction, instructions, "Remove it")
            mistakes.append(row.mistake("instruction", f"there is no instruction {entry.instruction}", mend))
        else:
            found[entry.instruction] = _judged(row, entry, instructions[entry.instruction], mistakes)
    return found


def _judged(row: toml.Table, entry: _Entry, instruction: Instruction, mistakes: list[Mistake]) -> Release:
    on = entry.on.isoformat() if entry.on else ""
    release = Release(entry.state, entry.written_by, entry.reviewed_by, entry.released_by, on, entry.why)
    if entry.state == "withdrawn":
        if not entry.why:
            mistakes.append(row.mistake("state", "the release does not say why it was withdrawn", "Write why"))
        return release
    if entry.state == "draft":
        return release
    if not instruction.digest.startswith(entry.digest or "-"):
        what = f"{instruction.id} was changed since it was {entry.state}: it is a draft again"
        mend = f"Review it, then write digest = {instruction.digest[:16]!r}".replace("'", '"')
        mistakes.append(row.mistake("digest", what, mend, "warning"))
        return Release("draft", entry.written_by, on=on)
    for key, why in _missing(entry):
        mistakes.append(row.mistake(key, why, "A second person has to agree"))
    return release


def _missing(entry: _Entry) -> list[tuple[str, str]]:
    """What is missing for the state that it claims: nobody agrees with himself."""
    found = []
    if not entry.reviewed_by:
        found.append(("state", f"it is {entry.state}, and nobody has reviewed it"))
    elif entry.reviewed_by == entry.written_by:
        found.append(("reviewed_by", f"{entry.reviewed_by} has written it and reviewed it"))
    if entry.state == "released":
        if not entry.released_by:
            found.append(("state", "it is released, and nobody has released it"))
        elif entry.released_by in (entry.written_by, entry.reviewed_by):
            found.append(("released_by", f"{entry.released_by} has released what he wrote or reviewed himself"))
    return found
