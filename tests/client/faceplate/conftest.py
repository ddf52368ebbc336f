"""The small plant with machines: equipment as the plant's files would make it, over the small engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QStackedWidget

from hmi.client.display import Display
from hmi.client.faceplate.faceplates import Faceplates
from hmi.client.page import Desk
from tests.client.conftest import TAGS, SmallEngine, texts

MORE_TAGS = """pump.start,line,ns=2;s=Start,bool,,,,,,,,change,rw,Start button of the pump
pump.mode,line,ns=2;s=Mode,int32,,0,3,,,,,change,rw,"Pump mode (0 off, 1 manual, 2 automatic)"
pump.hours,line,ns=2;s=Hours,float64,h,0,99999,,,,,change,r,Pump hours
pump.estop,line,ns=2;s=Estop,bool,,,,,,,,change,r,Emergency stop of the pump
"""
POLICIES = """
[[policy]]
tags = ["pump.start"]
values = [1]
interlock = [
  { needs = "not pump.estop", blocked = "The emergency stop is pressed: release it first" },
  { needs = "not door.open", blocked = "The guard door is open: close it first" },
]

[[policy]]
tags = ["pump.mode"]
values = [2]
interlock = [{ needs = "not door.open", blocked = "The guard door is open: close it first" }]
"""
PUMP = """
[template]
id = "pump"
symbol = "pump"
pens = [".speed", ".level"]
maintenance = [".hours"]
instructions = ["pump-seal"]

[[member]]
name = "speed"

[[member]]
name = "level"
tag = "level"
label = "Level"

[[member]]
name = "mode"

[[member]]
name = "start"

[[member]]
name = "hours"
label = "Run hours"

[[interlock]]
needs = ".level > 5"
blocked = "The tank is empty: fill it"

[[part]]
name = "faceplate"
size = [384, 300]

[[part.element]]
symbol = "value"
at = [20, 20]
label = "Level"
tag = ".level"

[[part.element]]
symbol = "setpoint"
at = [20, 80]
size = [340, 40]
label = "Speed"
tag = ".speed"
write = ".speed"

[[part.element]]
symbol = "choice"
at = [20, 140]
size = [340, 40]
label = "Mode"
bind = { value = ".mode" }
write = ".mode"
words = { 0 = "Off", 1 = "Manual", 2 = "Automatic" }

[[part.element]]
symbol = "button"
at = [20, 200]
label = "Start"
write = ".start"

[[part]]
name = "detail"
size = [800, 450]

[[part.element]]
symbol = "value"
at = [20, 20]
label = "Speed"
tag = ".speed"
"""
TANK = """
[template]
id = "tank"
symbol = "tank"
pens = [".level"]

[[member]]
name = "level"
"""
EQUIPMENT = """
[[equipment]]
id = "line1"
name = "Line 1"
kind = "line"
screen = "overview"

[[equipment]]
id = "pump"
name = "Supply pump"
parent = "line1"
path = "pump"
code = "P-101"
template = "pump"
screen = "pump"
members = { level = "tank.level" }

[[equipment]]
id = "tank"
name = "Tank"
parent = "line1"
path = "tank"
template = "tank"
screen = "tank"
"""
SPARE = """
[[equipment]]
id = "spare{number}"
name = "Spare {number}"
path = "tank"
screen = "tank"
"""


def files() -> dict[str, str]:
    """The small plant with a pump that can be operated, a tank, and more machines than can be open at once."""
    return texts() | {
        "tags.csv": TAGS + MORE_TAGS,
        "policies.toml": POLICIES,
        "equipment.toml": EQUIPMENT + "".join(SPARE.format(number=number) for number in range(10)),
        "templates/pump.toml": PUMP,
        "templates/tank.toml": TANK,
    }


@pytest.fixture
def engine(clock: Any) -> SmallEngine:
    """A small engine whose plant has machines."""
    made = SmallEngine(clock, files())
    made.answers["history"] = made.history
    made.set({"door.open": 0.0, "pump.estop": 0.0, "pump.start": 0.0, "pump.mode": 1.0, "tank.level": 50.0})
    return made


@pytest.fixture
def host(qtbot: Any, desk: Desk) -> QStackedWidget:
    """What faceplates must stay within: the place of the pages, with a screen in it."""
    made = QStackedWidget()
    qtbot.addWidget(made)
    made.addWidget(Display(desk, desk.plant.screens["overview"]))
    made.resize(1000, 640)
    made.show()
    made.activateWindow()
    return made


@pytest.fixture
def plates(desk: Desk, host: QStackedWidget) -> Iterator[Faceplates]:
    """Faceplates over that screen; `beat` shows what the engine has said."""
    made = Faceplates(desk, host)
    yield made
    made.dispose()


@pytest.fixture
def beat(desk: Desk, plates: Faceplates) -> Callable[[], None]:
    """What the window does at a beat of the frame clock."""

    def draw() -> None:
        desk.wire.tick()
        plates.refresh()

    return draw
