"""What must not be overlooked: a strip above every page says what it means that the engine is not heard, or that the
plant's files are not what is shown."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hmi.client import words
from hmi.client.language import tr
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Words
from hmi.client.sentences import said
from hmi.core import quality as q
from hmi.link.messages import PlantFiles


class Notice(QFrame):
    """One strip for one trouble: the link, while the mirror is stale; else files that the engine does not show."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.desk = desk
        self.mark = QualityMark(desk.theme, 22)
        self.headline = Words("", px=15, bold=True)
        self.detail = Words("", "muted", 13)
        for told in (self.headline, self.detail):
            told.setWordWrap(True)  # a tablet upright has more lines, not more width
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 14, 8)
        row.setSpacing(12)
        row.addWidget(self.mark)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self.headline)
        texts.addWidget(self.detail)
        row.addLayout(texts, 1)
        self.hide()

    def refresh(self) -> None:
        """Come, go, and count the seconds."""
        desk = self.desk
        down, files = desk.mirror.link_down, self._files()
        if down:
            self.mark.show_quality(q.BAD_NO_COMMUNICATION, desk.theme)
            silent = words.age(desk.mirror.silent_s())
            self.headline.say(tr("The plant is not seen: nothing heard from the engine for {age}", age=silent))
            self.detail.say(f"{tr('Every value is the last one that came.')} {words.sentence(said(desk.wire.text))}")
        elif safe := self._safe_mode():
            self.headline.say(tr("Safe mode, view only: nothing is sent to the plant"))
            way = tr("More, and the way out: touch the state of the link above, or press Shift+F9.")
            self.detail.say(f"{words.sentence(said(safe))}. {way}")
        elif self._is_locked():
            self.headline.say(tr("This station is locked: screens and alarms go on, nothing can be sent"))
            self.detail.say(tr("Sign in to work: touch the name above, or press Ctrl+U."))
        elif files.state == "mistakes":
            self.headline.say(tr("A plant file has a mistake: the screens shown are those from before"))
            self.detail.say(f"{files.what.rstrip('.')}. {_where_to_read_on(files)}")
        elif files.state == "restart":
            what = ", ".join(tr(word) for word in files.what.split(", "))
            self.headline.say(tr("The plant's files have changed in what the engine itself runs ({what})", what=what))
            self.detail.say(
                tr("They take effect when the engine is restarted; until then the screens are those from before.")
            )
        about = "link" if down else "safe" if self._safe_mode() else "files"
        self._come(about != "files" or self._is_locked() or files.state != "current", about)

    def _safe_mode(self) -> str:
        return "" if self.desk.mirror.health is None else self.desk.mirror.health.safe_mode

    def _is_locked(self) -> bool:
        return self.desk.present is not None and bool(self.desk.present.locked)

    def _files(self) -> PlantFiles:
        health = self.desk.mirror.health
        return PlantFiles() if health is None else health.plant_files

    def _come(self, there: bool, about: str) -> None:
        if there == self.isHidden():
            self.setVisible(there)
        if there and about != self.property(
            "about"
        ):  # mistakes in files are no trouble of the plant: no alarming frame
            self.setProperty("about", about)
            self.style().unpolish(self)
            self.style().polish(self)
            self.mark.setVisible(about == "link")


def _where_to_read_on(files: PlantFiles) -> str:
    if files.more:
        return tr("{count} more: hmi check {folder}", count=files.more, folder=files.folder)
    return tr("Once it is mended, the screens follow by themselves.")
