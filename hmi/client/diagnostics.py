"""How the system itself is doing: connections, store, link, window, and why each value that is not good is so."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from hmi.client import words
from hmi.client.page import SYSTEM, Desk, Page, Words, button
from hmi.client.table import Rows, Table
from hmi.core import quality as q
from hmi.link.messages import ConnectionRow, Health, Reply

_CONNECTIONS: Final = (
    "Connection",
    "State",
    "Live",
    "Missing",
    "Heard",
    "Values/s",
    "Reconnects",
    "Request",
    "Driver",
    "Address",
    "Reason",
)
_CONNECTION_WIDTHS: Final = (110, 96, 64, 72, 76, 80, 92, 80, 76, 0, 0)
_BAD: Final = ("Tag", "Quality", "Reason", "Connection", "Age")
_BAD_WIDTHS: Final = (0, 96, 0, 120, 130)
_STATES: Final = {"live": "Live", "connecting": "Connecting", "silent": "Silent", "down": "Down"}
_MOST_ROWS: Final = 1000


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
        grid.addWidget(Words(title, px=14, bold=True), 0, 0, 1, 2)
        for row, (name, told) in enumerate(self.told.items(), 1):
            grid.addWidget(Words(name, "muted"), row, 0)
            grid.addWidget(told, row, 1)
        grid.setRowStretch(len(names) + 1, 1)

    def say(self, **facts: str) -> None:
        """Tell some of them; names are given with underscores for blanks."""
        for name, text in facts.items():
            self.told[name.replace("_", " ")].say(text)


def connection_row(row: ConnectionRow) -> tuple[str, ...]:
    """One connection as a row of the table."""
    return (
        row.id,
        _STATES.get(row.state, words.sentence(row.state)),
        str(row.live),
        str(row.missing),
        "never" if row.age_s < 0 else f"{row.age_s:.1f} s",
        f"{row.values_per_s:.1f}",
        str(row.reconnects),
        f"{row.request_ms:.0f} ms",
        row.driver,
        row.address,
        words.sentence(row.reason),
    )


class SystemPage(Page):
    """The diagnostics of the station: what an engineer looks at first when something is grey."""

    key = SYSTEM
    title = "System"
    level = 4

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.engine = Facts("Engine", ("State", "Running for", "Program", "Clients", "Configuration"))
        self.store = Facts("History", ("Stored", "Waiting", "Lost", "Disk free", "Fault"))
        self.window_facts = Facts("This window", ("Link", "Last heard", "Values", "Frame", "Station"))
        self.connections = Rows(_CONNECTIONS, right=_CONNECTIONS[2:8])
        self.connection_table = Table(
            desk, self.connections, _CONNECTION_WIDTHS, "Nothing heard of connections yet", (8, 6, 7)
        )
        self.bad = Rows(_BAD, right=("Age",))
        self.bad_table = Table(desk, self.bad, _BAD_WIDTHS, "Every value is good")
        self.bad_title = Words("", px=14, bold=True)
        self.check = button("Ask again")
        self.check.clicked.connect(self.ask)
        self._reasons: dict[str, str] = {}  # tag name -> why it cannot be had, as the engine knows it
        self._question = 0
        self._health_seen = -1
        self._arrange()

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        for facts in (self.engine, self.store, self.window_facts):
            row.addWidget(facts, 1)
        column.addLayout(row)
        column.addWidget(Words("Connections", px=14, bold=True))
        column.addWidget(self.connection_table)
        head = QHBoxLayout()
        head.addWidget(self.bad_title, 1)
        head.addWidget(self.check)
        column.addLayout(head)
        column.addWidget(self.bad_table, 1)

    def refresh(self) -> None:
        mirror = self.desk.mirror
        if mirror.health is None or mirror.health_version == self._health_seen:
            return
        self._health_seen = mirror.health_version
        self.connections.put([connection_row(row) for row in mirror.health.connections])
        self.connection_table.fit(8)
        self._show_health(mirror.health)

    def pulse(self, lit: bool) -> None:
        self._show_window()
        if lit:
            self._show_bad()

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask()

    def ask(self) -> None:
        """Ask the engine why tags are missing."""
        self.desk.wire.forget(self._question)
        self._question = self.desk.wire.ask("status", {}, self._came)

    def _came(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.body, dict):
            missing: dict[str, Any] = reply.body.get("missing_tags", {})
            self._reasons = {str(tag): str(why) for tag, why in missing.items()}
            self._show_bad()

    def _show_health(self, health: Health) -> None:
        desk = self.desk
        self.engine.say(
            Running_for=words.age((desk.mirror.now_ns() - health.started_ns) / 1e9) if health.started_ns else "–",
            Program=f"hmi {desk.wire.engine}".strip(),
            Clients=str(health.clients),
            Configuration=desk.plant.digest[:16],
        )
        self.store.say(
            Stored=f"{health.samples_stored:,} samples".replace(",", "\u2009"),
            Waiting=f"{health.samples_waiting:,} samples".replace(",", "\u2009"),
            Lost=f"{health.samples_lost:,} samples".replace(",", "\u2009"),
            Disk_free=f"{health.disk_free_mb / 1024:.1f} GB",
            Fault=words.sentence(health.store_fault) or "none",
        )
        self.store.told["Fault"].play("bad" if health.store_fault else "")
        self.store.told["Lost"].play("bad" if health.samples_lost else "")

    def _show_window(self) -> None:
        desk, frame = self.desk, self.desk.frame
        down = desk.mirror.link_down
        self.engine.say(State="Not heard" if down else "Heard")
        self.engine.told["State"].play("bad" if down else "")
        self.window_facts.say(
            Link=words.sentence(desk.wire.state),
            Last_heard=f"{words.age(desk.mirror.silent_s())} ago",
            Station=" · ".join(part for part in (desk.user, desk.station) if part) or "–",
        )
        if frame is not None:
            self.window_facts.say(Frame=f"{frame.last_ms:.1f} ms, worst {frame.worst_ms:.1f} ms, {frame.drawn} drawn")

    def _show_bad(self) -> None:
        mirror, plant = self.desk.mirror, self.desk.plant
        quality = mirror.table.quality
        wrong = np.flatnonzero(~q.is_good(quality))
        rows = []
        for index in wrong[:_MOST_ROWS].tolist():
            tag, code = plant.tags[index], int(quality[index])
            why = self._reasons.get(tag.name) or q.reason(code)
            age = words.age(mirror.age_s(index))
            rows.append((tag.name, words.sentence(q.word(code)), words.sentence(why), tag.connection or "derived", age))
        self.bad.put(rows)
        good = len(quality) - len(wrong)
        self.bad_title.say(f"Values that are not good: {len(wrong)} of {len(quality)}")
        self.window_facts.say(Values=f"{good} of {len(quality)} good")
