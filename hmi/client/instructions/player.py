"""The player: one step of a job at a time, with its text, picture and live values, and large targets to answer it."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from hmi.client.instructions.drawing import Drawing
from hmi.client.instructions.entries import StepEntry, entry_of
from hmi.client.instructions.form import PlayerForm
from hmi.client.instructions.live import Live
from hmi.client.instructions.work import Answer, Held, Work
from hmi.client.language import spoken, tr
from hmi.client.page import Desk
from hmi.client.words import age
from hmi.core.steps.model import AnyStep, Branch, Choice, Loop, Sign, Timer, Verify, Wait, Write
from hmi.core.steps.wordings import labels, worded

_HINTS: Final = {
    "skip": "Why is the step left out?",
    "note": "What was noticed?",
    "abandon": "Why is the job given up?",
    "do": "Why is it so?",
}


class Player(PlayerForm):
    """One job; `left` when the list is wanted again, `asked` where a link of a text leads: kind and id."""

    left = Signal()
    asked = Signal(str, str)

    def __init__(self, desk: Desk, work: Work, host: QWidget) -> None:
        super().__init__(desk)
        self.work, self._host = work, host
        self.held: Held | None = None
        self.entry: StepEntry | None = None
        self.live: Live | None = None
        self.step: AnyStep | None = None  # as it is shown: in the language of the window
        self._seen: tuple[Any, ...] = ()
        self._reason_for = ""  # the act that a reason is being written for
        self._value: Any = None  # the answer that wants a reason
        self._confirmed: Any = None  # the text of a policy that was confirmed
        self._failed = False  # it is said why the machine was not so
        self._connect()
        work.answered.connect(self._answered)

    def _connect(self) -> None:
        self.back.clicked.connect(self.left)
        self.text.asked.connect(self.asked)
        self.main.clicked.connect(self.go_on)
        self.hold.held.connect(self.go_on)
        self.cancel.clicked.connect(self._take_back)
        self.discard.clicked.connect(self._discard)
        self.reason.textChanged.connect(self._fit_buttons)
        self.reason.returnPressed.connect(self.go_on)
        for act, one in self.others.items():
            one.setProperty("act", act)
            one.clicked.connect(self._other)

    # ------------------------------------------------------------------------------------------------ showing

    def show_job(self) -> None:
        """Show the job that is chosen, where it stands now."""
        self.held = held = self.work.held.get(self.work.chosen)
        if held is None or held.procedure is None or not held.job.events:
            self.step_part.hide()
            self.ending.hide()
            self.head.say(tr("Reading …"))
            return
        job, step = held.job, held.step
        count = len(held.procedure.steps)
        place = held.procedure.place(job.at) + 1
        where = tr("step {place} of {count}", place=place, count=count) if step is not None else ""
        wording = held.procedure.wordings.get(spoken())
        title = wording.title if wording is not None else job.title
        self.head.say(" · ".join(part for part in (job.id, title, where) if part))
        self.step_part.setVisible(step is not None)
        self.ending.setVisible(step is None)
        if step is None:
            self.ending.show_job(held)
            self._seen = ()
        elif (job.id, job.at, job.turn, job.begun_ns) != self._seen:
            self._seen = (job.id, job.at, job.turn, job.begun_ns)
            self._show_step(held, step)
        self._fit_buttons()

    def _show_step(self, held: Held, plain: AnyStep) -> None:
        self._reason_for, self._value, self._confirmed, self._failed = "", None, None, False
        assert held.procedure is not None
        step = self.step = worded(held.procedure, plain, spoken())
        self.title.say(step.title)
        self.hazard_text.say(step.hazard)
        self.hazard.setVisible(bool(step.hazard))
        self.text.put(step.text)
        self.told.say("")
        self.reason.clear()
        self._clear()
        self.body.setStretch(1, 2 if step.pictures else 0)  # without a picture the text has all the room
        for picture in step.pictures:
            drawing = Drawing(self.desk, picture, self._host, held.procedure.drawings.get(picture.file, ""))
            self.pictures.addWidget(drawing, 1)
        self.live = Live(self.desk, step)
        names = labels(held.procedure, step, spoken()) if isinstance(step, Choice) else ()
        self.entry = entry_of(self.desk, step, names)
        self.entry.changed.connect(self._fit_buttons)
        self.entry.given.connect(self._given)
        self.place.addStretch(1)
        self.place.addWidget(self.live)
        self.place.addWidget(self.entry)
        self.told.play("")
        if isinstance(step, Write) and step.confirm:
            self.told.say(step.confirm)
        if isinstance(step, Sign) and not held.can_sign:
            self.told.say(tr("Nobody can sign in here yet: leave it out, with a reason"))
        first = self.entry.first()
        if first is not None and not self.desk.touch:
            first.setFocus(Qt.FocusReason.OtherFocusReason)
        self.pulse()

    def _clear(self) -> None:
        for layout in (self.pictures, self.place):
            while layout.count():
                item = layout.takeAt(0)
                widget = item.widget() if item is not None else None
                if widget is not None:
                    widget.hide()
                    widget.deleteLater()
        self.live = self.entry = None

    def forget(self) -> None:
        """Draw the step anew: the look of the window has changed."""
        self._seen = ()

    def dispose(self) -> None:
        """It goes away for good."""
        self.work.answered.disconnect(self._answered)

    def refresh(self) -> None:
        """The mirror has changed."""
        if self.live is not None and self.step_part.isVisible():
            self.live.refresh()
            if self._failed and self.live.is_so:  # what stood against it a moment ago does so no longer
                self._failed = False
                self.told.say("")

    def pulse(self) -> None:
        """Twice a second: what a running time has left, and what waits for the link."""
        held = self.held
        if held is None or held.step is None:
            return
        who = self.work.waits_for(held.job.id)
        self.discard.setVisible(bool(who))
        if who:
            self.told.play("")
            self.told.say(tr("Kept, but not sent: {name} has to sign in, so that it counts under that name", name=who))
        elif self.work.waiting(held.job.id) and self.desk.wire.state != "linked":
            self.told.play("")
            self.told.say(tr("Kept: the engine gets it as soon as the link is back"))
        elif isinstance(held.step, Timer) and held.job.begun_ns:
            gone = held.running_s + self.desk.clock.monotonic() - held.told_at
            left = max(0.0, held.step.seconds - gone)
            self.told.play("value")
            self.told.say(tr("{left} left of {whole}", left=age(left), whole=age(held.step.seconds)))
        elif isinstance(held.step, Wait) and not self._reason_for:
            self.told.play("")
            self.told.say(tr("The job goes on by itself as soon as the machine is so"))

    def _fit_buttons(self) -> None:
        step = self.held.step if self.held is not None else None
        if step is None or self.held is None or self.entry is None:
            return
        asked = bool(self._reason_for)
        self.entry.setVisible(not asked)
        self.reason.setVisible(asked)
        self.cancel.setVisible(asked)
        self.reason.setPlaceholderText(tr(_HINTS.get(self._reason_for, _HINTS["do"])))
        held_down = isinstance(step, Write) and self.desk.touch and not asked
        if isinstance(step, Sign):
            self.entry.setVisible(self.held.can_sign and not asked)
        waits = isinstance(step, Wait | Branch) or (isinstance(step, Loop) and not step.again)
        running = isinstance(step, Timer) and bool(self.held.job.begun_ns)
        self.main.setVisible(asked or not (self.entry.sends or waits or running or held_down))
        self.hold.setVisible(held_down)
        self.main.setText(tr(self._word(step)))
        busy = self.work.waiting(self.held.job.id)
        filled = bool(self.reason.text().strip()) if asked else self.entry.ready()
        self.main.setEnabled(filled and not busy)
        self.hold.setEnabled(not busy)
        self.entry.setEnabled(not busy)
        for one in self.others.values():
            one.setVisible(not asked)

    def _word(self, step: AnyStep) -> str:
        if self._reason_for:
            return {"skip": "Leave out", "note": "Add the remark", "abandon": "Give up"}.get(self._reason_for, "Done")
        if isinstance(step, Timer):
            return "Start the time"
        if isinstance(step, Write):
            return "Send"
        if isinstance(step, Sign):
            return "Sign"
        return "Check it" if isinstance(step, Verify) else "Done"

    # ------------------------------------------------------------------------------------------------- acting

    def go_on(self) -> None:
        """What the main button does: the answer, the reason, the start of a time."""
        held = self.held
        if held is None or held.step is None or self.entry is None or self.work.waiting(held.job.id):
            return
        why = self.reason.text().strip()
        if self._reason_for:
            if why:
                kind, value = self._reason_for, self._value
                self._send(held, kind, value, why)
            return
        if isinstance(held.step, Timer):
            self._send(held, "begin")
        elif self.entry.ready():
            self._given(self.entry.value())

    def _given(self, value: Any) -> None:
        held = self.held
        if held is None or held.step is None or self.work.waiting(held.job.id):
            return
        if isinstance(held.step, Sign):
            name, secret = value
            self._send(held, "sign", name=name, secret=secret)
            return
        if isinstance(held.step, Write):
            value = True
        self._value = value
        self._send(held, "do", value)

    def _send(self, held: Held, kind: str, value: Any = None, why: str = "", **more: Any) -> None:
        if self._confirmed is not None:
            more["confirmed"] = self._confirmed
        self.work.act(held, kind, value, why, **more)
        self._fit_buttons()

    def _other(self) -> None:
        held = self.held
        act = str(self.sender().property("act"))
        if act == "skip" and held is not None and held.step is not None and held.step.optional:
            self._send(held, "skip")
            return
        self._ask_why(act, "")

    def _ask_why(self, act: str, text: str) -> None:
        self._reason_for = act
        self.told.play("")
        self.told.say(text)
        self.reason.clear()
        self._fit_buttons()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_back(self) -> None:
        self._reason_for = ""
        self.told.say("")
        self._fit_buttons()

    def _discard(self) -> None:
        if self.held is not None:
            self.work.discard(self.held.job.id)
            self.told.say("")
            self.pulse()

    def _answered(self, answer: Answer) -> None:
        if self.held is None or answer.job != self.held.job.id:
            return
        if answer.ok:
            self._reason_for = ""
            self.reason.clear()
            self.told.play("")
            self.told.say(answer.text)
        elif "why" in answer.needs:
            self._ask_why(self._reason_for or "do", answer.text)
        elif answer.code == "policy":
            self._confirmed = answer.confirm
            self.told.play("")
            self.told.say(tr("{what} Press once more to confirm.", what=answer.text.rstrip(".") + "."))
        else:
            self._failed = answer.code == "failed"
            self.told.play("bad")
            self.told.say(self._blocked(answer))
        self._fit_buttons()

    def _blocked(self, answer: Answer) -> str:
        """Why the machine was not so: the words of the step itself, where they are those, in the window's language."""
        plain = self.held.step if self.held is not None else None
        if isinstance(plain, Verify) and isinstance(self.step, Verify):
            said = answer.text.casefold() == plain.blocked.casefold()
            return self.step.blocked if said else answer.text
        return answer.text
