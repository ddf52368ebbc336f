"""The steps of a first start in which the station makes itself ready: its certificate, the plant server, the end."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QFileDialog

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk, Words, button
from hmi.client.sentences import said
from hmi.client.setup.steps import Answers, Done, SetupStep
from hmi.client.theme import font
from hmi.client.trends.export_files import whole
from hmi.client.trends.export_memory import usual_folder
from hmi.client.trust.words import in_groups
from hmi.core.errors import HmiError
from hmi.link.messages import Reply

_PATIENCE_S: Final = 60.0  # a key of 3072 bits is made, on a small tablet
_LOOK_MS: Final = 500


class CertificateStep(SetupStep):
    """The station's own certificate: made now, shown, and taken to the servers that are to trust it."""

    title = "This station's certificate"

    def __init__(self, desk: Desk, answers: Answers) -> None:
        super().__init__(desk, answers)
        self.say(
            tr("With it the station proves to servers who it is. It is made once; its key never leaves this computer.")
        )
        self.name = Words("", px=15, bold=True)
        self.mark = Words("", px=16)
        self.mark.setFont(font(16, bold=True))
        self.mark.setAccessibleName(tr("Fingerprint (SHA-256)"))
        self.told = Words("", "muted", 14)
        self.told.setWordWrap(True)
        self.export = button(tr("Export for servers …"), "", tr("This station's certificate as a .der file"))
        self.export.clicked.connect(self._choose)
        for one in (self.name, self.mark, self.told):
            self.column.addWidget(one)
        self.column.addWidget(self.export, 0, Qt.AlignmentFlag.AlignLeft)
        self.say(tr("Servers with security ask for it; this can also be done later, on the page Certificates."))
        self.column.addStretch(1)
        self.dialog: QFileDialog | None = None
        self._der = b""

    def enter(self) -> None:
        self.export.setEnabled(bool(self._der))
        if not self._der:
            self.told.say(tr("It is being made …"))
            self.desk.wire.ask("certificates", {}, self._came, _PATIENCE_S)

    def do(self, done: Done) -> None:
        done("" if self._der else tr("The certificate is not there yet: wait a moment, or read why above"))

    def save(self, path: Path) -> None:
        """Write it there, for servers to import."""
        try:
            with whole(path) as part:
                part.write_bytes(self._der)
        except HmiError as error:
            self.told.say(words.sentence(said(str(error))))
        else:
            self.told.say(tr("Exported: {file}", file=str(path)))

    def _came(self, reply: Reply) -> None:
        own = reply.body.get("own") if reply.ok and isinstance(reply.body, dict) else None
        if own is None:
            why = reply.body.get("fault", reply.text) if isinstance(reply.body, dict) else reply.text
            self.told.say(words.sentence(said(str(why))))
            return
        self._der = bytes(own["der"])
        self.answers.fingerprint = str(own["fingerprint"])
        self.name.say(str(own["name"]))
        self.mark.say(in_groups(self.answers.fingerprint))
        self.told.say(tr("valid until {day}", day=str(own["until"])[:10]))
        self.export.setEnabled(True)

    def _choose(self) -> None:
        name = f"{self.answers.settings.name or self.desk.station or 'station'}.der"
        self.dialog = QFileDialog(self.window(), tr("Export"), str(usual_folder()))
        self.dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.dialog.setDefaultSuffix("der")
        self.dialog.selectFile(name)
        self.dialog.fileSelected.connect(self._chosen)
        self.dialog.open()

    def _chosen(self, path: str) -> None:
        self.save(Path(path))


class ServerStep(SetupStep):
    """The plant server: the password that its people gave this station, and whether it lets the station in."""

    title = "The plant server"

    def __init__(self, desk: Desk, answers: Answers) -> None:
        super().__init__(desk, answers)
        where = urlsplit(desk.plant.server.url)
        self.say(
            tr(
                "History and journal are sent to {server} as {user}. The station works without it: what waits is kept.",
                server=str(where.hostname),
                user=str(where.username),
            )
        )
        self.password = self.entry(tr("Password that its people gave this station"), 256, hidden=True)
        self.test = button(tr("Keep it and try"))
        self.test.clicked.connect(self.send)
        self.result = Words("", px=15)
        self.result.setWordWrap(True)
        self.column.addWidget(self.test, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.result)
        self.column.addStretch(1)
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self._look)

    def enter(self) -> None:
        self._look()
        self._timer.start()

    def send(self) -> None:
        """Give it to the engine, which tries it at its next attempt, within seconds."""
        if self.password.text():
            self.desk.wire.ask("secret", {"name": "server", "secret": self.password.text()}, self._kept)
            self.password.clear()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        self._timer.stop()
        super().hideEvent(event)

    def _kept(self, reply: Reply) -> None:
        self.password.setPlaceholderText(words.sentence(reply.text))

    def _look(self) -> None:
        health = self.desk.mirror.health
        self.result.say(
            words.sentence(said(health.server)) if health is not None and health.server else tr("Not asked yet")
        )


class ReadyStep(SetupStep):
    """What is made, and what comes next."""

    title = "Ready"

    def __init__(self, desk: Desk, answers: Answers) -> None:
        super().__init__(desk, answers)
        self.told = self.say("", "")
        self.folder = self.say("")
        self.column.addStretch(1)

    def enter(self) -> None:
        settings = self.answers.settings
        lines = [
            tr("{station} of {plant} is ready.", station=settings.name, plant=plant_text(self.desk.plant.name)),
            tr("{name} may administer: the other accounts are made by hmi user add.", name=self.answers.account),
        ]
        self.told.say("\n".join(lines))
        self.desk.wire.ask("secrets", {}, self._came)

    def _came(self, reply: Reply) -> None:
        if reply.ok and isinstance(reply.body, dict):
            health = self.desk.mirror.health
            free = f"{health.disk_free_mb / 1024:.0f} GB" if health is not None else "–"
            text = tr(
                "History, journal and accounts are kept in {folder}: {free} free.",
                folder=reply.body["folder"],
                free=free,
            )
            missing = [name for name in reply.body["wanted"] if name not in reply.body["kept"]]
            if missing:
                names = ", ".join(missing)
                text += "\n" + tr("Passwords that are still wanted: {names} (hmi secret set NAME).", names=names)
            self.folder.say(text)
