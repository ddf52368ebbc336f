"""What must not be overlooked: while the engine is not heard, a strip above every page says what that means."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from hmi.client import words
from hmi.client.language import tr
from hmi.client.marks import QualityMark
from hmi.client.page import Desk, Words
from hmi.core import quality as q


class Notice(QFrame):
    """One strip for one trouble: the link. It is there exactly while the mirror is stale."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("notice")
        self.desk = desk
        self.mark = QualityMark(desk.theme, 22)
        self.headline = Words("", px=15, bold=True, elide=True)
        self.detail = Words("", "muted", 13, elide=True)
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
        down = desk.mirror.link_down
        if down:
            self.mark.show_quality(q.BAD_NO_COMMUNICATION, desk.theme)
            silent = words.age(desk.mirror.silent_s())
            self.headline.say(tr("The plant is not seen: nothing heard from the engine for {age}", age=silent))
            self.detail.say(f"{tr('Every value is the last one that came.')} {words.sentence(desk.wire.text)}")
        if down == self.isHidden():
            self.setVisible(down)
