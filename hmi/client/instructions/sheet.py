"""A work instruction over the page: what it is about and what it takes, to be read, and to be started."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QWidget

from hmi.client.alarms.own import text_of
from hmi.client.instructions.drawing import Drawing
from hmi.client.instructions.revisions import STATES
from hmi.client.instructions.text import StepText
from hmi.client.instructions.wording import intro_of, listed, title_of
from hmi.client.instructions.work import Answer, work_of
from hmi.client.language import plant_text, spoken, tr
from hmi.client.overlay import Overlay
from hmi.client.page import INSTRUCTIONS, Desk, Words, button
from hmi.core.steps.model import Instruction

_SIZE: Final = (900, 940)
_ASKED: Final = {
    "order": "Order",
    "product": "Product",
    "lot": "Lot",
    "serial": "Serial number",
    "shift": "Shift",
    "tool": "Tool",
}


class Sheet(Overlay):
    """`asked` carries where it leads: the page of jobs once one has been started, a screen, a machine."""

    place_asked = Signal(str)
    link_asked = Signal(str, str)
    revisions_asked = Signal(str)

    def __init__(self, desk: Desk, host: QWidget, name: str, equipment: str = "", alarm: str = "") -> None:
        super().__init__(desk, host, _SIZE)
        self.instruction: Instruction = desk.plant.instructions[name]
        self.work = work_of(desk)
        self._context = {"equipment": equipment, "alarm": alarm} | self.work.wanted
        self.title = Words(title_of(self.instruction), px=22, bold=True)
        self.title.setWordWrap(True)
        self.text = StepText(desk)
        self.text.put(self._markdown())
        self.facts = Words("", "muted", 13, elide=True)
        self.told = Words("", "bad", 15)
        self.told.setWordWrap(True)
        self.fields: dict[str, QLineEdit] = {}
        self.begin, self.close_ = button(tr("Start a job"), "main"), button(tr("Close"))
        self.revisions = button(tr("Revisions …"), "flat")
        self._arrange()
        self.text.asked.connect(self.link_asked)
        self.begin.clicked.connect(self.start)
        self.close_.clicked.connect(self.leave)
        self.revisions.clicked.connect(self._revisions)
        self.work.started.connect(self._started)
        self.work.answered.connect(self._answered)
        self.work.listed.connect(self._show_stand)
        self._show_stand()
        self.work.read()
        self.open(next(iter(self.fields.values()), self.text))

    def start(self) -> None:
        """Start a job with what was filled in."""
        context = {name: field.text().strip() for name, field in self.fields.items()}
        missing = [tr(_ASKED[name]) for name, text in context.items() if not text]
        if missing:
            self.told.say(tr("Fill in first: {names}", names=", ".join(missing)))
            return
        self.begin.setEnabled(False)
        self.told.say("")
        self.work.start(self.instruction.id, {name: text for name, text in (self._context | context).items() if text})

    def leave(self) -> None:
        """Go away; nothing of it listens any longer."""
        if not self.isHidden():
            self.work.started.disconnect(self._started)
            self.work.answered.disconnect(self._answered)
            self.work.listed.disconnect(self._show_stand)
        super().leave()

    def _arrange(self) -> None:
        self.column.addWidget(self.title)
        self.column.addWidget(self.facts)
        if about := self._about():
            self.column.addWidget(Words(about, px=14, bold=True, elide=True))
        self.column.addWidget(self.text, 3)
        for picture in self.instruction.pictures[:1]:
            drawing = Drawing(self.desk, picture)
            if drawing.is_there:
                self.column.addWidget(drawing, 2)
        grid = QGridLayout()
        for row, name in enumerate(self.instruction.ask if self.instruction.steps else ()):
            field = self.fields[name] = QLineEdit(self._context.get(name, ""))
            field.setMaxLength(200)
            field.setAccessibleName(tr(_ASKED[name]))
            field.returnPressed.connect(self.start)
            grid.addWidget(Words(tr(_ASKED[name]), "muted", 15), row, 0)
            grid.addWidget(field, row, 1)
        self.column.addLayout(grid)
        self.column.addWidget(self.told)
        foot = QHBoxLayout()
        foot.addWidget(self.revisions)
        foot.addStretch(1)
        foot.addWidget(self.close_)
        foot.addWidget(self.begin)
        self.column.addLayout(foot)

    def _show_stand(self) -> None:
        """How far it is released, and whether it can be started therefore."""
        state, why = self._stand()
        self.facts.say(self._facts())
        self.begin.setVisible(bool(self.instruction.steps) and state != "withdrawn")
        if state == "withdrawn":
            self.told.say(tr("This instruction was withdrawn: {why}", why=why))

    def _stand(self) -> tuple[str, str]:
        """How far the text has come: as the engine says, who knows what was signed here, else as the files say."""
        row = next((row for row in self.work.due if row["id"] == self.instruction.id), None)
        one = self.instruction.release
        return (str(row["release"]), str(row.get("why", ""))) if row is not None else (one.state, one.why)

    def _about(self) -> str:
        """What a job of it would be for: the order, the alarm and the machine that it is opened from."""
        plant = self.desk.plant
        machine = plant.equipment.get(self._context["equipment"])
        rule = next((rule for rule in plant.all_rules if rule.id == self._context["alarm"]), None)
        alarm = text_of(rule, rule.title) or rule.id if rule is not None else ""
        named = ((name, self._context.get(name, "")) for name in ("order", "product", "lot"))
        order = [f"{tr(_ASKED[name])} {text}" for name, text in named if text]
        return " · ".join(part for part in (*order, alarm, plant_text(machine.name) if machine else "") if part)

    def _facts(self) -> str:
        one, (state, _) = self.instruction, self._stand()
        minutes = tr("{count} min", count=f"{one.minutes:g}") if one.minutes else ""
        steps = tr("{count} steps", count=len(one.steps)) if one.steps else tr("to be read")
        revision = tr("revision {number}", number=one.revision) if one.revision else ""
        said = tr(STATES[state]) if one.steps and state in STATES and state != "withdrawn" else ""
        return " · ".join(part for part in (revision, said, steps, minutes) if part)

    def _revisions(self) -> None:
        self.revisions_asked.emit(self.instruction.id)

    def _markdown(self) -> str:
        """What it is for, what it takes, and its steps by their titles; the dangers first."""
        one = self.instruction
        found = one.wording(spoken())
        groups = (
            (tr("Dangers"), listed(one, "hazards")),
            (tr("Wear"), listed(one, "ppe")),
            (tr("Tools"), listed(one, "tools")),
            (tr("Parts"), listed(one, "parts")),
            (tr("Trained in"), one.skills),
        )
        parts = [f"**{name}**\n\n" + "\n".join(f"- {text}" for text in texts) for name, texts in groups[:1] if texts]
        parts.append(intro_of(one))
        parts += [f"**{name}:** {', '.join(texts)}" for name, texts in groups[1:] if texts]
        if one.steps:
            said = found.steps if found else {}
            titles = [said[step.id].title if step.id in said else step.title for step in one.steps]
            parts.append(f"**{tr('Steps')}**\n\n" + "\n".join(f"{n}. {title}" for n, title in enumerate(titles, 1)))
        return "\n\n".join(part for part in parts if part)

    def _started(self, job: str) -> None:
        self.leave()
        self.place_asked.emit(INSTRUCTIONS)

    def _answered(self, answer: Answer) -> None:
        if not answer.job and not answer.ok:
            self.begin.setEnabled(True)
            self.told.say(answer.text)
