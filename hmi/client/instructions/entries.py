"""What a person answers a step with: large buttons, a number with its pad, a text, a code, a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from hmi.client.language import tr
from hmi.client.numberpad import NumberPad
from hmi.client.page import Desk, Words, button
from hmi.client.theme import font
from hmi.core.steps.model import AnyStep, Check, Choice, Loop, Number, Photo, Scan, Sign, Text

LONGEST: Final = 2000
_FIELD_PX: Final = 26


class StepEntry(QWidget):
    """The part of the player that takes the answer; `given` when there is one, `changed` while it is being made.

    `ready` says whether there is something to be sent by the player's own button; an entry that `sends` by itself
    has no need of it.
    """

    given = Signal(object)
    changed = Signal()
    sends = False

    def __init__(self, desk: Desk, step: AnyStep) -> None:
        super().__init__()
        self.desk, self.step = desk, step

    def ready(self) -> bool:
        """Whether it holds an answer."""
        return True

    def value(self) -> Any:
        """The answer."""
        return None

    def first(self) -> QWidget | None:
        """What the keyboard belongs to."""
        return None


class Buttons(StepEntry):
    """One large button for each answer."""

    sends = True

    def __init__(self, desk: Desk, step: AnyStep, answers: list[tuple[Any, str]]) -> None:
        super().__init__(desk, step)
        self.buttons: list[QPushButton] = []
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        columns = len(answers) if len(answers) <= 3 and max(len(text) for _, text in answers) < 18 else 1
        for number, (answer, text) in enumerate(answers):
            made = button(text)
            made.setProperty("answer", answer)
            made.setFont(font(18 if desk.touch else 15, bold=True))
            made.clicked.connect(self._pressed)
            self.buttons.append(made)
            grid.addWidget(made, number // columns, number % columns)

    def first(self) -> QWidget | None:
        return self.buttons[0]

    def _pressed(self) -> None:
        self.given.emit(self.sender().property("answer"))


class Field(StepEntry):
    """One line to be typed into; with a pad of digits where there is no keyboard."""

    def __init__(self, desk: Desk, step: AnyStep, unit: str = "", hint: str = "", pad: bool = False) -> None:
        super().__init__(desk, step)
        self.field = QLineEdit()
        self.field.setMaxLength(LONGEST)
        self.field.setFont(font(_FIELD_PX if pad or desk.touch else 18))
        self.field.setPlaceholderText(hint)
        self.field.setAccessibleName(step.title)
        self.field.textChanged.connect(self.changed)
        self.field.returnPressed.connect(self._entered)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field, 1)
        if unit:
            line.addWidget(Words(unit, "muted", 20))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(line)
        self.pad: NumberPad | None = None
        if pad and desk.touch:
            self.pad = NumberPad(self.field)
            column.addWidget(self.pad)

    def ready(self) -> bool:
        return bool(self.field.text().strip())

    def value(self) -> Any:
        return self.field.text().strip()

    def first(self) -> QWidget | None:
        return self.field

    def _entered(self) -> None:
        if self.ready():
            self.given.emit(self.value())


class Attach(StepEntry):
    """A picture or file that is chosen and kept with the job before the step is done."""

    def __init__(self, desk: Desk, step: AnyStep) -> None:
        super().__init__(desk, step)
        self.name = ""  # by which the engine has it
        self.choose = button(tr("Choose a picture or file …"))
        self.told = Words("", "muted", 14)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.choose)
        row.addWidget(self.told, 1)
        self.choose.clicked.connect(self._choose)

    def ready(self) -> bool:
        return bool(self.name)

    def value(self) -> Any:
        return self.name

    def first(self) -> QWidget | None:
        return self.choose

    def take(self, path: Path) -> None:
        """Hand a file to the engine."""
        try:
            data = path.read_bytes()
        except OSError as error:
            self.told.say(tr("It cannot be read: {why}", why=error.strerror or ""))
            return
        self.told.say(tr("Being kept …"))
        self.desk.wire.ask("job_attach", {"job": "", "name": path.name, "data": data}, self._kept)

    def _choose(self) -> None:
        title, kinds = tr("Picture or file"), "*.jpg *.jpeg *.png *.pdf *.txt *.csv"
        name, _ = QFileDialog.getOpenFileName(self, title, "", f"{title} ({kinds})")
        if name:
            self.take(Path(name))

    def _kept(self, reply: Any) -> None:
        self.name = str(reply.body["attachment"]) if reply.ok else ""
        self.told.say(tr("Attached") if reply.ok else reply.text)
        self.changed.emit()


class Signature(StepEntry):
    """Name and password, both each time: whoever signs need not be who is signed in."""

    def __init__(self, desk: Desk, step: AnyStep) -> None:
        super().__init__(desk, step)
        self.name, self.secret = QLineEdit(), QLineEdit()
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for row, (field, label) in enumerate(((self.name, tr("Name")), (self.secret, tr("Password")))):
            field.setMaxLength(200)
            field.setFont(font(18))
            field.setAccessibleName(label)
            field.textChanged.connect(self.changed)
            grid.addWidget(Words(label, "muted", 15), row, 0)
            grid.addWidget(field, row, 1)
        self.secret.returnPressed.connect(self._entered)

    def ready(self) -> bool:
        return bool(self.name.text().strip() and self.secret.text())

    def value(self) -> Any:
        return self.name.text().strip(), self.secret.text()

    def first(self) -> QWidget | None:
        return self.name

    def _entered(self) -> None:
        if self.ready():
            self.given.emit(self.value())


def entry_of(desk: Desk, step: AnyStep, names: tuple[str, ...] = ()) -> StepEntry:
    """What takes the answer to a step; a plain one where the player's own button is enough.

    `names` are what the answers of a choice are called, where that is not as they are recorded.
    """
    makers: dict[type, Callable[[], StepEntry]] = {
        Check: lambda: _check(desk, step),
        Loop: lambda: _check(desk, step),
        Choice: lambda: Buttons(desk, step, _choices(step, names)),
        Number: lambda: Field(desk, step, str(getattr(step, "unit", "")), limits(step), pad=True),
        Text: lambda: Field(desk, step),
        Scan: lambda: Field(desk, step, hint=tr("Scan the code, or type it")),
        Photo: lambda: Attach(desk, step),
        Sign: lambda: Signature(desk, step),
    }
    make = makers.get(type(step))
    return make() if make is not None else StepEntry(desk, step)


def _choices(step: AnyStep, names: tuple[str, ...]) -> list[tuple[Any, str]]:
    choices: tuple[str, ...] = getattr(step, "choices", ())
    return list(zip(choices, names or choices, strict=True))


def limits(step: AnyStep) -> str:
    """The limits of a number in words; "" where it has none."""
    low, high = getattr(step, "low", None), getattr(step, "high", None)
    unit = getattr(step, "unit", "")
    if low is None and high is None:
        return ""
    if low is None:
        return tr("at most {limit}", limit=f"{high:g} {unit}".strip())
    if high is None:
        return tr("at least {limit}", limit=f"{low:g} {unit}".strip())
    return f"{low:g} … {high:g} {unit}".strip()


def _check(desk: Desk, step: AnyStep) -> StepEntry:
    answers: list[tuple[Any, str]] = [("yes", tr("Yes")), ("no", tr("No"))]
    if getattr(step, "na", False):
        answers.append(("na", tr("Not applicable")))
    return Buttons(desk, step, answers)
