"""Certificates: this station's own, and whom it believes to be a server; decided on here by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFileDialog, QGridLayout, QSizePolicy, QVBoxLayout

from hmi.client import words
from hmi.client.flow import Flow
from hmi.client.language import tr
from hmi.client.page import TRUST, Desk, Page, Words, button, panel
from hmi.client.sentences import said
from hmi.client.table import Rows, Table
from hmi.client.tips import plain
from hmi.client.trends.export_files import whole
from hmi.client.trends.export_memory import usual_folder
from hmi.client.trust.decide import Decide
from hmi.client.trust.words import details, ends_soon, in_groups, state_of, until_of, why_of
from hmi.core.errors import HmiError
from hmi.link.messages import Reply

_COLUMNS: Final = ("State", "Server", "Valid until", "Connection", "What came of it")
_WIDTHS: Final = (190, 0, 190, 130, 0)
_SPARE: Final = (4, 3)
_PATIENCE_S: Final = 30.0  # a first certificate of the station is made by being asked for
_ACTS: Final = {"waiting": ("accept", "refuse"), "trusted": ("refuse", "remove"), "refused": ("accept", "remove")}
_BUTTONS: Final = {"accept": "Trust …", "refuse": "Refuse …", "remove": "Forget …"}


class TrustPage(Page):
    """Everybody may look; what is decided takes an administrator, a comparison and a reason."""

    key = TRUST
    title = "Certificates"
    level = 4

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.facts: dict[str, Any] = {}
        self.chosen: dict[str, Any] | None = None
        self.model = Rows([tr(name) for name in _COLUMNS])
        empty = tr("No server has shown a certificate yet: those of secured connections do")
        self.table = Table(desk, self.model, _WIDTHS, empty, _SPARE)
        self.table.setSelectionMode(Table.SelectionMode.SingleSelection)  # a decision is about one certificate
        self.told = Words("", "muted", 13)
        self.own = Words("", px=14)
        self.own_mark = Words("", "muted", 13)
        self.own_warning = Words("", "stale", 13)
        self.about = QGridLayout()
        self.mark = Words("", px=15, bold=True)
        self.acts = {act: button(tr(text)) for act, text in _BUTTONS.items()}
        self.export = button(tr("Export for servers …"), "", tr("This station's certificate as a .der file"))
        self.renew = button(tr("Renew …"))
        self.use = button(tr("Put the new one into use …"))
        self.sheet: Decide | None = None
        self.dialog: QFileDialog | None = None
        self._question = 0
        self._arrange()
        self._connect()

    def ask(self) -> None:
        """Read the lists anew."""
        self.desk.wire.forget(self._question)
        self._question = self.desk.wire.ask("certificates", {}, self._came, _PATIENCE_S)

    def decide(self, act: str) -> None:
        """Open the sheet on which one decides."""
        facts: Mapping[str, Any] = {}
        if act in _BUTTONS:
            facts = self.chosen or {}
        elif act == "use":
            facts = self.facts.get("next", {})
        host = self.parentWidget() or self
        self.sheet = Decide(self.desk, host, act, facts, self._decided)
        self.sheet.closed.connect(self._sheet_closed)

    def save(self, path: Path) -> None:
        """Write the station's certificate there, the one to come where there is one, for servers to import."""
        newest = self.facts.get("next") or self.facts.get("own") or {}
        try:
            with whole(path) as part:
                part.write_bytes(bytes(newest["der"]))
        except HmiError as error:
            self.told.say(words.sentence(said(str(error))))
            return
        self.told.say(tr("Exported: {file}", file=str(path)))

    def dispose(self) -> None:
        self.desk.wire.forget(self._question)

    def pulse(self, lit: bool) -> None:
        self._allow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.ask()

    def hideEvent(self, event: QHideEvent) -> None:
        if self.sheet is not None:
            self.sheet.leave()
        super().hideEvent(event)

    def _came(self, reply: Reply) -> None:
        if not reply.ok or not isinstance(reply.body, dict):
            self.told.say(words.sentence(reply.text))
            return
        self.facts = reply.body
        servers = self._servers()
        self.model.put([_row(one) for one in servers])
        self._show_own()
        mark = self.chosen["fingerprint"] if self.chosen is not None else ""
        at = next((number for number, one in enumerate(servers) if one["fingerprint"] == mark), 0)
        if servers:
            self.table.selectRow(at)
        self._show(servers[at] if servers else None)

    def _servers(self) -> list[dict[str, Any]]:
        """Those that wait for a decision first."""
        order = ("waiting", "trusted", "issuer", "refused")
        found: list[dict[str, Any]] = list(self.facts.get("servers", ()))
        return sorted(found, key=lambda one: (order.index(one["state"]), str(one["name"]).casefold()))

    def _picked(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        servers = self._servers()
        self._show(servers[rows[0].row()] if rows and rows[0].row() < len(servers) else None)

    def _show_own(self) -> None:
        own, after = self.facts.get("own"), self.facts.get("next")
        if own is None:
            self.own.say(words.sentence(said(str(self.facts.get("fault", "")))))
            self.own.play("bad")
            return
        self.own.play("")
        self.own.say(f"{own['name']} · {own['uri']} · {tr('valid until {day}', day=until_of(own))}")
        self.own_mark.say(in_groups(str(own["fingerprint"])))
        warning = (
            tr("It ends soon: make a new one, have the servers trust it, put it into use.") if ends_soon(own) else ""
        )
        if after is not None:
            warning = tr("A new one is made and not in use: {mark}", mark=str(after["fingerprint"])[:16] + "…")
        self.own_warning.say(warning)
        self.own_warning.setVisible(bool(warning))

    def _show(self, facts: dict[str, Any] | None) -> None:
        self.chosen = facts
        while (item := self.about.takeAt(0)) is not None:
            if (gone := item.widget()) is not None:
                gone.hide()
                gone.deleteLater()
        self.mark.say(in_groups(str(facts["fingerprint"])) if facts else "")
        for number, (name, text) in enumerate(details(facts, self.desk) if facts else ()):
            told = Words(text)
            told.setWordWrap(True)
            told.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            self.about.addWidget(Words(name, "muted"), number, 0)
            self.about.addWidget(told, number, 1)
        self._allow()

    def _allow(self) -> None:
        """What can be done by who is here now; what cannot says who could."""
        may = self.desk.role() == self.facts.get("role", "administer") and not self.desk.mirror.link_down
        fitting = _ACTS.get(str(self.chosen["state"]), ("remove",)) if self.chosen else ()
        for act, made in self.acts.items():
            made.setVisible(act in fitting)
            made.setEnabled(may)
        self.use.setVisible("next" in self.facts)
        self.renew.setVisible("next" not in self.facts)
        self.export.setEnabled("own" in self.facts)
        for made in (self.renew, self.use):
            made.setEnabled(may and "own" in self.facts)
        tip = "" if may else tr("Takes an administrator: sign in (Ctrl+U)")
        for made in (*self.acts.values(), self.renew, self.use):
            made.setToolTip(plain(tip))

    def _decided(self, text: str) -> None:
        self.told.say(text)
        self.ask()

    def _sheet_closed(self) -> None:
        self.sheet = None

    def _export(self) -> None:
        name = f"{self.desk.station or 'station'}.der"
        if getattr(self.window(), "kiosk", False):  # whoever stands there sees nothing of the computer's files
            self.save(usual_folder() / name)
            return
        self.dialog = QFileDialog(self.window(), tr("Export"), str(usual_folder()))
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setDefaultSuffix("der")
        self.dialog.selectFile(name)
        self.dialog.fileSelected.connect(self._file_chosen)
        self.dialog.open()

    def _file_chosen(self, path: str) -> None:
        self.save(Path(path))

    def _pressed(self) -> None:
        self.decide(str(self.sender().property("act")))

    def _connect(self) -> None:
        self.table.selectionModel().selectionChanged.connect(self._picked)
        self.export.clicked.connect(self._export)
        for act, made in (*self.acts.items(), ("renew", self.renew), ("use", self.use)):
            made.setProperty("act", act)
            made.clicked.connect(self._pressed)

    def _arrange(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._own_panel())
        self.table.setMinimumHeight(240 if self.desk.touch else 150)
        column.addWidget(self.table, 3)
        column.addWidget(self._about_panel(), 2)
        self.told.setWordWrap(True)
        column.addWidget(self.told)
        self._allow()

    def _own_panel(self) -> Any:
        made = panel()
        inside = QVBoxLayout(made)
        inside.setContentsMargins(16, 10, 16, 12)
        inside.addWidget(Words(tr("This station's certificate, for servers to trust"), px=14, bold=True))
        for told in (self.own, self.own_mark, self.own_warning):
            told.setWordWrap(True)
            inside.addWidget(told)
        self.own_warning.hide()
        row = Flow()
        for one in (self.export, self.renew, self.use):
            row.addWidget(one)
        inside.addLayout(row)
        return made

    def _about_panel(self) -> Any:
        made = panel()
        inside = QVBoxLayout(made)
        inside.setContentsMargins(16, 10, 16, 12)
        inside.addWidget(self.mark)
        self.about.setColumnStretch(1, 1)
        self.about.setHorizontalSpacing(16)
        self.about.setVerticalSpacing(3)
        inside.addLayout(self.about)
        inside.addStretch(1)
        row = Flow()
        for one in self.acts.values():
            row.addWidget(one)
        inside.addLayout(row)
        return made


def _row(facts: Mapping[str, Any]) -> tuple[str, ...]:
    connection = str(facts.get("connection") or "–")
    return (state_of(facts), str(facts["name"]), until_of(facts), connection, why_of(facts) or tr("Nothing wrong"))
