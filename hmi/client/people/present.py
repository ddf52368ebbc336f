"""Who is signed in at a window. The engine decides what he may do; the window only knows it, to say so beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from hmi.client import words
from hmi.client.language import tr
from hmi.client.wire import Wire
from hmi.clock import Clock
from hmi.core.people import greater, role_for
from hmi.core.plant.model import Plant
from hmi.core.policy import ROLES
from hmi.link.messages import Reply

LOOK_S: Final = 60.0  # how often the engine is asked whether it still knows him: accounts end and are disabled
JUDGE_S: Final = 30.0  # a password takes its time, and others may be judged before it
_HANDS: Final = (QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.TouchBegin, QEvent.Type.Wheel)


class Present(QObject):
    """One person or nobody; `changed` when it is somebody else. Lives on the Qt thread, as long as the window."""

    changed = Signal()
    told = Signal(str)  # something that the person at the window should read

    def __init__(self, wire: Wire, clock: Clock, station: str, user: str, parent: QObject | None = None) -> None:
        """`user` is who the computer says it is: the name on records while nobody is signed in."""
        super().__init__(parent)
        self.person: dict[str, Any] | None = None
        self.locked = False  # nothing can be sent until somebody signs in; what is seen goes on
        self.kind = "password"  # how the next person will most quickly say who he is
        self._filtering = False
        self._wire, self._clock, self._station, self._user = wire, clock, station, user
        self._touched_at = self._looked_at = clock.monotonic()
        wire.link_changed.connect(self._link_changed)

    @property
    def name(self) -> str:
        """The name on records."""
        return str(self.person["name"]) if self.person else self._user

    @property
    def words(self) -> str:
        """The name as the header shows it."""
        if self.locked:
            return tr("Locked")
        if self.person is None:
            return self._user or tr("nobody signed in")
        return str(self.person["full_name"] or self.person["name"])

    def role(self, plant: Plant, tag: str = "") -> str:
        """What may be done from this window to a tag, or ("") to the plant as a whole."""
        if self.locked:
            return ROLES[0]
        everyone = plant.role_at(self._station)
        if self.person is None or self.person["must_change"]:
            return everyone
        return greater(everyone, role_for(self.person["roles"], tag))

    def touched(self) -> None:
        """Somebody has a hand on it."""
        self._touched_at = self._clock.monotonic()

    def pulse(self) -> None:
        """Twice a second: whoever has gone is signed out, and whoever the engine does not know any more."""
        now, plant = self._clock.monotonic(), self._wire.plant
        self._listen()
        if plant is None or not self._filtering:
            return
        idle_s = plant.idle_s_at(self._station)
        if now - self._touched_at >= idle_s:
            self._left_alone(plant, round(idle_s / 60))
        elif self.person is not None and now - self._looked_at >= LOOK_S:
            self._looked_at = now
            self._wire.ask("whoami", {}, self._seen)

    def _left_alone(self, plant: Plant, minutes: int) -> None:
        self._touched_at = self._clock.monotonic()
        if plant.locks(self._station):
            self.lock("left alone")
            self.told.emit(tr("Locked: nobody has touched this for {minutes} minutes", minutes=minutes))
        else:
            self.sign_out("left alone")
            self.told.emit(tr("Signed out: nobody has touched this for {minutes} minutes", minutes=minutes))

    def lock(self, why: str = "") -> None:
        """Nothing is sent from here until somebody signs in; mimics and alarms stay. At once, link or no link."""
        self._be(None, locked=True)
        self._wire.ask("lock", {"why": why}, self._lock_answered)

    def _lock_answered(self, reply: Reply) -> None:
        """Where nobody has an account nobody could unlock: the engine says so, and it stays open."""
        if not reply.ok and not isinstance(reply.body, dict):
            self._be(None)
            self.told.emit(words.sentence(reply.text))

    def sign_in(self, name: str, secret: str, kind: str, done: Callable[[Reply], None]) -> None:
        """Prove who it is; `done` gets the engine's answer."""

        def answered(reply: Reply) -> None:
            if reply.ok:
                self._take(reply.body)
                self.kind = self._quickest(kind)
            done(reply)

        self._wire.ask("sign_in", {"name": name, "secret": secret, "kind": kind}, answered, JUDGE_S)

    def _quickest(self, kind: str) -> str:
        """A badge where badges are used, a PIN where the one before has one: shifts change in seconds."""
        has_pin = self.person is not None and bool(self.person.get("pin"))
        return kind if kind != "password" else "pin" if has_pin else self.kind

    def change_password(self, old: str, new: str, done: Callable[[Reply], None]) -> None:
        """A new password of one's own; what the old one barred is then free."""

        def answered(reply: Reply) -> None:
            if reply.ok:
                self._wire.ask("whoami", {}, self._seen)
            done(reply)

        self._wire.ask("person", {"act": "password", "name": self.name, "old": old, "new": new}, answered, JUDGE_S)

    def sign_out(self, why: str = "") -> None:
        """Nobody works here any more; the window knows at once, whatever the engine answers."""
        if self.person is not None:
            self._wire.ask("sign_out", {"why": why}, lambda _: None)
            plant = self._wire.plant
            self._be(None, locked=plant is not None and plant.locks(self._station))

    def _seen(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.body, dict):
            was = self.person
            self._take(reply.body, bool(reply.body.get("locked")))
            if was is not None and self.person is None:
                self.told.emit(tr("Signed out by the engine: the shift or the account has ended"))

    def _take(self, body: Any, locked: bool = False) -> None:
        self._be(body.get("person") if isinstance(body, dict) else None, locked)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only while somebody may be found to have gone: it sees everything that comes to the program."""
        if event.type() in _HANDS:
            self.touched()
        return False

    def _listen(self) -> None:
        """Watch for hands where a person is signed in, or where a station that is left alone locks itself."""
        plant, application = self._wire.plant, QCoreApplication.instance()
        wanted = self.person is not None or (plant is not None and plant.locks(self._station) and not self.locked)
        if application is not None and wanted != self._filtering:
            self._filtering, self._touched_at = wanted, self._clock.monotonic()
            (application.installEventFilter if wanted else application.removeEventFilter)(self)

    def _be(self, person: dict[str, Any] | None, locked: bool = False) -> None:
        if (person, locked) != (self.person, self.locked):
            self.person, self.locked = person, locked
            self._touched_at = self._looked_at = self._clock.monotonic()
            self.changed.emit()
        self._listen()

    def _link_changed(self) -> None:
        """A new link is a new session, at which nobody is signed in yet; what was locked stays so."""
        if self._wire.state == "away" and self.person is not None:
            plant = self._wire.plant
            self._be(None, locked=plant is not None and plant.locks(self._station))
            self.told.emit(tr("Signed out: the link to the engine was lost. Sign in again when it is back"))
        elif self._wire.state == "linked" and self.locked:
            self._wire.ask("lock", {"why": "it was before the link was lost"}, self._lock_answered)
        elif self._wire.state == "linked" and self._wire.plant is not None and self._wire.plant.locks(self._station):
            self._wire.ask("whoami", {}, self._seen)
