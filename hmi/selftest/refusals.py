"""What an engine refuses, tried on one of our own: strangers at its door, wishes that must not reach a controller."""

from __future__ import annotations

import socket
import struct
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import msgspec

from hmi.link import address as addresses
from hmi.link.messages import VERSION
from hmi.link.socket import Connection, connect
from hmi.selftest.checks import Failed, Ground, NotChecked

_PLANT: Final = """[plant]
id = "selftest"
name = "Self-test"
timezone = "UTC"

[access]
everyone = "operate"

[[station]]
id = "slate"
name = "A tablet"
kind = "tablet"
"""
_CONNECTION: Final = """
[[connection]]
id = "nowhere"
driver = "modbus"
address = "tcp://127.0.0.1:{port}"
"""
_TAGS: Final = """tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description
trial.speed,nowhere,holding:1,uint16,1/min,0,60,,,,,off,rw,Speed
trial.guarded,nowhere,holding:2,uint16,1/min,0,60,,,,,off,rw,Guarded speed
trial.seen,nowhere,holding:3,uint16,1/min,0,60,,,,,off,r,Only to be seen
"""
_POLICIES: Final = """[[policy]]
tags = ["trial.guarded"]
role = "engineer"

[[policy]]
tags = ["trial.speed"]
high = 50
"""
_WISHES: Final = (  # tag, value, why, station -> which rule has to refuse it
    ("trial.guarded", 5, "self-test", "desk", "role"),
    ("trial.speed", 55, "self-test", "desk", "range"),
    ("trial.speed", "fast", "self-test", "desk", "value"),
    ("trial.speed", 5, "", "desk", "reason"),
    ("trial.speed", 5, "self-test", "slate", "station"),
    ("trial.seen", 5, "self-test", "desk", "read-only"),
    ("trial.none", 5, "self-test", "desk", "unknown-tag"),
    ("trial.speed", 5, "self-test", "desk", "away"),  # its controller does not exist: nothing is kept for later
)
_WAIT_S: Final = 10.0
_LONGEST: Final = 100_000  # bytes of an answer at the door


def engine(ground: Ground, tags: bool) -> Path:
    """An engine of the check's own; gives its data folder. With `tags`, of a controller that does not exist."""
    plant, data = ground.folder / "plant", ground.folder / "data"
    plant.mkdir()
    connection = _CONNECTION.format(port=ground.free_ports(1)) if tags else ""
    (plant / "plant.toml").write_text(_PLANT + connection, "utf-8")
    (plant / "tags.csv").write_text(_TAGS if tags else _TAGS.partition("\n")[0] + "\n", "utf-8")
    if tags:
        (plant / "policies.toml").write_text(_POLICIES, "utf-8")
    ground.start("engine", "engine", str(plant), "--data", str(data), "--engineering")
    return data


def wishes_at_the_gate(ground: Ground) -> str:
    """Ask for every write that a rule stands against; each must be refused by that rule and journalled."""
    data = engine(ground, tags=True)
    for tag, value, why, station, rule in _WISHES:
        with closing(_client(ground, data, station)) as link:
            body = link.ask("write", timeout_s=_WAIT_S, tag=tag, value=value, why=why).body
        if body["outcome"] != "refused" or body.get("code") != rule:
            raise Failed(
                f"The gate did not refuse {tag} = {value} for its {rule}, but said {body}: "
                "this program must not be used to command a plant"
            )
    with closing(_client(ground, data, "desk")) as link:
        records = link.ask("journal", timeout_s=_WAIT_S, category="write").body
    if [record["event"] for record in records] != ["refused"] * len(_WISHES):
        text = f"The journal has {len(records)} of {len(_WISHES)} refusals: its records cannot be relied on"
        raise Failed(text)
    return f"{len(_WISHES)} wishes refused, each by its rule, and journalled"


def _client(ground: Ground, data: Path, station: str) -> Connection:
    return connect(data, program="selftest", user="selftest", station=station, stream=False, clock=ground.clock)


def strangers_at_the_door(ground: Ground) -> str:
    """Knock with a wrong token, without one, with another version and with rubbish; nobody may be let in."""
    found = addresses.read(engine(ground, tags=False))
    if not found.address.startswith("unix:"):
        raise NotChecked("the engine's door is tried on systems with Unix sockets only")
    hello: dict[str, Any] = {"type": "Hello", "version": VERSION, "token": "", "program": "stranger"}
    knocks = {
        "a wrong token": _frame({**hello, "token": "0" * len(found.token)}),
        "no token": _frame(hello),
        "another version": _frame({**hello, "token": found.token, "version": VERSION + 1}),
        "a request and no hello": _frame({"type": "Request", "number": 1, "verb": "status", "args": {}}),
        "rubbish": bytes(range(256)),
        "a huge length": b"\xff\xff\xff\xff" + bytes(4000),
    }
    for who, knock in knocks.items():
        if (answer := _answer(found.address.removeprefix("unix:"), knock)) not in ("Refused", ""):
            raise Failed(f"The engine let in a stranger with {who} ({answer}): do not use this program")
    return f"{len(knocks)} strangers sent away"


def _frame(message: dict[str, Any]) -> bytes:
    body = msgspec.msgpack.encode(message)
    return struct.pack(">I", len(body)) + body


def _answer(path: str, knock: bytes) -> str:
    """What kind of message comes back; "" the connection is just closed."""
    with socket.socket(socket.AF_UNIX) as door:
        door.settimeout(_WAIT_S)
        door.connect(path)
        door.sendall(knock)
        door.shutdown(socket.SHUT_WR)
        heard = b""
        while len(heard) < _LONGEST and (more := _heard(door)):
            heard += more
    return str(msgspec.msgpack.decode(heard[4 : 4 + int.from_bytes(heard[:4], "big")])["type"]) if heard else ""


def _heard(door: socket.socket) -> bytes:
    try:
        return door.recv(4096)
    except ConnectionError:
        return b""
