"""Every way to ask for a write that is no window: what a person types, what a program says over the link.

A door is asked to bring one value to one tag. It tells what it was told: `Told`. What came of it is in the journal.
"""

from __future__ import annotations

import contextlib
import io
import re
import secrets
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from hmi import cli
from hmi.clock import MachineClock
from hmi.core.steps.events import Event
from hmi.core.steps.job import folded
from hmi.link import address as addresses
from hmi.link.messages import Reply
from hmi.link.socket import Connection, Elsewhere, attach
from tests.security.guarded import Guarded, instruction_of

WHY = "trial of the doors"
PASSWORD = "seven wet otters in a row"
WAIT_S = 30.0


class Told(NamedTuple):
    """What whoever asked was told."""

    done: bool
    text: str
    code: str = ""


Door = Callable[[Guarded, str, float], Told]


def typed(*words: str, stdin: str = "") -> tuple[int, str, str]:
    """One command of the program, in this process: exit code, output, errors."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.main(words)
    finally:
        sys.stdin = before
    return code, out.getvalue(), err.getvalue()


def _said(answer: tuple[int, str, str]) -> Told:
    code, out, err = answer
    return Told(code == 0, (err or out).strip())


def _heard(reply: Reply) -> Told:
    body = reply.body if isinstance(reply.body, dict) else {}
    return Told(reply.ok, reply.text, str(body.get("code", "")))


# -- what a person types


def put(plant: Guarded, tag: str, value: float) -> Told:
    """`hmi put`, in a process of its own."""
    done = plant.station.hmi("put", tag, f"{value:g}", "--why", WHY)
    return Told(done.returncode == 0, done.stderr.strip() or done.stdout.strip())


def put_confirmed(plant: Guarded, tag: str, value: float) -> Told:
    """`hmi put --confirm --json`: confirmed beforehand, read by a script."""
    data = str(plant.station.data)
    return _said(typed("put", tag, f"{value:g}", "--why", WHY, "--confirm", "--json", "--data", data))


def put_signed_in(plant: Guarded, tag: str, value: float) -> Told:
    """`hmi put --as`: by somebody who has signed in, and may operate."""
    words = ("put", tag, f"{value:g}", "--why", WHY, "--as", "olga", "--data", str(plant.station.data))
    return _said(typed(*words, stdin=PASSWORD + "\n"))


def step_typed(plant: Guarded, tag: str, value: float) -> Told:
    """`hmi jobs do`: a step of a work instruction that writes."""
    data = ("--data", str(plant.station.data))
    started = typed("jobs", "start", instruction_of(tag), *data)
    assert started[0] == 0, started
    job = re.findall(r"^job (\S+):", started[1])[0]
    measured = typed("jobs", "do", job, f"{value:g}", *data)
    assert measured[0] == 0, measured
    told = _said(typed("jobs", "do", job, "--confirm", *data))
    typed("jobs", "do", job, "--abandon", "--why", "trial", *data)
    return told


# -- what a program says over the link


def _asked(link: Connection, tag: str, value: Any, **more: Any) -> Told:
    try:
        return _heard(link.ask("write", timeout_s=WAIT_S, tag=tag, value=value, why=WHY, **more))
    finally:
        link.close()


def window_program(plant: Guarded, tag: str, value: float) -> Told:
    """A client that says it is the window, without any of the window's own checks."""
    return _asked(plant.link("window"), tag, value)


def second_client(plant: Guarded, tag: str, value: float) -> Told:
    """Another client beside one that is there already and has asked for something else."""
    first = plant.link("window")
    try:
        first.request("values", tags=[])
        return _asked(plant.link("window"), tag, value)
    finally:
        first.close()


def pretender(plant: Guarded, tag: str, value: float) -> Told:
    """A client that says of itself what the engine alone may say: that it is the engine, who it is, what it may."""
    boast = dict(role="administer", signed="ada", user="ada", station_kind="desk", session=None, confirmed=True)
    return _asked(plant.link("engine"), tag, value, **boast)


def as_text(plant: Guarded, tag: str, value: float) -> Told:
    """A number as a text, as a script may send it."""
    return _asked(plant.link(), tag, f"{value:g}")


def over_tcp(plant: Guarded, tag: str, value: float) -> Told:
    """A client that attached over TCP."""
    token = addresses.read(plant.station.data).token
    link = attach(Elsewhere("127.0.0.1", plant.listens, token), program="window", stream=False, clock=MachineClock())
    return _asked(link, tag, value)


def _frame(message: dict[str, Any]) -> bytes:
    body = msgspec.msgpack.encode(message)
    return struct.pack(">I", len(body)) + body


def raw_bytes(plant: Guarded, tag: str, value: float) -> Told:
    """Bytes on the socket that none of our own code has made."""
    found = addresses.read(plant.station.data)
    hello = {"type": "Hello", "token": found.token, "version": found.version, "program": "raw", "stream": False}
    ask = {"type": "Request", "number": 7, "verb": "write", "args": {"tag": tag, "value": value, "why": WHY}}
    with socket.socket(socket.AF_UNIX) as wire:
        wire.settimeout(WAIT_S)
        wire.connect(found.address.removeprefix("unix:"))
        wire.sendall(_frame(hello) + _frame(ask))
        stream = wire.makefile("rb")
        while True:
            size = struct.unpack(">I", stream.read(4))[0]
            answer = msgspec.msgpack.decode(stream.read(size))
            if answer["type"] == "Reply" and answer["number"] == 7:
                return Told(answer["ok"], answer["text"], (answer["body"] or {}).get("code", ""))


def step_asked(plant: Guarded, tag: str, value: float) -> Told:
    """A step of a work instruction, by a client that was not built for it: the value is sent with the first word."""
    link = plant.link("window")
    try:
        reply = link.ask("job_start", instruction=instruction_of(tag), context={}, key=secrets.token_hex(8))
        assert reply.ok, reply.text
        name = reply.body["job"]["id"]

        def act(kind: str, **more: Any) -> Reply:
            events = link.ask("job", id=name).body["events"]
            job = folded(name, msgspec.convert(events, list[Event]))
            args = dict(job=name, act=kind, step=job.at, turn=job.turn, key=secrets.token_hex(8), **more)
            return link.ask("job_act", timeout_s=WAIT_S, **args)

        assert act("do", value=value).ok
        told = act("do", value=True, confirmed=True)
        act("abandon", why="trial")
        return _heard(told)
    finally:
        link.close()


DOORS: dict[str, Door] = {
    "hmi put": put,
    "hmi put --confirm --json": put_confirmed,
    "hmi put --as": put_signed_in,
    "hmi jobs do": step_typed,
    "link: write": window_program,
    "link: a second client": second_client,
    "link: a pretender": pretender,
    "link: a number as a text": as_text,
    "link: TCP": over_tcp,
    "link: raw bytes": raw_bytes,
    "link: job_act": step_asked,
}


def staffed(plant: Guarded) -> None:
    """Accounts: ada administers, olga operates and has changed the password that was given to her."""
    data = ("--data", str(plant.station.data))
    given = "four late trains to Leeds"
    steps = [
        (("user", "add", "ada", "--role", "administer"), f"{PASSWORD}\n"),
        (("user", "add", "olga", "--role", "operate", "--as", "ada"), f"{PASSWORD}\n{given}\n"),
        (("user", "password", "olga"), f"{given}\n{PASSWORD}\n"),
    ]
    for words, lines in steps:
        code, out, err = typed(*words, *data, stdin=lines)
        assert code == 0, (words, out, err)


def until(wanted: Callable[[], Any], within_s: float = WAIT_S) -> Any:
    """What `wanted` gives once it gives anything; fails when it does not in time."""
    end = time.monotonic() + within_s
    while not (found := wanted()):
        assert time.monotonic() < end, wanted
        time.sleep(0.02)
    return found


def popen(plant: Guarded, *words: str) -> subprocess.Popen[str]:
    """A command that goes on while the test does something else."""
    from hmi.commands.children import hmi_command

    command = hmi_command(*words, "--data", str(plant.station.data))
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
