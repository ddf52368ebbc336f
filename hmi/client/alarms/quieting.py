"""Keeping alarms quiet for a reason, and ending that: what will happen is shown, then done, and told in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hmi.client import words
from hmi.client.alarms.own import text_of
from hmi.client.hold import HoldButton
from hmi.client.language import tr
from hmi.client.page import Desk, Words, button
from hmi.client.people.present import JUDGE_S
from hmi.client.people.second import SecondPerson
from hmi.core.alarms.quiet import REASONS, URGENT_ROLE, Asked, Quiet, may_shelve, may_take_out
from hmi.core.alarms.rules import MOST_SHELVE_H, AlarmClass, Rule
from hmi.core.policy import LONGEST_REASON, ROLES
from hmi.link.messages import Reply

SAY, END, BARRED = range(3)
_HOURS: Final = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 12.0, 24.0)
_USUAL_H: Final = 1.0
_MOST_NAMED: Final = 6


@dataclass(frozen=True, slots=True)
class Act:
    """One of the four things a person may do, in words."""

    verb: str  # of the link
    title: str
    done: str
    needs_why: bool


ACTS: Final = {
    "shelve": Act("shelve", "Shelve", "Shelved", True),
    "unshelve": Act("unshelve", "Unshelve", "Off the shelf", False),
    "take_out": Act("take_out", "Take out of service", "Out of service", True),
    "put_back": Act("put_back", "Return to service", "Back in service", False),
}


class QuietDialog(QDialog):
    """Says which alarms, asks why and how long or under which permit; what the engine would refuse is said before.

    With touch the button has to be held.
    """

    ended = Signal(bool, str)

    def __init__(self, desk: Desk, act: str, rules: list[Rule], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.desk, self.act, self.rules = desk, ACTS[act], rules
        self._classes = [desk.plant.alarm_classes.get(rule.class_) or AlarmClass(rule.class_) for rule in rules]
        self.setWindowTitle(tr(self.act.title))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(640 if desk.touch else 480)
        self.reasons = _group([(one, tr(one)) for one in REASONS if self.act.needs_why], self)
        longest = min(min(of.shelve_max_h, MOST_SHELVE_H) for of in self._classes)
        spans = [one for one in _HOURS if one <= longest and act == "shelve"]
        self.hours = _group([(one, _span(one)) for one in spans], self)
        self.why = _field(tr("more about it, for the journal"), tr("Why"), LONGEST_REASON)
        self.permit = _field(tr("permit or work order"), tr("Permit"), 60)
        self.second = SecondPerson()
        self.once = button(tr("Only until it returns"), checkable=True)
        self.complaint = Words("", "bad", 13)
        self.headline, self.outcome, self.barred = Words("", px=18, bold=True), Words("", px=13), Words("", px=14)
        self.go = HoldButton(desk, tr("Hold: {act}", act=tr(self.act.title))) if desk.touch else None
        self.send_button = self.go or button(tr(self.act.title), "main")
        self.steps = QStackedWidget()
        self._question = 0
        self._arrange()
        self._connect()
        self._begin()

    def wished(self) -> Asked:
        """What the person asks for as it stands."""
        reason = self.reasons.checkedButton()
        text = self.why.text().strip()
        why = ": ".join(part for part in (str(reason.property("value")) if reason else "", text) if part)
        chosen = self.hours.checkedButton()
        return Asked(
            user=self.desk.who,
            role=self.desk.role(),
            why=why,
            hours=float(chosen.property("value")) if chosen else 0.0,
            permit=self.permit.text().strip(),
            second=self.second.name.text().strip() if self.second.is_given else "",
            second_role=ROLES[-1],  # only the engine knows what he may do
        )

    def send(self) -> None:
        """Ask the engine."""
        asked = self.wished()
        if complaint := self._refused(asked):
            self.complaint.say(words.sentence(complaint))
            return
        args: dict[str, Any] = {"alarms": [rule.id for rule in self.rules], "why": asked.why}
        if self.act.verb == "shelve":
            args |= {"hours": asked.hours, "one_shot": self.once.isChecked()}
        if asked.second:
            args["second"] = self.second.take()
        if self.act.verb == "take_out":
            args["permit"] = asked.permit
        self.headline.say(tr("Sent. Waiting for the engine …"))
        self.steps.setCurrentIndex(END)
        self._question = self.desk.wire.ask(self.act.verb, args, self._ended, JUDGE_S)

    def done(self, result: int) -> None:
        """Closed: no answer may come any more."""
        self.desk.wire.forget(self._question)
        super().done(result)

    def paintEvent(self, event: QPaintEvent) -> None:
        """An edge of its own: not every station has a window manager that draws one."""
        painter = QPainter(self)
        painter.setPen(QPen(self.desk.theme.colour("line"), 2))
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _begin(self) -> None:
        bar = self._bar()
        self.barred.say(bar)
        self.steps.setCurrentIndex(BARRED if bar else SAY)
        if not bar and self.act.needs_why:
            self.reasons.buttons()[0].setFocus()

    def _bar(self) -> str:
        """Why nobody at this station may, whatever the words; "" when somebody may."""
        own, needs = self.desk.role(), self._role()
        if needs and ROLES.index(own) < ROLES.index(needs):
            return tr(
                "This is for those who may {role}. At this station everybody may {own}, so nothing can be sent from "
                "here. Ask somebody who may.",
                role=tr(needs),
                own=tr(own),
            )
        two = self.act.verb == "shelve" and any(of.second_person for of in self._classes)
        if two and self.desk.present is not None and self.desk.present.person is None:
            return tr("This takes two people, and both must be known: sign in first")
        if self.act.verb == "shelve" and not self.hours.buttons():
            return tr("Alarms of this class are never shelved. Maintenance may take one out of service with a permit.")
        return ""

    def _role(self) -> str:
        """The least role that may do it to all of them."""
        if self.act.verb == "shelve":
            roles = [of.shelve_role for of in self._classes]
            roles += [URGENT_ROLE for rule in self.rules if rule.priority == 1]
        elif self.act.verb == "take_out":
            roles = [of.service_role for of in self._classes]
        else:
            return ""
        return max(roles, key=ROLES.index)

    def _refused(self, asked: Asked) -> str:
        """What the engine would say against it."""
        if self.act.verb == "shelve":
            rows = self.desk.mirror.alarms.values()
            shelf = {row.rule: Quiet(row.quiet_by, "", row.quiet_why, 0) for row in rows if row.state == "shelved"}
            judged = (may_shelve(rule, of, asked, shelf) for rule, of in zip(self.rules, self._classes, strict=True))
        elif self.act.verb == "take_out":
            judged = (may_take_out(rule, of, asked) for rule, of in zip(self.rules, self._classes, strict=True))
        else:
            return ""
        return next((text for text in judged if text), "")

    def _ended(self, reply: Reply) -> None:
        body = reply.body if isinstance(reply.body, dict) else {}
        well = reply.ok and not body.get("refused")
        self.headline.say(tr(self.act.done if well else "Not done as asked"))
        self.headline.play("" if well else "bad")
        self.outcome.say(words.sentence(reply.text))
        self.ended.emit(well, reply.text)

    def _connect(self) -> None:
        if self.go is not None:
            self.go.held.connect(self.send)
        else:
            self.send_button.clicked.connect(self.send)
        for entry in (self.why, self.permit, self.second.secret):
            entry.returnPressed.connect(self._enter)

    def _enter(self) -> None:
        if self.go is None and self.steps.currentIndex() == SAY:
            self.send()

    def _arrange(self) -> None:
        for told in (self.complaint, self.outcome, self.barred):
            told.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.setSpacing(6)
        column.addWidget(Words(self._what(), px=16, bold=True))
        for text in self._names():
            column.addWidget(Words(text, "muted", 12, elide=True))
        column.addSpacing(8)
        column.addWidget(self.steps)
        self.steps.addWidget(self._say_step())
        for spare in (self.once, self.second, self.permit):
            if spare.parent() is None:  # not for this
                spare.setParent(self)
                spare.hide()
        self.steps.addWidget(self._told_step((self.headline, self.outcome)))
        self.steps.addWidget(self._told_step((self.barred,)))

    def _what(self) -> str:
        if len(self.rules) == 1:
            return tr("{act}: 1 alarm", act=tr(self.act.title))
        return tr("{act}: {count} alarms", act=tr(self.act.title), count=len(self.rules))

    def _names(self) -> list[str]:
        tags = self.desk.plant.tags
        named = ((rule, tags[rule.tag].description if rule.tag >= 0 else "") for rule in self.rules[:_MOST_NAMED])
        names = [text_of(rule, rule.title or described or rule.id) for rule, described in named]
        more = len(self.rules) - len(names)
        return [*names, tr("and {count} more", count=more)] if more else names

    def _say_step(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        if self.act.needs_why:
            column.addWidget(Words(tr("Why"), "muted", 12, bold=True))
            column.addLayout(_gridded(self.reasons))
        column.addWidget(self.why)
        if self.act.verb == "shelve":
            column.addWidget(Words(tr("How long"), "muted", 12, bold=True))
            column.addLayout(_gridded(self.hours, 4))
            column.addWidget(self.once)
            _check(self.hours, _USUAL_H)
        if self.act.verb == "shelve" and any(of.second_person for of in self._classes):
            column.addWidget(self.second)
        if self.act.verb == "take_out":
            column.addWidget(self.permit)
        column.addWidget(self.complaint)
        row = QHBoxLayout()
        leave = button(tr("Cancel"))
        leave.clicked.connect(self.reject)
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(self.send_button)
        column.addLayout(row)
        return made

    def _told_step(self, told: tuple[Words, ...]) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        for one in told:
            column.addWidget(one)
        column.addStretch(1)
        leave = button(tr("Close"), "main")
        leave.clicked.connect(self.accept)
        column.addWidget(leave, 0, Qt.AlignmentFlag.AlignRight)
        return made


def _group(choices: list[tuple[Any, str]], owner: QWidget) -> QButtonGroup:
    made = QButtonGroup(owner)
    for value, title in choices:
        one = button(title, checkable=True)
        one.setProperty("value", value)
        made.addButton(one)
    return made


def _gridded(group: QButtonGroup, columns: int = 3) -> QGridLayout:
    grid = QGridLayout()
    grid.setSpacing(6)
    for place, made in enumerate(group.buttons()):
        grid.addWidget(made, place // columns, place % columns)
    return grid


def _check(group: QButtonGroup, value: float) -> None:
    for made in group.buttons():
        made.setChecked(made.property("value") == value)


def _field(hint: str, name: str, longest: int) -> QLineEdit:
    made = QLineEdit()
    made.setPlaceholderText(hint)
    made.setAccessibleName(name)
    made.setMaxLength(longest)
    return made


def _span(hours: float) -> str:
    return tr("{minutes} min", minutes=f"{hours * 60:g}") if hours < 1 else tr("{hours} h", hours=f"{hours:g}")
