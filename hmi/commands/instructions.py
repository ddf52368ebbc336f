"""`hmi instructions`: the work instructions of a plant, how far each is released, and what has changed in one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from difflib import unified_diff
from typing import Any

import msgspec

from hmi.commands.ask import no, put_json, say
from hmi.commands.places import data_folder
from hmi.core.steps.model import Instruction, Procedure
from hmi.core.steps.procedure import procedure_of
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.store.jobs import JobReader


def listing(options: argparse.Namespace) -> int:
    """List the instructions of a plant's files."""
    plant = load_folder(find_plant(options.plant))
    rows = [_row(one) for one in plant.instructions.values()]
    if options.json:
        return put_json({"instructions": rows})
    for row in rows:
        minutes = f"{row['minutes']:g} min" if row["minutes"] else ""
        about = f"rev {row['revision']:4} {row['release']:10} {row['steps']:3} steps {minutes:8}"
        say(f"{row['id']:24} {about} {row['title']}")
    return 0 if rows else no("the plant has no work instructions: write instructions/NAME.md, see the manual")


def diff(options: argparse.Namespace) -> int:
    """Print what differs between the file and what was carried out last at this station; 1 if anything does."""
    plant = load_folder(find_plant(options.plant))
    instruction = plant.instructions.get(options.id)
    if instruction is None:
        return no(f"there is no instruction {options.id}: hmi instructions {options.plant} lists them")
    reader = JobReader(data_folder(options))
    rows = reader.find({"instruction": options.id}, limit=1)
    job = reader.job(rows[0].id) if rows else None
    before = reader.procedure(job.procedure) if job else None
    if job is None or before is None:
        return no(f"{options.id} was never carried out at this station: there is nothing to compare it with")
    codes = {one.id: one.code for one in plant.equipment.values()}
    now = procedure_of(instruction, plant.instructions, codes)
    names = (f"revision {before.revision} (job {job.id})", f"revision {now.revision} (plant files)")
    lines = list(unified_diff(list(_lines(before)), list(_lines(now)), *names, lineterm="", n=2))
    if options.json:
        put_json({"instruction": options.id, "before": before.revision, "now": now.revision, "lines": lines})
    else:
        for line in lines:
            say(line)
    return 1 if lines else 0


def _row(one: Instruction) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "revision": one.revision,
        "release": one.release.state,
        "steps": len(one.steps),
        "minutes": one.minutes,
        "equipment": list(one.equipment),
        "languages": [one.language, *one.wordings],
        "digest": one.digest,
    }


def _lines(procedure: Procedure) -> Iterator[str]:
    """A procedure as text, a line for each thing that it says."""
    yield f"# {procedure.title}"
    yield from procedure.intro.splitlines()
    for step in procedure.steps:
        plain: dict[str, Any] = msgspec.to_builtins(step)
        yield f"## {plain.pop('title')} [{plain.pop('id')}]"
        yield from plain.pop("text", "").splitlines()
        yield from (f"{key} = {value!r}" for key, value in sorted(plain.items()))
