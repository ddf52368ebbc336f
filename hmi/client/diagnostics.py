"""How the system itself is doing: connections, store, link, window, and why each value that is not good is so."""

from __future__ import annotations

from typing import Any, Final

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QSizePolicy, QVBoxLayout

from hmi.client import words
from hmi.client.diagnostics_connections import Connections
from hmi.client.diagnostics_values import WrongValues
from hmi.client.flow import Flow
from hmi.client.language import tr
from hmi.client.page import OUTAGES, SYSTEM, TRUST, Desk, Page, Words, button
from hmi.client.sentences import said
from hmi.client.update_line import UpdateLine
from hmi.core import quality as q
from hmi.link.messages import Health, Reply

_HISTORY: Final = ("Stored", "Waiting", "Lost", "Disk free", "Room", "Fault", "Plant server")
_FACTS_PX: Final = 240  # the least in which they can be read


class Facts(QFrame):
    """A panel of names and what they stand at."""

    def __init__(self, title: str, names: tuple[str, ...]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.told = {name: Words("–", elide=True) for name in names}
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 10, 16, 12)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        grid.addWidget(Words(tr(title), px=14, bold=True), 0, 0, 1, 2)
        for row, (name, told) in enumerate(self.told.items(), 1):
            grid.addWidget(Words(tr(name), "muted"), row, 0)
            grid.addWidget(told, row, 1)
        grid.setRowStretch(len(names) + 1, 1)

    def say(self, **facts: str) -> None:
        """Tell some of them; names are given with underscores for blanks."""
        for name, text in facts.items():
            self.told[name.replace("_", " ")].say(text)


class SystemPage(Page):
    """The diagnostics of the station: what an engineer looks at first when something is grey."""

    key = SYSTEM
    title = "System"
    level = 4

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.engine = Facts("Engine", ("State", "Running for", "Program", "Clients", "Configuration", "Update"))
        self.store = Facts("History", _HISTORY)
        self.window_facts = Facts("This window", ("Link", "Last heard", "Values", "Frame", "Station"))
        self.connections = Connections(desk)
        self.values = WrongValues(desk)
        self.values.check.clicked.connect(self.ask)
        self.ways = Flow()  # to what belongs to the system and has a page of its own
        self.trust = button(tr("Certificates …"), "", tr("Whom this station believes to be a server"))
        self.trust.clicked.connect(self._ask_trust)
        self.outages = button(tr("Links and outages …"), "", tr("What is away, what that means, what to do (Shift+F9)"))
        self.outages.clicked.connect(self._ask_outages)
        self.ways.addWidget(self.trust)
        self.ways.addWidget(self.outages)
        self.arrived = button("", "", tr("What came from there and waits for a person"))
        self.arrived.clicked.connect(self._ask_arrived)
        self.arrived.hide()
        self.ways.addWidget(self.arrived)
        self.update_line = UpdateLine(desk, self, self.engine.told["Update"].say)
        self.ways.addWidget(self.update_line.button)
        self._question = 0
        self._health_seen = -1
        self._missing_seen: tuple[int, ...] = ()
        self._arrange()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = Flow()
        for facts in (self.engine, self.store, self.window_facts):
            facts.setMinimumWidth(_FACTS_PX)
            facts.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
            row.addWidget(facts)
        column.addLayout(row)
        column.addLayout(self.ways)
        column.addWidget(self.connections)
        column.addWidget(self.values, 1)

    def refresh(self) -> None:
        mirror = self.desk.mirror
        if mirror.health is None or mirror.health_version == self._health_seen:
            return
        self._health_seen = mirror.health_version
        self.connections.put(mirror.health.connections)
        self._show_health(mirror.health)
        missing = tuple(row.missing for row in mirror.health.connections)
        if missing != self._missing_seen:
            self._missing_seen = missing
            self.ask()

    def pulse(self, lit: bool) -> None:
        self._show_window()
        self.update_line.pulse()
        if lit:
            self._show_values()

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)
        self.update_line.dispose()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask()
        self.update_line.ask()

    def ask(self) -> None:
        """Ask the engine why tags are missing."""
        self.desk.wire.forget(self._question)
        self._question = self.desk.wire.ask("status", {}, self._came)

    def _ask_trust(self) -> None:
        self.asked.emit(TRUST)

    def _ask_arrived(self) -> None:
        from hmi.client.arrived import Arrived

        Arrived(self.desk, self.parentWidget() or self)

    def _ask_outages(self) -> None:
        self.asked.emit(OUTAGES)

    def _came(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.body, dict):
            missing: dict[str, Any] = reply.body.get("missing_tags", {})
            self.values.reasons = {str(tag): str(why) for tag, why in missing.items()}
            self._show_values()

    def _show_health(self, health: Health) -> None:
        desk = self.desk
        self.engine.say(
            Running_for=words.age((desk.mirror.now_ns() - health.started_ns) / 1e9) if health.started_ns else "–",
            Program=f"hmi {desk.wire.engine}".strip(),
            Clients=str(health.clients),
            Configuration=desk.plant.digest[:16],
        )
        self.store.say(
            Stored=_samples(health.samples_stored),
            Waiting=_samples(health.samples_waiting),
            Lost=_samples(health.samples_lost),
            Disk_free=f"{health.disk_free_mb / 1024:.1f} GB",
            Room=words.sentence(said(health.store_note or health.history_room)) or "–",
            Fault=words.sentence(said(health.store_fault)) or tr("none"),
            Plant_server=words.sentence(said(health.server)) or tr("none"),
        )
        self.store.told["Room"].play("bad" if health.store_note else "")
        self.arrived.setVisible(bool(health.arrived))
        self.arrived.setText(tr("From the plant server: {count} …", count=health.arrived))
        self.store.told["Plant server"].play("bad" if health.server_note else "")
        self.store.told["Fault"].play("bad" if health.store_fault else "")
        self.store.told["Lost"].play("bad" if health.samples_lost else "")

    def _show_window(self) -> None:
        desk, frame = self.desk, self.desk.frame
        down = desk.mirror.link_down
        self.engine.say(State=tr("Not heard") if down else tr("Heard"))
        self.engine.told["State"].play("bad" if down else "")
        self.window_facts.say(
            Link=tr(words.sentence(desk.wire.state)),
            Last_heard=tr("{age} ago", age=words.age(desk.mirror.silent_s())),
            Station=" · ".join(part for part in (desk.user, desk.station) if part) or "–",
        )
        if frame is not None:
            last, worst = f"{frame.last_ms:.1f}", f"{frame.worst_ms:.1f}"
            text = tr("{last} ms, worst {worst} ms, {count} drawn", last=last, worst=worst, count=frame.drawn)
            self.window_facts.say(Frame=text)

    def _show_values(self) -> None:
        self.values.refresh()
        quality = self.desk.mirror.table.quality
        self.window_facts.say(
            Values=tr("{part} of {count} good", part=int(q.is_good(quality).sum()), count=len(quality))
        )


def _samples(count: int) -> str:
    return tr("{count} samples", count=f"{count:,}".replace(",", "\u2009"))
