"""A pump that can be commanded in every way, and the dialog of a command over a window."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from hmi.client.command import CommandDialog, place_over
from hmi.client.commands import Commands
from tests.client.conftest import TAGS, SmallEngine, texts

MORE_TAGS = """pump.mode,line,ns=2;s=Mode,float64,%,0,100,,,,,change,rw,Pump mode
pump.total,line,ns=2;s=Total,int64,,,,,,,,change,rw,Pump total
pump.drain,line,ns=2;s=Drain,bool,,,,,,,,change,rw,Drain valve
pump.start,line,ns=2;s=Start,bool,,,,,,,,change,rw,Start button of the pump
pump.selector,line,ns=2;s=Selector,int32,,0,3,,,,,change,rw,"Selector (0 off, 1 manual, 2 automatic)"
pump.rate,line,ns=2;s=Rate,float64,1/h,6000,27000,,,,,change,rw,Rate
"""
ELEMENTS = """
[[element]]
symbol = "choice"
at = [100, 200]
bind = { value = "pump.selector" }
write = "pump.selector"
words = { 0 = "Off", 1 = "Manual", 2 = "Automatic" }

[[element]]
symbol = "button"
at = [100, 300]
label = "Start"
write = "pump.start"
"""
POLICIES = """
[[policy]]
tags = ["pump.mode"]
low = 5
max_step = 10
confirm = "Product is lost"
interlock = [{ needs = "not door.open", blocked = "The guard door is open: close it first" }]

[[policy]]
tags = ["pump.drain"]
second_person = true

[[policy]]
tags = ["pump.start"]
interlock = [{ needs = "not door.open", blocked = "The guard door is open: close it first" }]

[[policy]]
tags = ["pump.selector"]
reason = false
"""


@pytest.fixture
def engine(clock):
    """The small engine, with policies and a number too big for a float."""
    files = texts() | {"tags.csv": TAGS + MORE_TAGS, "policies.toml": POLICIES}
    files["screens/pump.toml"] += ELEMENTS
    made = SmallEngine(clock, files)
    made.set({"door.open": 0.0})
    return made


@pytest.fixture
def commands(desk):
    """What sends writes; `commands.told` is how they ended."""
    made = Commands(desk)
    made.told = []
    made.ended.connect(lambda tag, outcome, text: made.told.append((outcome, text)))
    yield made
    made.dispose()


@pytest.fixture
def beat(desk, commands):
    """What the window does at a beat of the frame clock."""

    def draw():
        desk.wire.tick()
        commands.moved.emit()

    return draw


@pytest.fixture
def ask(qtbot, desk, commands):
    """Opens the dialog of a command over a window."""
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)

    def open_dialog(name):
        made = CommandDialog(desk, commands, desk.plant.tag(name), window)
        place_over(made, window)
        return made

    return open_dialog


@pytest.fixture
def dialog(ask):
    return ask("pump.speed")


@pytest.fixture
def guarded(ask):
    return ask("pump.mode")


@pytest.fixture
def fill(qtbot):
    """Says what and why, and goes on to the second step."""

    def say(dialog, value="45", why="more throughput"):
        qtbot.keyClicks(dialog.entry, value)
        qtbot.keyClicks(dialog.why, why)
        qtbot.mouseClick(dialog.next, Qt.MouseButton.LeftButton)

    return say
