"""`hmi instructions`: the work instructions of a plant, how far each is released, what has changed, and signing one."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

import msgspec

from hmi.commands.ask import Caller, no, put_json, say
from hmi.commands.places import data_folder, named_folder, secret
from hmi.core.steps.diff import Difference, changed, compared
from hmi.core.steps.model import Instruction, Procedure
from hmi.core.steps.procedure import procedure_of
from hmi.core.steps.releases import standing
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.store.jobs_releases import ReleaseReader

_TIMEOUT_S: Final = 30.0  # a password takes its time, and others may be judged before it


def listing(options: argparse.Namespace) -> int:
    """List the instructions of a plant's files, each as far as its file, or the people of the station, brought it."""
    plant = load_folder(find_plant(options.plant))
    folder = named_folder(options)
    deeds = ReleaseReader(folder).deeds() if folder is not None else {}
    some = plant.instructions.values()
    rows = [_row(msgspec.structs.replace(one, release=standing(one, deeds.get(one.id, ())))) for one in some]
    if options.json:
        return put_json({"instructions": rows})
    for row in rows:
        minutes = f"{row['minutes']:g} min" if row["minutes"] else ""
        about = f"rev {row['revision']:4} {row['release']:10} {row['steps']:3} steps {minutes:8}"
        say(f"{row['id']:24} {about} {row['title']}")
    return 0 if rows else no("the plant has no work instructions: write instructions/NAME.md, see the manual")


def diff(options: argparse.Namespace) -> int:
    """Print what differs between the file and what was kept at this station last; 1 if anything does."""
    plant = load_folder(find_plant(options.plant))
    instruction = plant.instructions.get(options.id)
    if instruction is None:
        return no(f"there is no instruction {options.id}: hmi instructions {options.plant} lists them")
    now = procedure_of(instruction, plant.instructions, {one.id: one.code for one in plant.equipment.values()})
    before = _before(ReleaseReader(data_folder(options)), now, options.revision)
    if before is None:
        what = f"revision {options.revision} of {options.id}" if options.revision else options.id
        return no(f"{what} was never carried out or signed at this station: there is nothing to compare it with")
    pictured = msgspec.structs.replace(now, drawings={})
    found = changed(compared(msgspec.structs.replace(before, drawings={}), pictured))
    if options.json:
        steps = [asdict(one) for one in found]
        put_json({"instruction": options.id, "before": before.revision, "now": now.revision, "steps": steps})
    else:
        say(f"{options.id}: revision {before.revision} of this station -> revision {now.revision} of the plant's files")
        for line in _lines(found):
            say(line)
    return 1 if found else 0


def review(options: argparse.Namespace) -> int:
    """Sign that the text was reviewed."""
    return _signed(options, "review")


def release(options: argparse.Namespace) -> int:
    """Sign that jobs may be started with the text."""
    return _signed(options, "release")


def withdraw(options: argparse.Namespace) -> int:
    """Sign that it holds no longer: none is started, and those that are open stop."""
    return _signed(options, "withdraw")


def _signed(options: argparse.Namespace, act: str) -> int:
    with Caller(options) as caller:
        rows = caller.ask("instructions").body or []
        row = next((one for one in rows if one["id"] == options.id), None)
        if row is None:
            return no(f"there is no instruction {options.id} in the plant that runs: hmi instructions PLANT lists them")
        if not options.json:
            say(f"{row['title']}, revision {row['revision']}, is {row['release']}; digest {row['digest'][:16]}")
        told = {"instruction": options.id, "act": act, "digest": row["digest"], "why": options.why}
        password = secret(f"Password of {options.sign}")
        reply = caller.ask("instruction_sign", _TIMEOUT_S, name=options.sign, secret=password, **told)
    if options.json:
        put_json({"ok": reply.ok, "text": reply.text})
        return 0 if reply.ok else 1
    if not reply.ok:
        return no(reply.text)
    say(reply.text)
    return 0


def _before(reader: ReleaseReader, now: Procedure, revision: str) -> Procedure | None:
    """The text to compare with: the one of that revision, else the newest that is another than the file's."""
    kept = reader.revisions(now.instruction)
    if revision:
        return next((one.procedure for one in kept if one.procedure.revision == revision), None)
    other = (one.procedure for one in kept if one.procedure.sources != now.sources)
    return next(other, kept[0].procedure if kept else None)


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


def _lines(found: list[Difference]) -> Iterator[str]:
    """What differs, as text: one line for each thing that is said otherwise, - before and + now."""
    for one in found:
        yield f"{one.kind:8} {one.title}" + (f" [{one.step}]" if one.step else "")
        for part in one.parts:
            yield from (f"  - {part.name}: {line}" for line in part.before.splitlines())
            yield from (f"  + {part.name}: {line}" for line in part.after.splitlines())
        if one.before != one.after:
            yield from (f"  - picture {shown.file}" for shown in one.before if shown not in one.after)
            yield from (f"  + picture {shown.file}" for shown in one.after if shown not in one.before)
