"""A small plant and a mirror whose columns and hands the test turns."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage, QPainter

from hmi.client.mimic.canvas import Mimic
from hmi.client.mimic.compile import Compiled, Drawn, compile_screen
from hmi.client.mimic.ink import Ink
from hmi.client.theme import Theme, day
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.batch import Batch
from hmi.core.plant import Plant, load
from hmi.core.tags import TagTable
from hmi.link.messages import AlarmRow

ROOT = Path(__file__).parents[3]
PLANT = """
[plant]
id = "small"
name = "Small"
timezone = "Europe/Berlin"

[[connection]]
id = "line"
driver = "opcua"
address = "opc.tcp://127.0.0.1:4840"
"""
TAGS = """tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description
t.level,line,ns=2;s=Level,float64,%,0,100,,,,,change,r,Bowl level
t.level_sp,line,ns=2;s=LevelSp,float64,%,0,100,,,,,change,rw,Bowl level set-point
t.state,line,ns=2;s=State,int32,,0,17,,,,,change,r,Machine state
t.running,line,ns=2;s=Run,bool,,,,,,,,change,r,Pump runs
t.name,line,ns=2;s=Name,string[16],,,,,,,,change,r,Recipe
t.head1.v,line,ns=2;s=H1,float64,ml,480,520,,,,,change,r,Head 1
t.head2.v,line,ns=2;s=H2,float64,ml,480,520,,,,,change,r,Head 2
t.double,,= t.level * 2,float64,%,0,200,,,,,change,r,Twice the level
"""
ALARM = """
[[alarm]]
id = "t.level.{id}"
tag = "t.level"
type = "level_{id}"
limit = {limit}
class = "process"
consequence = "{consequence}"
respond_min = 2
cause = "c"
effect = "e"
action = "a"
screen = "detail"
"""
ALARMS = ALARM.format(id="hh", limit=90, consequence="severe") + ALARM.format(id="h", limit=80, consequence="minor")
HEAD = '[screen]\nid = "{id}"\ntitle = "{title}"\nlevel = {level}\nsize = [800, 400]\n'
DETAIL = (
    HEAD.format(id="detail", title="Detail", level=3)
    + """
[[element]]
symbol = "group"
at = [10, 10]
size = [780, 380]
label = "Bowl"

[[element]]
symbol = "analog"
at = [40, 60]
label = "Level"
bind = { value = "t.level", setpoint = "t.level_sp" }

[[element]]
symbol = "setpoint"
at = [240, 60]
label = "Set-point"
tag = "t.level_sp"
write = "t.level_sp"

[[element]]
symbol = "pump"
at = [240, 140]
label = "P-1"
bind = { state = "t.running" }

[[element]]
symbol = "state"
at = [400, 140]
bind = { state = "t.state" }
go = "overview"

[[element]]
symbol = "textrow"
at = [240, 260]
label = "Recipe"
tag = "t.name"

[[element]]
symbol = "heads"
at = [240, 300]
size = [340, 80]
bind = { heads = "t.head{1..2}.v" }
normal = [490, 510]

[[element]]
symbol = "pipe"
at = [600, 60]
points = [[0, 10], [150, 10], [150, 200]]
bind = { state = "= t.level > 10" }

[[element]]
symbol = "row"
at = [600, 300]
size = [180, 34]
label = "Twice"
tag = "t.double"
"""
)
OVERVIEW = (
    HEAD.format(id="overview", title="Overview", level=1)
    + """
[[element]]
symbol = "nav"
at = [40, 40]
label = "Detail"
go = "detail"
"""
)
LEVEL, LEVEL_SP, STATE, RUNNING, NAME, HEAD1, HEAD2, DOUBLE = range(8)


class Glass:
    """The columns a mimic looks at, with hands for the test."""

    def __init__(self, plant: Plant, clock: HandClock) -> None:
        self.table = TagTable(plant.tags)
        self.alarms: dict[int, AlarmRow] = {}
        self.alarms_version = 0
        self.link_down = False
        self.pending: set[int] = set()
        self.clock = clock

    def now_ns(self) -> int:
        return self.clock.now_ns()

    def age_s(self, tag: int) -> float:
        received = int(self.table.received[tag])
        return (self.now_ns() - received) / 1e9 if received else math.inf

    def set(self, tag: int, value: float, quality: int = q.GOOD) -> None:
        now = self.now_ns()
        self.table.apply(Batch.of([tag], [value], now, now, quality))

    def say(self, tag: int, text: str) -> None:
        self.table.text[tag] = text
        self.set(tag, math.nan)

    def fill(self, quality: int = q.GOOD) -> None:
        for tag, value in enumerate((60.0, 50.0, 6.0, 1.0, math.nan, 500.0, 505.0, 120.0)):
            self.set(tag, value, quality)
        self.table.text[NAME] = "Lemonade"

    def alarm(self, rule: int, state: str) -> None:
        self.alarms[rule] = AlarmRow(rule, state)
        self.alarms_version += 1


@pytest.fixture(scope="session")
def small_plant() -> Plant:
    """A plant with one machine and two screens."""
    texts = {"plant.toml": PLANT, "tags.csv": TAGS, "alarms.toml": ALARMS}
    texts |= {"screens/overview.toml": OVERVIEW, "screens/detail.toml": DETAIL}
    library = {
        f"symbols/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "screens/symbols").glob("*.toml")
    }
    return load(texts, library)


@pytest.fixture
def glass(small_plant: Plant) -> Glass:
    """A mirror with good values in every tag."""
    made = Glass(small_plant, HandClock())
    made.fill()
    return made


@pytest.fixture
def detail(small_plant: Plant) -> Compiled:
    """The detail screen, compiled."""
    return compile_screen(small_plant.screens["detail"], small_plant)


@pytest.fixture
def mimic(qtbot: Any, small_plant: Plant, glass: Glass) -> Mimic:
    """The detail screen in a window of 800 by 400."""
    made = Mimic(small_plant.screens["detail"], small_plant, glass, day())
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    return made


@pytest.fixture
def canvas(qapp: Any, glass: Glass) -> Iterator[Callable[..., tuple[Ink, QImage]]]:
    """Makes an ink and the picture it draws on, one pixel a design unit."""
    kept: list[tuple[QPainter, QImage]] = []  # a painter must not outlive its picture

    def make(theme: Theme | None = None, width: int = 800, height: int = 400) -> tuple[Ink, QImage]:
        colours = theme or day()
        image = QImage(width, height, QImage.Format.Format_RGB32)
        image.fill(colours.colour("background"))
        painter = QPainter(image)
        kept.append((painter, image))
        return Ink(painter, colours, 1.0, (0.0, 0.0), glass.table), image

    yield make
    for painter, _ in kept:
        painter.end()


@pytest.fixture(scope="session")
def plant() -> Plant:
    """The plant of the gallery: every symbol of the library on one sheet."""
    from tests.client.mimic import gallery

    return gallery.plant()


@pytest.fixture(scope="session")
def sheet(plant: Plant) -> dict[str, Drawn]:
    """The elements of its sheet by their symbol."""
    return {one.element.symbol: one for one in compile_screen(plant.screens["sheet"], plant).drawn}


@pytest.fixture
def pump(sheet: dict[str, Drawn]) -> Drawn:
    """The pump of the sheet, with a mode, an interlock and a service of its own."""
    return sheet["pump"]
