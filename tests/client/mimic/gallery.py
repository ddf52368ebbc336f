"""Every symbol of the library on one sheet, in any state: for the tests, and to be looked at.

`python -m tests.client.mimic.gallery FOLDER` writes the sheet by day, by night and in grey into a folder.
"""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from hmi.client.mimic.canvas import Mimic
from hmi.client.mimic.ink import Ink
from hmi.client.mimic.recent import recent_of
from hmi.client.mimic.rich_picture import pictures_of
from hmi.client.theme import Theme, day, night
from hmi.clock import HandClock
from hmi.core import quality as q
from hmi.core.plant import Plant, load
from hmi.core.screens.model import Symbol
from hmi.core.screens.symbols import parse_symbols
from tests.client.mimic.conftest import Glass

LIBRARY: Final = Path(__file__).parents[3] / "screens"
SHEET: Final = (2200, 1500)
MARGIN: Final = (28, 22, 9, 18)  # left, top, right, bottom: as far as marks may reach beyond an element
ROOM: Final = 40  # between two elements, so that the marks of one never reach the other
ASIDE: Final = {"group", "nav", "button", "heading", "text", "arrow", "nozzles", "picture"}  # show no value
PLANT: Final = """
[plant]
id = "gallery"
name = "Gallery"
timezone = "Europe/Berlin"

[[connection]]
id = "line"
driver = "opcua"
address = "opc.tcp://127.0.0.1:4840"
"""
TAGS: Final = """tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description
g.level,line,ns=2;s=1,float64,%,0,100,,,,,change,rw,Bowl level
g.asked,line,ns=2;s=2,float64,%,0,100,,,,,change,rw,Level asked for
g.output,line,ns=2;s=3,float64,bar,0,10,,,,,change,rw,Supply pressure
g.runs,line,ns=2;s=4,bool,,,,,,,,change,rw,Runs
g.state,line,ns=2;s=5,int32,,0,17,,,,,change,r,State
g.choice,line,ns=2;s=6,int32,,0,9,,,,,change,rw,Choice
g.fault,line,ns=2;s=7,int32,,0,99,,,,,change,r,Fault
g.count,line,ns=2;s=8,int32,,,,,,,,change,r,Count
g.text,line,ns=2;s=9,string[16],,,,,,,,change,r,Recipe
g.h1,line,ns=2;s=H1,float64,ml,480,520,,,,,change,r,Head 1
g.h2,line,ns=2;s=H2,float64,ml,480,520,,,,,change,r,Head 2
g.h3,line,ns=2;s=H3,float64,ml,480,520,,,,,change,r,Head 3
o.mode,line,ns=2;s=M,int32,,0,3,,,,,change,r,Mode
o.lock,line,ns=2;s=L,bool,,,,,,,,change,r,Interlocked
o.out,line,ns=2;s=O,bool,,,,,,,,change,r,Out of service
"""
_ALARM: Final = """
[[alarm]]
id = "g.level.{0}"
tag = "g.level"
type = "level_{0}"
limit = {1}
class = "process"
consequence = "{2}"
respond_min = {3}
cause = "c"
effect = "e"
action = "a"
screen = "sheet"
"""
ALARMS: Final = "".join(
    _ALARM.format(*row)
    for row in (("hh", 90, "severe", 2), ("h", 80, "major", 2), ("l", 20, "major", 5), ("ll", 10, "minor", 60))
)  # priorities 1 to 4, in this order
_TAG_OF: Final = {
    "analog": "g.level",
    "number": "g.count",
    "bool": "g.runs",
    "packml": "g.state",
    "code": "g.choice",
    "text": "g.text",
    "series": "g.h{1..3}",
}
_BY_NAME: Final = {
    "setpoint": "g.asked",
    "output": "g.output",
    "fault": "g.fault",
    "mode": "o.mode",
    "interlock": "o.lock",
    "oos": "o.out",
    "pen2": "g.asked",
    "pen3": "g.output",
    "row2": "g.output",
    "row3": "g.runs",
    "row4": "g.text",
}
_SKIPPED: Final = ("pen4", *(f"row{number}" for number in range(5, 13)))
_EXTRA: Final = {
    "instrument": 'text = "LT"\ncaption = "101"',
    "instrument_panel": 'text = "LT"\ncaption = "102"',
    "heading": 'text = "Heading"',
    "text": 'text = "Plain text"',
    "group": 'caption = "caption"',
    "kpi": 'caption = "of the order"',
    "heads": "normal = [490, 510]",
    "pipe": "points = [[0, 10], [120, 10], [120, 60]]",
    "selector": 'words = { 0 = "Off", 1 = "Auto", 3 = "Manual" }',
    "choice": 'words = { 0 = "Off", 1 = "Auto", 3 = "Manual" }',
    "status": 'faults = { 17 = "Drive overload" }',
    "picture": 'picture = "filler.png"',
}
APART: Final = "cell"  # one that is always good: a sheet that fails as a whole would say so in one place only
_LABELS: Final = {
    "three_way_valve": "3-way",
    "hand_valve": "Hand",
    "emergency_stop": "Stop 1",
    "control_valve": "Control",
}
_WIDE: Final = {"pipe": (140, 70), "heads": (500, 150), "group": (300, 130), "picture": (260, 170)}


class Pose(NamedTuple):
    """How the sheet stands: what all values are, and what is said of them."""

    values: str = "running"  # running | stopped
    quality: int = q.GOOD
    alarm: tuple[int, str] = (-1, "")  # rule and its state
    pending: bool = False
    mode: int = 1
    lock: int = 0
    out: int = 0
    lit: bool = True  # half of a second in which a blinking border is shown


def poses() -> dict[str, Pose]:
    """Every state that a symbol must tell from every other one."""
    made = {
        "running": Pose(),
        "stopped": Pose("stopped"),
        "bad": Pose(quality=q.BAD_SENSOR_FAILURE),
        "no communication": Pose(quality=q.BAD_NO_COMMUNICATION),
        "stale": Pose(quality=q.UNCERTAIN_LAST_USABLE),
        "uncertain": Pose(quality=q.UNCERTAIN_SENSOR),
        "by hand at the device": Pose(quality=q.GOOD_LOCAL_OVERRIDE),
        "pending": Pose(pending=True),
        "manual": Pose(mode=3),
        "interlocked": Pose(lock=1),
        "out of service": Pose(out=1),
        "manual, interlocked, out of service": Pose(mode=3, lock=1, out=1),
        "shelved": Pose(alarm=(0, "shelved")),
        "suppressed": Pose(alarm=(0, "suppressed-by-design")),
        "alarm out of service": Pose(alarm=(0, "out-of-service")),
    }
    for rule in range(4):
        made[f"alarm {rule + 1}, new"] = Pose(alarm=(rule, "unacknowledged"), lit=False)
        made[f"alarm {rule + 1}, acknowledged"] = Pose(alarm=(rule, "acknowledged"))
        made[f"alarm {rule + 1}, returned"] = Pose(alarm=(rule, "returned-unacknowledged"), lit=True)
    return made


def library() -> dict[str, str]:
    """The symbol files by their path in the library."""
    return {f"symbols/{path.name}": path.read_text(encoding="utf-8") for path in LIBRARY.glob("symbols/*.toml")}


def symbols() -> dict[str, Symbol]:
    """The symbols of the library."""
    return parse_symbols(library(), [])


def _element(symbol: Symbol, at: tuple[float, float], size: tuple[float, float]) -> str:
    lines = ["[[element]]", f'symbol = "{symbol.id}"', f"at = [{at[0]:g}, {at[1]:g}]"]
    lines += [f"size = [{size[0]:g}, {size[1]:g}]", f'label = "{_label(symbol.id)}"']
    if symbol.id not in ASIDE:
        lines.append('area = "g"')
    lines += [_EXTRA[symbol.id]] if symbol.id in _EXTRA else []
    if symbol.id == "nav":
        lines.append('go = "sheet"')
    binds = {name: _BY_NAME.get(name, _TAG_OF[kind]) for name, kind in symbol.binds.items() if name not in _SKIPPED}
    if binds:
        lines.append("bind = { " + ", ".join(f'{name} = "{tag}"' for name, tag in binds.items()) + " }")
    return "\n".join(lines) + "\n\n"


def sheet() -> str:
    """A screen with every symbol once, from left to right in rows."""
    text = f'[screen]\nid = "sheet"\ntitle = "Sheet"\nlevel = 2\nsize = [{SHEET[0]}, {SHEET[1]}]\n\n'
    text += f'[[element]]\nsymbol = "{APART}"\nat = [{SHEET[0] - 180}, {SHEET[1] - 80}]\ntag = "o.mode"\n\n'
    x = y = float(ROOM)
    deep = 0.0
    for symbol in sorted(symbols().values(), key=lambda one: (_size(one)[1], one.id)):
        size = _size(symbol)
        if x + size[0] + ROOM > SHEET[0]:
            x, y, deep = float(ROOM), y + deep + ROOM, 0.0
        text += _element(symbol, (x, y), size)
        x, deep = x + size[0] + ROOM, max(deep, size[1])
    assert y + deep + ROOM <= SHEET[1], f"the sheet is too low: {y + deep + ROOM:.0f}"
    return text


def _label(name: str) -> str:
    return _LABELS.get(name, name.replace("_", " ").removeprefix("counter ").capitalize())


def _size(symbol: Symbol) -> tuple[float, float]:
    wide = _WIDE.get(symbol.id)
    return (float(wide[0]), float(wide[1])) if wide else symbol.size


def plant() -> Plant:
    """The plant of the sheet."""
    texts = {"plant.toml": PLANT, "tags.csv": TAGS, "alarms.toml": ALARMS, "screens/sheet.toml": sheet()}
    return load(texts, library())


def glass_of(made: Plant, picture: bytes = b"") -> Glass:
    """A mirror of the sheet's plant in which ten minutes have passed, and a picture if one is given."""
    glass = Glass(made, HandClock())
    recent = recent_of(glass.table)
    for step in range(300):
        glass.clock.advance(2.0)
        level = 60 + 14 * math.sin(step / 17) + 5 * math.sin(step / 5)
        _set(glass, {"g.level": level, "g.asked": 60.0 if step < 200 else 66.0, "g.output": 4 + level / 40})
        recent.beat(glass.now_ns())
        for name in ("g.level", "g.asked", "g.output"):
            recent.hear(made.tag_index[name])
    if picture:
        assert pictures_of(glass.table).take("filler.png", picture) == ""
    return glass


def _set(glass: Glass, values: Mapping[str, float], quality: int = q.GOOD) -> None:
    for name, value in values.items():
        glass.set(glass.table.index[name], value, quality)


def stand(glass: Glass, pose: Pose) -> None:
    """Bring the sheet into a state."""
    on = pose.values == "running"
    numbers = {"g.level": 62.0, "g.asked": 66.0, "g.output": 5.5, "g.runs": 1, "g.state": 6, "g.choice": 1}
    numbers |= {"g.fault": 0, "g.count": 36120, "g.h1": 500, "g.h2": 503, "g.h3": 496}
    if not on:
        numbers |= {"g.level": 0.0, "g.output": 0.0, "g.runs": 0, "g.state": 2, "g.choice": 3, "g.fault": 17}
        numbers |= {"g.count": 0, "g.h1": 484, "g.h2": 483, "g.h3": 485}
    glass.table.text[glass.table.index["g.text"]] = "Lemonade" if on else "Water"
    _set(glass, {**numbers, "g.text": math.nan}, pose.quality)
    _set(glass, {"o.mode": pose.mode, "o.lock": pose.lock, "o.out": pose.out})
    if q.UNCERTAIN <= pose.quality < q.BAD:
        glass.clock.advance(30.0)
    half = glass.now_ns() // 500_000_000
    if (half % 2 == 0) != pose.lit:
        glass.clock.advance(0.5)
    glass.pending = {glass.table.index[name] for name in numbers} if pose.pending else set()
    glass.pending |= {glass.table.index["g.text"]} if pose.pending else set()
    glass.alarms = {}
    glass.alarms_version += 1
    if pose.alarm[1]:
        glass.alarm(*pose.alarm)


def hang(made: Plant, glass: Glass, theme: Theme) -> Mimic:
    """The sheet in a window, one pixel a design unit."""
    mimic = Mimic(made.screens["sheet"], made, glass, theme)
    mimic.resize(*SHEET)
    mimic.show()
    return mimic


def shoot(mimic: Mimic) -> QImage:
    """The sheet as it stands, as a picture."""
    mimic.refresh()
    return mimic.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


@contextmanager
def easel(glass: Glass, theme: Theme | None = None) -> Iterator[tuple[Ink, QImage]]:
    """An ink over an empty sheet, one pixel a design unit, and the picture it draws on."""
    colours = theme or day()
    image = QImage(*SHEET, QImage.Format.Format_RGB32)
    image.fill(colours.colour("background"))
    painter = QPainter(image)
    try:
        yield Ink(painter, colours, 1.0, (0.0, 0.0), glass.table), image
    finally:
        painter.end()


def grey(image: QImage) -> QImage:
    """The picture as a printer without colour gives it."""
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


def levels(image: QImage) -> Any:
    """The grey levels of a picture, 0 to 255, by row and column."""
    made = grey(image)
    flat = np.frombuffer(made.constBits(), np.uint8).reshape(made.height(), made.bytesPerLine())
    return flat[:, : made.width()].astype(np.int16)


def levels_of_colour(colour: str) -> int:
    """The grey level of one colour."""
    image = QImage(1, 1, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return int(levels(image)[0, 0])


def main(folder: Path) -> None:
    """Write the sheet in every state that is worth a look."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication(["gallery"])
    assert application is not None
    made = plant()
    glass = glass_of(made)
    folder.mkdir(parents=True, exist_ok=True)
    by_day, by_night = hang(made, glass, day()), hang(made, glass, night())
    for name, pose in poses().items():
        stand(glass, pose)
        file, picture = name.replace(", ", "-").replace(" ", "-"), shoot(by_day)
        picture.save(str(folder / f"{file}-day.png"))
        grey(picture).save(str(folder / f"{file}-grey.png"))
        shoot(by_night).save(str(folder / f"{file}-night.png"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
