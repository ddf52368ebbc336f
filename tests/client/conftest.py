"""A small engine in the test's own process: real messages over the real in-process link, a hand-turned clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

import hmi
from hmi.client.language import speak
from hmi.client.page import Desk
from hmi.client.style import dress
from hmi.client.theme import day
from hmi.client.window import Window
from hmi.client.wire import Wire
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.errors import LinkError
from hmi.core.history import Samples, window_of
from hmi.core.plant import Plant, load
from hmi.core.tags import TagTable
from hmi.link import local
from hmi.link.messages import AlarmRow, Alarms, ConnectionRow, Health, Hello, Reply, Request, Values, Welcome
from hmi.link.street import Session

PLANT = """
[plant]
id = "small"
name = "Small plant"
timezone = "Europe/Berlin"

[[connection]]
id = "line"
driver = "opcua"
address = "opc.tcp://127.0.0.1:4840"
"""

TAGS = """tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description
tank.level,line,ns=2;s=Level,float64,%,0,100,,,,,change,r,Tank level
tank.temperature,line,ns=2;s=Temp,float64,°C,0,120,,,,,change,r,Tank temperature
pump.speed,line,ns=2;s=Speed,float64,1/min,0,60,,,,,change,rw,Pump speed set-point
pump.running,line,ns=2;s=Running,bool,,,,,,,,change,rw,Pump runs
door.open,line,ns=2;s=Door,bool,,,,,,,,change,r,Guard door open
recipe.name,line,ns=2;s=Recipe,string[16],,,,,,,,change,rw,Recipe
"""

_ALARM = """
[[alarm]]
id = "{id}"
tag = "{tag}"
type = "{type}"
limit = {limit}
class = "process"
consequence = "{consequence}"
respond_min = {respond_min}
title = "{title}"
cause = "Valve stuck"
effect = "Overflow to drain"
action = "Close hand valve HV-102"
screen = "{screen}"
"""

_SCREEN = """
[screen]
id = "{id}"
title = "{title}"
level = {level}
size = [1600, 900]
{parent}

[[element]]
symbol = "value"
at = [100, 100]
label = "Level"
bind.value = "tank.level"
"""


def texts(screens: tuple[str, ...] = ("overview", "tank", "pump")) -> dict[str, str]:
    """The small plant's files."""
    alarms = (
        dict(
            id="tank.level.hh",
            tag="tank.level",
            type="level_hh",
            limit=92.0,
            consequence="severe",
            respond_min=2,
            title="Tank overflows",
            screen="tank",
        ),
        dict(
            id="tank.level.h",
            tag="tank.level",
            type="level_h",
            limit=85.0,
            consequence="major",
            respond_min=2,
            title="Tank level high",
            screen="tank",
        ),
        dict(
            id="tank.temperature.h",
            tag="tank.temperature",
            type="level_h",
            limit=90.0,
            consequence="minor",
            respond_min=2,
            title="Tank hot",
            screen="tank",
        ),
        dict(
            id="door.open",
            tag="door.open",
            type="discrete",
            limit=1,
            consequence="minor",
            respond_min=60,
            title="Guard door open",
            screen="overview",
        ),
    )
    made = {"plant.toml": PLANT, "tags.csv": TAGS, "alarms.toml": "".join(_ALARM.format(**alarm) for alarm in alarms)}
    for place, name in enumerate(screens):
        parent = 'parent = "overview"' if place else ""
        made[f"screens/{name}.toml"] = _SCREEN.format(
            id=name, title=name.title(), level=1 if not place else 2, parent=parent
        )
    return made


@cache
def _shared() -> tuple[tuple[str, str], ...]:
    root = Path(__file__).parents[2] / "screens"
    return tuple((path.relative_to(root).as_posix(), path.read_text("utf-8")) for path in root.rglob("*.toml"))


def library() -> dict[str, str]:
    """The shared symbols, read once for all tests."""
    return dict(_shared())


class SmallEngine:
    """The other end of the street: welcomes, sends what it is told to, answers requests; away while `up` is False."""

    def __init__(self, clock: HandClock, files: dict[str, str]) -> None:
        self.clock = clock
        self.library = library()
        self.sessions: list[Session] = []
        self.requests: list[Request] = []
        self.answers: dict[str, Callable[[Request], Reply | None]] = {}
        self.start(files)

    def start(self, files: dict[str, str]) -> None:
        """Run a plant; the values of one that ran before are gone."""
        self.files = files
        self.plant: Plant = load(files, self.library)
        self.table = TagTable(self.plant.tags)
        self.alarms: dict[int, AlarmRow] = {}
        self.up = True
        self.set({tag.name: 10.0 + tag.index for tag in self.plant.tags if not tag.is_text})

    def open_link(self) -> local.LocalConnection:
        """What the wire calls to reach this engine."""
        if not self.up:
            raise LinkError("the engine is not running (data folder /x). Start it with hmi engine PLANT --data /x")
        return local.pair(self, Hello(token="", program="client", user="anna", station="desk"))

    def opened(self, session: Session) -> None:
        self.sessions.append(session)
        session.send(Welcome(1, self.files, self.library, self.plant.digest, self.clock.now_ns(), hmi.__version__))
        session.send(Values.of(self.table.rows(np.arange(len(self.table))), self.clock.now_ns(), snapshot=True))
        session.send(Alarms(tuple(self.alarms.values()), snapshot=True))

    def received(self, session: Session, message: Request) -> None:
        self.requests.append(message)
        answer = self.answers.get(message.verb)
        reply = answer(message) if answer else Reply(message.number, True, "", [])
        if reply is not None:
            session.send(reply)

    def closed(self, session: Session) -> None:
        if session in self.sessions:
            self.sessions.remove(session)

    def say(self, message: Any) -> None:
        """Say something to every client."""
        for session in list(self.sessions):
            session.send(message)

    def set(self, values: dict[str, float], quality: int = q.GOOD) -> None:
        """New values from the plant."""
        now = self.clock.now_ns()
        index = [self.plant.tag_index[name] for name in values]
        batch = Batch.of(index, list(values.values()), now, now, quality)
        self.table.apply(batch)
        self.say(Values.of(batch, now))

    def alarm(self, rule: int, state: str, **more: Any) -> None:
        """An alarm changes its state."""
        row = AlarmRow(rule, state, raised_ns=more.pop("raised_ns", self.clock.now_ns()), **more)
        self.alarms[rule] = row
        self.say(Alarms((row,)))

    def health(self, missing: int = 0) -> None:
        """A sign of life."""
        line = ConnectionRow("line", "opcua", "opc.tcp://127.0.0.1:4840", "live", "", 6, missing, 0.2, 12.5, 0, 3.0)
        now = self.clock.now_ns()
        self.say(Health(now, (line,), 1, 100, 2, 0, "", 51200.0, now - 60_000_000_000))

    def hang_up(self) -> None:
        """The engine is stopped."""
        self.up = False
        for session in list(self.sessions):
            session.close()

    def history(self, request: Request) -> Reply:
        """A ramp of one sample a second for every tag asked for, 1 per minute, up to now."""
        start, stop = request.args["from_ns"], min(request.args["to_ns"], self.clock.now_ns())
        time = np.arange(start - start % 10**9, stop, 10**9, dtype=np.int64)
        body = []
        for name in request.args["tags"]:
            value = (time // 10**9 % 6000) / 60.0
            zeros = np.zeros(len(time), np.uint32)
            samples = Samples(name, time, time, value, time * 0, zeros, zeros)
            body.append(
                window_of(samples, request.args["from_ns"], request.args["to_ns"], request.args["points"]).pack()
            )
        return Reply(request.number, True, "", body)


@pytest.fixture(autouse=True)
def hands_off(qapp: QApplication) -> Iterator[None]:
    """No test leaves a language, a held key or mouse button to the next: they are the whole program's.

    After a click with Ctrl, Qt takes Ctrl for held until the next click or key, and lists are selected from otherwise.
    """
    yield
    speak("en")
    held = (QApplication.mouseButtons(), QApplication.keyboardModifiers())
    if held != (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier):
        anywhere = QWidget()
        anywhere.show()
        QTest.mouseRelease(anywhere, Qt.MouseButton.LeftButton)
        anywhere.close()
        anywhere.deleteLater()


@pytest.fixture
def clock() -> HandClock:
    """The hands that the test turns."""
    return HandClock()


@pytest.fixture
def engine(clock: HandClock) -> SmallEngine:
    """A small engine with a small plant."""
    made = SmallEngine(clock, texts())
    made.answers["history"] = made.history
    return made


@pytest.fixture
def other_files() -> dict[str, str]:
    """Another configuration of the same plant: one screen less."""
    return texts(("overview", "tank"))


@pytest.fixture
def wire(qapp: Any, engine: SmallEngine, clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    """A wire to the small engine, not yet started; it looks again for one that is away without much ado."""
    monkeypatch.setattr("hmi.client.wire.RETRY_MS", 10)
    made = Wire(engine.open_link, clock)
    yield made
    made.stop()


@pytest.fixture
def window(qtbot: Any, qapp: Any, wire: Wire, clock: HandClock) -> Iterator[Window]:
    """A window on the small plant, open and live; it beats only when the test says `window.frame.beat()`."""
    dress(qapp, day(), False)
    made = Window(wire, clock, day(), user="anna", station="desk")
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made, timeout=5000)  # keys go to the active window
    wire.start()
    made.frame.beat()
    yield made
    made.stop()


@pytest.fixture
def desk(qapp: Any, wire: Wire, clock: HandClock) -> Desk:
    """A desk at the small plant, live, without a window around it; `desk.wire.tick()` hears the engine."""
    dress(qapp, day(), False)
    wire.start()
    wire.tick()
    assert wire.plant is not None and wire.mirror is not None
    return Desk(wire.plant, wire.mirror, wire, clock, ZoneInfo("Europe/Berlin"), day(), user="anna", station="desk")
