"""Looks whether the files of a running plant have changed, and what would change with them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from hmi.core.errors import Mistake, PlantError
from hmi.core.plant import Plant, digest
from hmi.core.policy import Policy
from hmi.plantfiles.folder import MAX_DEPTH, MAX_FILES, TEXTS, Seal, check_texts_of, read_texts
from hmi.plantfiles.picture import KINDS

_MOST_ENTRIES: Final = 4 * MAX_FILES  # a folder with more is refused when it is read; no look may take longer
# What operators see and nothing else: these may change while the plant runs. Whatever a plant gets beside them, in
# times to come as well, is the engine's own and waits for its restart.
_SHOWN: Final = frozenset(
    {
        "screens",
        "equipment",
        "trends",
        "backdrops",
        "languages",
        "symbols",
        "texts",
        "digest",
        "instructions",  # a job that has begun goes on with the text it began with
        "pictures",
        "branding",
        "version",
    }
)
_WORDS: Final[Mapping[str, str]] = {  # what else there is, as an engineer calls it
    "connections": "connections",
    "tags": "tags",
    "rules": "alarms",
    "station_rules": "alarms",
    "alarm_classes": "alarms",
    "derived": "derived tags",
    "policies": "policies",
    "history": "history",
    "stations": "stations",
}
_REST: Final = "plant.toml"

_BUNDLE: Final = ("BUNDLE.json", "BUNDLE.json.minisig")  # a plant may be signed once it has been read

Stamp = frozenset[tuple[str | int, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the plant's files say now; `plant` is None when they have mistakes, and when they are those in force."""

    digest: str = ""  # "" where they cannot even be read
    plant: Plant | None = None
    mistakes: tuple[Mistake, ...] = ()  # errors only, by file and line
    runs: tuple[str, ...] = ()  # what the engine itself works with and has changed: tags, alarms, ...


@dataclass(frozen=True, slots=True)
class Look:
    """How the folder looked, and what was read when there was something new that had come to rest."""

    stamp: Stamp
    reading: Reading | None = None


def look(
    folder: Path,
    library: Mapping[str, str],
    in_force: Plant,
    before: Stamp | None,
    judged: Stamp | None,
    seal: Seal | None = None,
) -> Look:
    """Look at a plant's folder once; for a thread that may wait for a disk. With a `seal` only what is signed counts.

    `before` is how it was at the look before this one, `judged` how it was when it was read last. It is read only
    when it is new and the same at two looks in a row: editors write in steps. What changes while it is read counts
    as not at rest.
    """
    now = stamp_of(folder)
    if now == judged or now != before:
        return Look(now)
    reading = read(folder, library, in_force, seal)
    after = stamp_of(folder)
    return Look(after, reading if after == now else None)


def read(
    folder: Path,
    library: Mapping[str, str],
    in_force: Plant,
    seal: Seal | None = None,
) -> Reading:
    """Read the folder, check the whole of it, and compare it with the plant that runs."""
    try:
        texts = read_texts(folder, seal)
    except PlantError as error:
        return Reading(mistakes=error.mistakes)
    found = digest(texts)
    if found == in_force.digest:
        return Reading(found)
    plant, mistakes = check_texts_of(texts, library)
    if plant is None:
        return Reading(found, mistakes=tuple(one for one in mistakes if one.severity == "error"))
    return Reading(found, plant, runs=differing(in_force, plant))


def differing(running: Plant, other: Plant) -> tuple[str, ...]:
    """In what two plants differ for the engine, in words; empty when only what operators see is another."""
    names = (one.name for one in fields(Plant) if one.name not in _SHOWN)
    found = (_WORDS.get(name, _REST) for name in names if _essence(running, name) != _essence(other, name))
    return tuple(dict.fromkeys(found))


def stamp_of(folder: Path) -> Stamp:
    """Names, sizes and times of the files that describe a plant; what cannot be looked at is stamped as that."""
    return frozenset(_entries(os.fspath(folder), 0, [_MOST_ENTRIES]))


def _entries(folder: str, depth: int, left: list[int]) -> Iterator[tuple[str | int, ...]]:
    try:
        with os.scandir(folder) as found:
            entries = list(found)
    except (OSError, ValueError) as error:
        yield folder, getattr(error, "errno", 0) or 0
        return
    for entry in entries:
        if entry.name.startswith(".") or left[0] <= 0:
            continue
        left[0] -= 1
        yield from _entry(entry, depth, left)


def _entry(entry: os.DirEntry[str], depth: int, left: list[int]) -> Iterator[tuple[str | int, ...]]:
    try:
        if entry.is_dir(follow_symlinks=False):
            if depth < MAX_DEPTH:
                yield from _entries(entry.path, depth + 1, left)
        elif entry.name.lower().endswith((*TEXTS, *KINDS)) or entry.name in _BUNDLE:  # photographs count, too
            now = entry.stat()  # of what a link leads to
            yield entry.path, now.st_size, now.st_mtime_ns, now.st_ino, now.st_mode
    except OSError as error:  # gone in the meantime, or a link that leads nowhere
        yield entry.path, error.errno or 0


def _essence(plant: Plant, name: str) -> Any:
    """What counts of one part of a plant: not in which line it stands, nor how an expression was compiled."""
    if name == "derived":
        return [(tag, one.text, one.inputs) for tag, one in plant.derived]
    if name == "stations":
        return [replace(one, name="", screen="") for one in plant.stations]
    if name == "policies":
        told: dict[int, Any] = {}  # most tags share theirs
        return {
            tag: [told.get(id(one)) or told.setdefault(id(one), _essence_of(one)) for one in some]
            for tag, some in plant.policies.items()
        }
    return getattr(plant, name)


def _essence_of(policy: Policy) -> Any:
    interlocks = [(one.needs.text, one.needs.inputs, one.blocked) for one in policy.interlocks]
    return replace(policy, place="", interlocks=()), interlocks
