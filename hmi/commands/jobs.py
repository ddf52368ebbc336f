"""`hmi jobs`: the story of a unit by serial or lot, one job as a whole; and, over the link, starting and doing jobs."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import Any, Final

import msgspec

from hmi.commands.ask import Caller, no, put_json, say
from hmi.commands.places import recorded_folder, secret
from hmi.core.errors import HmiError
from hmi.core.listing import iso
from hmi.core.steps.events import Event
from hmi.core.steps.job import Job, folded
from hmi.core.steps.kept import JobRow, row_of, said
from hmi.core.steps.model import AnyStep, Procedure
from hmi.link.messages import Reply
from hmi.store.jobs import JobReader

_CONTEXT: Final = ("serial", "lot", "order", "product", "tool", "shift", "alarm", "instruction")
_FLAGS: Final = ("begin", "skip", "note", "abandon")
_TIMEOUT_S: Final = 30.0  # a value that is sent to a machine is read back first


def jobs(options: argparse.Namespace) -> int:
    """List jobs, the newest first; 1 when there is none."""
    wanted = {name: getattr(options, name) for name in _CONTEXT} | {"equipment": options.machine}
    state = "open" if options.open else ""
    rows = JobReader(recorded_folder(options)).find(wanted, state=state, limit=max(1, options.limit))
    if options.json:
        put_json({"jobs": [_plain(row) for row in rows]})
    for row in rows if not options.json else ():
        say(_line(row))
    if not rows:
        return 1 if options.json else no("no job fits: hmi jobs without an option lists all of this station")
    return 0


def show(options: argparse.Namespace) -> int:
    """One job with all that happened in it."""
    reader = JobReader(recorded_folder(options))
    job = reader.job(options.id)
    if job is None:
        return no(f"there is no job {options.id} at this station: hmi jobs lists them")
    procedure = reader.procedure(job.procedure)
    row = row_of(job, procedure)
    if options.json:
        events = [{"time": iso(event.time_ns), **msgspec.to_builtins(event)} for event in job.events]
        return put_json({"job": _plain(row), "procedure": msgspec.to_builtins(procedure), "events": events})
    say(_line(row))
    for event in job.events:
        say(_event_line(event))
    return 0


def start(options: argparse.Namespace) -> int:
    """Start a job and say what is to be done first."""
    context = dict(_pair(text) for text in options.context)
    with Caller(options) as caller:
        reply = caller.ask("job_start", instruction=options.instruction, context=context, key=secrets.token_hex(8))
        return _told(options, caller, reply)


def do(options: argparse.Namespace) -> int:
    """Do the step that a job is at, and say what comes next."""
    with Caller(options) as caller:
        reply = caller.ask("job", id=options.id)
        if not reply.ok:
            return no(reply.text)
        job = _job(reply)
        args = {"job": job.id, "step": job.at, "turn": job.turn, "why": options.why, "key": secrets.token_hex(8)}
        reply = caller.ask("job_act", _TIMEOUT_S, **args, **_act(options, caller))
        return _told(options, caller, reply)


def _act(options: argparse.Namespace, caller: Caller) -> dict[str, Any]:
    for kind in _FLAGS:
        if getattr(options, kind):
            return {"act": kind}
    if options.sign:
        return {"act": "sign", "name": options.sign, "secret": secret(f"Password of {options.sign}")}
    if options.attach:
        return {"act": "do", "value": _attached(Path(options.attach), caller)}
    if options.confirm:
        return {"act": "do", "value": True, "confirmed": True}
    return {"act": "do", "value": options.value}


def _attached(path: Path, caller: Caller) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise HmiError(f"{path} cannot be read ({error.strerror}): nothing was attached") from None
    reply = caller.ask("job_attach", _TIMEOUT_S, name=path.name, data=data)
    if not reply.ok:
        raise HmiError(reply.text)
    return str(reply.body["attachment"])


def _told(options: argparse.Namespace, caller: Caller, reply: Reply) -> int:
    if not reply.ok:
        return no(reply.text)
    row = reply.body["job"]
    if options.json:
        return put_json({"job": row})
    if reply.text:
        say(reply.text)
    if row["state"] != "open":
        say(f"job {row['id']} is {row['state']}, {row['deviations']} deviations")
        return 0
    job = folded(row["id"], msgspec.convert(caller.ask("job", id=row["id"]).body["events"], list[Event]))
    procedure = msgspec.convert(caller.ask("procedure", key=job.procedure).body, Procedure)
    step = procedure.step(job.at)
    say(f"job {row['id']}: step {procedure.place(job.at) + 1} of {row['steps']}: {_step_line(step)}")
    return 0


def _job(reply: Reply) -> Job:
    return folded(reply.body["job"]["id"], msgspec.convert(reply.body["events"], list[Event]))


def _step_line(step: AnyStep | None) -> str:
    if step is None:
        return "none is left"
    kind = str(step.__struct_config__.tag)
    hazard = f"  DANGER: {step.hazard}" if step.hazard else ""
    return f"{step.title} ({kind}){hazard}"


def _line(row: JobRow) -> str:
    context = " ".join(f"{name}={text}" for name, text in row.context.items())
    where = f"at {row.at!r}" if row.state == "open" else f"{row.state} {iso(row.ended_ns)[:19]}"
    deviations = f", {row.deviations} deviations" if row.deviations else ""
    end = f"{deviations}  {', '.join(row.people)}  {context}"
    return f"{row.id:10} {iso(row.started_ns)[:19]} {row.title} rev {row.revision}, {where}{end}"


def _event_line(event: Event) -> str:
    by = f"  {event.user}" if event.user else ""
    why = f"  because {event.why!r}" if event.why else ""
    tags = "".join(f"  {name}={reading.value}" for name, reading in event.tags.items())
    return f"  {iso(event.time_ns)[:23]} {event.kind:10} {said(event)}{tags}{by}{why}"


def _plain(row: JobRow) -> dict[str, Any]:
    return {"started": iso(row.started_ns), "ended": iso(row.ended_ns), **msgspec.to_builtins(row)}


def _pair(text: str) -> tuple[str, str]:
    name, mark, value = text.partition("=")
    if not mark or not name or not value:
        raise HmiError(f"--for takes NAME=TEXT such as lot=L12, not {text!r}")
    return name, value
