"""The grammar of `hmi jobs` and `hmi instructions`: what may stand after them on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Final

_SIGNED: Final = {
    "review": "sign that the text was reviewed: by somebody else than who wrote it",
    "release": "sign that jobs may be started with the text: by somebody else than who wrote or reviewed it",
    "withdraw": "sign that it holds no longer (--why): its open jobs stop",
}
PAIRS: Final = (  # verbs of two words
    *("jobs show", "jobs start", "jobs do", "instructions diff"),
    *(f"instructions {act}" for act in _SIGNED),
)
Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, as_json: Option) -> None:
    """Add the verbs of work instructions and of the jobs that carry them out."""
    jobs = verb(
        verbs, "jobs", "jobs:jobs", "work that was carried out by instructions; works with the engine stopped, too"
    )
    jobs.add_argument("--open", action="store_true", help="only those that are not at their end")
    for name in ("serial", "lot", "order", "product", "tool", "shift", "alarm"):
        jobs.add_argument(f"--{name}", default="", metavar=name.upper(), help=f"only those of this {name}")
    jobs.add_argument("--machine", default="", metavar="EQUIPMENT", help="only those about this machine")
    jobs.add_argument("--instruction", default="", metavar="ID", help="only those of this instruction")
    jobs.add_argument("--limit", type=int, default=200)
    show = verb(
        verbs, "jobs show", "jobs:show", "one job: every step with its values, times, deviations and signatures"
    )
    show.add_argument("id", metavar="JOB")
    start = verb(verbs, "jobs start", "jobs:start", "start a job; prints its number and its first step")
    start.add_argument("instruction", metavar="INSTRUCTION")
    start.add_argument(
        "--for",
        dest="context",
        action="append",
        default=[],
        metavar="NAME=TEXT",
        help="what it is for: order=4711, lot=L12, serial=…, product=…, tool=…, equipment=…",
    )
    _do(verb(verbs, "jobs do", "jobs:do", "do the step that a job is at; without a value: confirm it"))
    instructions = verb(verbs, "instructions", "instructions:listing", "the work instructions of a plant")
    diff = verb(
        verbs,
        "instructions diff",
        "instructions:diff",
        "what of an instruction differs from what was kept here",
    )
    diff.add_argument("plant", metavar="PLANT")
    diff.add_argument("id", metavar="INSTRUCTION")
    diff.add_argument("--revision", default="", metavar="N", help="compare with this one, not the latest other one")
    signed = [_sign(verb(verbs, f"instructions {act}", f"instructions:{act}", text)) for act, text in _SIGNED.items()]
    instructions.add_argument("plant", metavar="PLANT")
    for made in (jobs, show, start, verbs.choices["jobs do"], instructions, diff, *signed):
        data(made)
    for made in (jobs, show, start, verbs.choices["jobs do"], instructions, diff, *signed):
        as_json(made)


def _sign(made: argparse.ArgumentParser) -> argparse.ArgumentParser:
    made.add_argument("id", metavar="INSTRUCTION")
    made.add_argument("--sign", required=True, metavar="NAME", help="as this person; the password is asked for")
    made.add_argument("--why", default="", help="the reason")
    return made


def _do(do: argparse.ArgumentParser) -> None:
    do.add_argument("id", metavar="JOB")
    do.add_argument("value", nargs="?", metavar="VALUE", help="yes, no, na, a number, a text or what was scanned")
    ways = do.add_mutually_exclusive_group()
    ways.add_argument("--begin", action="store_true", help="start the time of the step")
    ways.add_argument("--skip", action="store_true", help="leave the step out (--why)")
    ways.add_argument("--note", action="store_true", help="add a remark (--why)")
    ways.add_argument("--abandon", action="store_true", help="give the job up (--why)")
    ways.add_argument("--sign", metavar="NAME", help="sign as this person; the password is asked for")
    ways.add_argument("--attach", metavar="FILE", help="a picture or file, for a step that wants one")
    ways.add_argument("--confirm", action="store_true", help="yes to what the step wants confirmed, such as a write")
    do.add_argument("--why", default="", help="the reason, or the remark")
