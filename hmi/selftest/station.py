"""A small plant, its simulated controller and its engine: what most checks of the program work on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import msgspec

from hmi.core import quality as q
from hmi.core.errors import LinkError
from hmi.core.tags import TagTable
from hmi.link.messages import AlarmRow, Alarms, AnyMessage, Health, Reply, Values
from hmi.link.socket import Connection, connect
from hmi.plantfiles.folder import load_folder
from hmi.selftest.checks import Failed, Ground
from hmi.selftest.tap import Tap

LEVEL: Final = "trial.level"  # can be written; its alarm stands above 90
WAVE: Final = "trial.wave"  # moves by itself
WORD: Final = "trial.an_open_secret"  # a text: the simulator says the last word of the tag's name
ALARM: Final = "trial.level.hh"
PATIENCE_S: Final = 30.0
_LOOK_S: Final = 0.05
_SCHEMES: Final = {"modbus": "tcp", "opcua": "opc.tcp"}

_PLANT: Final = """
[plant]
id = "selftest"
name = "Self-test"
timezone = "Europe/Berlin"

[[connection]]
id = "controller"
driver = "{driver}"
address = "{address}"
{more}
[access]
everyone = "operate"

[priority_matrix]
respond_min = [3, 10, 30]
minor = [3, 4, 4, 4]
major = [2, 3, 3, 4]
severe = [1, 1, 2, 3]
"""
_HEAD: Final = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
_TAGS: Final = {
    "modbus": f"""{_HEAD}
{LEVEL},controller,holding:100,float32,%,0,100,,,,100,change,rw,Level that can be written
{WAVE},controller,holding:110,float64,%,0,100,,,,100,change,r,Value that moves by itself
trial.door,controller,coil:3,bool,,,,,,,100,change,rw,A single bit
""",
    "opcua": f"""{_HEAD}
{LEVEL},controller,ns=2;s=Level,float64,%,0,100,,,,100,change,rw,Level that can be written
{WAVE},controller,ns=2;s=Wave,float32,%,0,100,,,,100,change,r,Value that moves by itself
{WORD},controller,ns=2;s=Word,string,,,,,,,100,change,r,A text
""",
}
_ALARMS: Final = f"""
[[alarm]]
id = "{ALARM}"
tag = "{LEVEL}"
title = "Level too high"
type = "level_hh"
limit = 90.0
deadband = 1.0
class = "process"
consequence = "minor"
respond_min = 10
cause = "The self-test has written it"
effect = "None"
action = "None: the self-test acknowledges it"
"""
_SCREEN: Final = """
[screen]
id = "{id}"
title = "Self-test"
level = 1
size = [800, 480]
"""
_ELEMENT: Final = """
[[element]]
symbol = "{symbol}"
at = [{x}, {y}]
size = [{w}, {h}]
{key} = "{text}"
"""
BARE: Final = "bare"  # the screen on which nothing is
WRITTEN: Final = {"one": "HOUSE 1580", "other": "STONE 2647", "pump": "泵泵", "valve": "阀阀"}  # screen -> its text
TEXT_AT: Final = (100, 100, 600, 60)  # x, y, width and height of those texts on their screens


def write_plant(folder: Path, driver: str, address: str, more: str = "") -> Path:
    """The files of the small plant; `more` are lines of its connection."""
    plant = folder / "plant"
    (plant / "screens").mkdir(parents=True)
    (plant / "plant.toml").write_text(_PLANT.format(driver=driver, address=address, more=more), encoding="utf-8")
    (plant / "tags.csv").write_text(_TAGS[driver], encoding="utf-8")
    (plant / "alarms.toml").write_text(_ALARMS, encoding="utf-8")
    for name, text in _screens().items():
        (plant / "screens" / f"{name}.toml").write_text(text, encoding="utf-8")
    return plant


def _screens() -> dict[str, str]:
    x, y, w, h = TEXT_AT
    written = {
        name: _SCREEN.format(id=name) + _ELEMENT.format(symbol="text", x=x, y=y, w=w, h=h, key="text", text=text)
        for name, text in WRITTEN.items()
    }
    trial = _SCREEN.format(id="trial")
    trial += _ELEMENT.format(symbol="heading", x=40, y=20, w=400, h=40, key="text", text="Self-test of the program")
    trial += _ELEMENT.format(symbol="value", x=40, y=100, w=200, h=60, key="tag", text=LEVEL)
    trial += _ELEMENT.format(symbol="bar", x=300, y=100, w=120, h=300, key="tag", text=WAVE)
    return {"trial": trial, BARE: _SCREEN.format(id=BARE), **written}


@dataclass(frozen=True, slots=True)
class Value:
    """One value as the engine tells it."""

    number: float
    text: str
    quality: int


class Station:
    """The small plant at work: simulator and engine in processes of their own, and a link to the engine."""

    def __init__(self, ground: Ground, driver: str, security: str = "") -> None:
        """Starts both; Failed or HmiError when one does not. A protected connection is listened to."""
        port = ground.free_ports(2)
        address = f"{_SCHEMES[driver]}://127.0.0.1:{port}"
        files = write_plant(ground.folder, driver, address, f'security = "{security}"' if security else "")
        self.data = ground.folder / "data"
        self.plant = load_folder(files)
        self.state, self.reason = "connecting", ""  # of the connection
        self._clock = ground.clock
        self._tap = Tap(port + 1, port) if security else None
        ground.start("simulator", "sim", str(files))
        tapped = f"controller={_SCHEMES[driver]}://127.0.0.1:{port + 1}"
        moved = () if self._tap is None else ("--address", tapped)
        ground.start("engine", "engine", str(files), "--data", str(self.data), "--engineering", *moved)
        if self._tap is not None:
            self._tap.open()
        self._table = TagTable(self.plant.tags)
        self._alarms: Mapping[int, AlarmRow] = {}
        self._link = self._connected()

    def __enter__(self) -> Station:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._link.close()
        if self._tap is not None:
            self._tap.__exit__(kind, error, at)

    def _connected(self) -> Connection:
        try:
            return connect(self.data, program="self-test", user="self-test", station="here", clock=self._clock)
        except LinkError as error:
            raise Failed(f"no window could reach the engine: {error}") from error

    @property
    def heard(self) -> bytearray:
        """What the simulator said over a connection that is listened to."""
        return bytearray() if self._tap is None else self._tap.heard

    def value(self, tag: str) -> Value:
        """What the engine has told last."""
        index, table = self.plant.tag_index[tag], self._table
        return Value(float(table.value[index]), table.text.get(index, ""), int(table.quality[index]))

    def is_good(self, tag: str) -> bool:
        """Whether a tag's value may be used."""
        return bool(q.is_good(self.value(tag).quality))

    def alarm(self, alarm: str) -> str:
        """The state of an alarm, in ISA-18.2's words; normal as long as nothing else was told."""
        rule = next(rule.index for rule in self.plant.rules if rule.id == alarm)
        row = self._alarms.get(rule)
        return "normal" if row is None else row.state

    def until(self, wanted: Callable[[], bool], otherwise: str) -> float:
        """Listen until it is so, and tell how many seconds that took; Failed when it does not come."""
        begun = self._clock.monotonic()
        while not wanted():
            if self._clock.monotonic() - begun > PATIENCE_S:
                raise Failed(f"{otherwise} within {PATIENCE_S:g} s")
            if self._tap is not None:
                self._tap.pump()
            for message in self._link.wait(_LOOK_S):
                self._take(message)
        return self._clock.monotonic() - begun

    def _take(self, message: AnyMessage) -> None:
        if isinstance(message, Values):
            self._table.apply(message.batch())
        elif isinstance(message, Alarms):
            news = {row.rule: row for row in message.rows}
            self._alarms = news if message.snapshot else {**self._alarms, **news}
        elif isinstance(message, Health) and message.connections:
            self.state, self.reason = message.connections[0].state, message.connections[0].reason

    def ask(self, verb: str, **args: Any) -> Reply:
        """One question to the engine; Failed when its answer is no."""
        reply = self._link.ask(verb, timeout_s=PATIENCE_S, **args)
        if not reply.ok:
            raise Failed(f"the engine refuses {verb}: {reply.text}")
        return reply

    def command(self, tag: str, value: float) -> str:
        """Write through the gate; the outcome, confirmed when it was read back."""
        body = msgspec.convert(self.ask("write", tag=tag, value=value, why="self-test").body, dict[str, Any])
        return str(body["outcome"])
