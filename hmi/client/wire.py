"""The client's end of the link: keeps it up, feeds the mirror, carries questions and brings their answers back."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec
from PySide6.QtCore import QObject, QSocketNotifier, QTimer, Signal

from hmi.client.mirror import Mirror
from hmi.client.received import plant_of, stranger
from hmi.client.sentences import in_words
from hmi.clock import Clock
from hmi.core.errors import LinkError, PlantError
from hmi.core.plant.model import Plant
from hmi.core.properties import Properties, completed
from hmi.link.messages import AnyMessage, Health, PropertyRow, Refused, Reply, Request, Welcome
from hmi.link.street import Link

RETRY_MS: Final = 700
GREETING_S: Final = 5.0  # an engine that accepts us but says nothing for so long is tried anew
ANSWER_S: Final = 10.0
COMPLETE_S: Final = 1.0  # so long the first picture waits for what the devices say of their tags
SETTLED_S: Final = 1.5  # devices say it bit by bit: everything is drawn anew once, when they have done

NOT_LINKED: Final = "There is no link to the engine: nothing was sent. Wait until the link is back and try again."
LOST: Final = "The link to the engine was lost before it answered: what became of it is unknown. Check the plant."
NO_ANSWER: Final = "The engine did not answer within {:.0f} s: what became of it is unknown. Check the plant."
_UNKNOWN: Final = {"outcome": "unknown"}

log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Question:
    """What the engine was asked and has not answered."""

    on_reply: Callable[[Reply], None]
    deadline: float  # monotonic
    patience_s: float


class Wire(QObject):
    """One link to one engine, for as long as the window lives; on the Qt thread, without threads of its own.

    `open_link` opens a connection or raises LinkError. `plant_changed` comes first of all with the plant the engine
    runs, and again whenever a new link brings another configuration, devices say more of their tags, or its files show
    something else; the mirror stays the same where the tags and alarms do. `link_changed` when `state` or `text` did.
    """

    plant_changed = Signal(object)
    link_changed = Signal()

    def __init__(
        self,
        open_link: Callable[[], Link],
        clock: Clock,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.plant: Plant | None = None
        self.mirror: Mirror | None = None
        self.state = "away"  # away | linked | silent
        self.text = "Looking for the engine."
        self.engine = ""  # version of the engine's program
        self.asleep: Callable[[], bool] = bool  # whether the window did not run since this was last asked
        self.says: Callable[[], str] = str  # what is done about an engine that is away, by whoever keeps it
        self._open_link = open_link
        self._clock = clock
        self._connection: Link | None = None
        self._notifier: QSocketNotifier | None = None
        self._greeting = False  # connected, but the engine has not yet said which plant it runs
        self._since = clock.monotonic()
        self._digest: str | None = None
        self._files: Plant | None = None  # the plant as its files say it, without what the devices say
        self._show_at: float | None = None  # by then at the latest the plant is shown; None: it is
        self._told = self._asked = 0  # what devices say of their tags changed so often; and when it was asked for
        self._told_at = 0.0
        self._questions: dict[int, _Question] = {}
        self._numbers = itertools.count(1)
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.setInterval(RETRY_MS)
        self._retry.timeout.connect(self._connect)

    def start(self) -> None:
        """Begin to look for the engine, and never stop looking."""
        self._connect()

    def stop(self) -> None:
        """Hang up for good; open questions are answered with what is known: nothing."""
        self._retry.stop()
        self._hang_up()
        self._answer_all(LOST)

    def ask(
        self, verb: str, args: dict[str, Any], on_reply: Callable[[Reply], None], patience_s: float = ANSWER_S
    ) -> int:
        """Ask the engine; `on_reply` gets exactly one Reply, from the engine or, in plain words, from us.

        A Reply of ours says in `body["outcome"]` whether nothing was sent (`refused`) or the end is `unknown`.
        """
        number = next(self._numbers)
        if self._connection is None or self._greeting:
            on_reply(in_words(Reply(number, False, NOT_LINKED, {"outcome": "refused"})))
            return number
        self._questions[number] = _Question(on_reply, self._clock.monotonic() + patience_s, patience_s)
        self._send(Request(number, verb, args))
        return number

    def forget(self, number: int) -> None:
        """The answer to a question is no longer wanted."""
        self._questions.pop(number, None)

    def tick(self) -> None:
        """Look at what the clock decides: sleep, silence, a greeting that never comes, questions left unanswered."""
        self._poll()
        now = self._clock.monotonic()
        if self.mirror is not None and self.mirror.watch():
            self._set("silent", "the engine is still there but says nothing: it hangs or is very busy")
        if self._greeting and now - self._since > GREETING_S:
            self._lost("The engine accepts the connection but does not speak.")
        if self._show_at is not None and now >= self._show_at:
            self._show()
        if self._told != self._asked and now - self._told_at >= SETTLED_S and self.state == "linked":
            self._ask_properties()
        late = [number for number, question in self._questions.items() if now >= question.deadline]
        for number in late:
            self._answer(Reply(number, False, NO_ANSWER.format(self._questions[number].patience_s), _UNKNOWN))

    def _connect(self) -> None:
        try:
            self._connection = self._open_link()
        except LinkError as error:
            self._lost(str(error))
            return
        self._since = self._clock.monotonic()
        if self._connection.fileno() >= 0:
            self._notifier = QSocketNotifier(self._connection.fileno(), QSocketNotifier.Type.Read, self)
            self._notifier.activated.connect(self._poll)
        self._greeting = True
        self._poll()

    def _wake_up(self) -> None:
        """What lies ready on the old link is from before we slept: a new one tells everything as it is now."""
        self._lost("this computer slept, or this window was held up: everything is asked for anew")
        self._retry.stop()
        self._connect()

    def _poll(self) -> None:
        if self.asleep() and self._connection is not None:
            self._wake_up()
            return
        connection = self._connection
        if connection is None:
            return
        try:
            messages = connection.receive()
        except LinkError as error:
            self._lost(str(error))
            return
        for message in messages:
            if connection is not self._connection:
                return  # what was said before it made us hang up
            self._take(message)

    def _take(self, message: AnyMessage) -> None:
        match message:
            case Reply():
                self._answer(message)
            case Welcome():
                self._welcome(message)
            case Refused():
                self._lost(message.why)
            case _ if self.mirror is not None:
                self.mirror.take(message)
                if isinstance(message, Health) and message.told != self._told:
                    self._told, self._told_at = message.told, self._clock.monotonic()
                if not self.mirror.link_down:
                    self._set("linked", "")

    def _welcome(self, message: Welcome) -> None:
        known = not self._greeting  # the link was up and stays: the files of the plant have changed under it
        self.engine, self._greeting = message.engine, False
        self._told, self._asked, self._told_at = message.told, 0, self._clock.monotonic()
        if why := stranger(message):
            self._lost(why)
            return
        if message.digest == self._digest:
            self._set("linked", "")
            return
        try:
            plant = plant_of(message)
        except PlantError as error:
            self._lost(f"The engine runs a plant this program cannot read: {error}")
            return
        self._digest = message.digest
        if known and self._is_seen_as_before(plant):
            self._renew(plant)
            return
        self.plant = self._files = plant
        self.mirror = Mirror(plant, self._clock)
        self._show_at = self._told_at + COMPLETE_S
        self._set("linked", "")
        if message.told:
            self._ask_properties()
        else:
            self._show()

    def _is_seen_as_before(self, plant: Plant) -> bool:
        """Whether what is known of every tag and alarm still stands."""
        return self._files is not None and (plant.tags, plant.rules) == (self._files.tags, self._files.rules)

    def _renew(self, files: Plant) -> None:
        """Only what operators see has changed: every value stays as live as it was."""
        assert self.plant is not None and self.mirror is not None
        self._files = files
        self.plant = replace(files, tags=self.plant.tags, rules=self.plant.rules)
        self.mirror.complete(self.plant, self.mirror.table.names)
        self._show()

    def _ask_properties(self) -> None:
        self._asked, files = self._told, self._files
        self.ask("properties", {}, lambda reply: self._complete(reply) if files is self._files else None)

    def _complete(self, reply: Reply) -> None:
        """What the devices say of their tags fills what the plant's files leave empty; drawn anew where it does."""
        assert self._files is not None and self.plant is not None and self.mirror is not None
        if reply.ok:
            rows = msgspec.convert(reply.body, list[PropertyRow])
            told = {row.tag: Properties(row.low, row.high, row.unit, row.names) for row in rows}
            tags = tuple(completed(tag, told.get(tag.name)) for tag in self._files.tags)
            names = {tag.index: told[tag.name].names for tag in tags if tag.name in told and told[tag.name].names}
            if tags != self.plant.tags or names != self.mirror.table.names:
                self.plant = replace(self._files, tags=tags)
                self.mirror.complete(self.plant, names)
                self._show_at = 0.0
        if self._show_at is not None:
            self._show()

    def _show(self) -> None:
        self._show_at = None
        self.plant_changed.emit(self.plant)

    def _send(self, message: AnyMessage) -> None:
        assert self._connection is not None
        try:
            self._connection.send(message)
        except LinkError as error:
            self._lost(str(error))

    def _lost(self, text: str) -> None:
        self._hang_up()
        if self.mirror is not None:
            self.mirror.lose()
        self._set("away", self.says() or text)
        self._retry.start()
        self._answer_all(LOST)

    def _hang_up(self) -> None:
        self._greeting = False
        if self._notifier is not None:
            self._notifier.setEnabled(
                False
            )  # before the descriptor closes: Qt would watch whatever gets its number next
            self._notifier.deleteLater()
            self._notifier = None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _answer(self, reply: Reply) -> None:
        question = self._questions.pop(reply.number, None)
        if question is not None:
            question.on_reply(in_words(reply))

    def _answer_all(self, text: str) -> None:
        for number in list(self._questions):
            self._answer(Reply(number, False, text, _UNKNOWN))

    def _set(self, state: str, text: str) -> None:
        if (state, text) == (self.state, self.text):
            return
        if state != self.state:
            log.info("link %s %s", state, text)
        self.state, self.text = state, text
        self.link_changed.emit()
