"""Who is signed in at a window. The engine decides what he may do; the window only knows it, to say so beforehand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal

from hmi.client.language import tr
from hmi.client.wire import Wire
from hmi.clock import Clock
from hmi.core.people import greater, role_for
from hmi.core.plant.model import Plant
from hmi.link.messages import Reply

IDLE_S: Final = 900.0  # nobody has touched anything for so long: he has gone, and is signed out
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
        if self.person is None:
            return self._user or tr("nobody signed in")
        return str(self.person["full_name"] or self.person["name"])

    def role(self, plant: Plant, tag: str = "") -> str:
        """What may be done from this window to a tag, or ("") to the plant as a whole."""
        everyone = plant.role_at(self._station)
        if self.person is None or self.person["must_change"]:
            return everyone
        return greater(everyone, role_for(self.person["roles"], tag))

    def touched(self) -> None:
        """Somebody has a hand on it."""
        self._touched_at = self._clock.monotonic()

    def pulse(self) -> None:
        """Twice a second: whoever has gone is signed out, and whoever the engine does not know any more."""
        now = self._clock.monotonic()
        if self.person is None:
            return
        if now - self._touched_at >= IDLE_S:
            minutes = round(IDLE_S / 60)
            self.sign_out("left alone")
            self.told.emit(tr("Signed out: nobody has touched this for {minutes} minutes", minutes=minutes))
        elif now - self._looked_at >= LOOK_S:
            self._looked_at = now
            self._wire.ask("whoami", {}, self._seen)

    def sign_in(self, name: str, secret: str, kind: str, done: Callable[[Reply], None]) -> None:
        """Prove who it is; `done` gets the engine's answer."""

        def answered(reply: Reply) -> None:
            if reply.ok:
                self._take(reply.body)
            done(reply)

        self._wire.ask("sign_in", {"name": name, "secret": secret, "kind": kind}, answered, JUDGE_S)

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
            self._be(None)

    def _seen(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.body, dict):
            was = self.person
            self._take(reply.body)
            if was is not None and self.person is None:
                self.told.emit(tr("Signed out by the engine: the shift or the account has ended"))

    def _take(self, body: Any) -> None:
        self._be(body.get("person") if isinstance(body, dict) else None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Only while somebody is signed in: it sees everything that comes to the program."""
        if event.type() in _HANDS:
            self.touched()
        return False

    def _be(self, person: dict[str, Any] | None) -> None:
        application = QCoreApplication.instance()
        if application is not None and (person is None) != (self.person is None):
            (application.removeEventFilter if person is None else application.installEventFilter)(self)
        if person != self.person:
            self.person = person
            self._touched_at = self._looked_at = self._clock.monotonic()
            self.changed.emit()

    def _link_changed(self) -> None:
        """A new link is a new session, at which nobody is signed in yet."""
        if self._wire.state == "away" and self.person is not None:
            self._be(None)
            self.told.emit(tr("Signed out: the link to the engine was lost. Sign in again when it is back"))
