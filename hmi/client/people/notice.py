"""What the plant's owner has everybody read before he signs in: [people] notice, in the language in use."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from hmi.client.language import plant_text, tr
from hmi.client.page import Words

HEIGHT: Final = 132  # pixels at most: the fields below it stay in sight, and longer texts are scrolled


class OwnersNotice(QScrollArea):
    """The owner's words as plain text, as high as they are or as there is room for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.words = Words(plant_text(text), px=13)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setWidget(self.words)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it takes no key from the name
        self.setAccessibleName(tr("Notice of the plant's owner"))
        self.setAccessibleDescription(self.words.whole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # How many lines there are is known with the width only: that without a scroll bar, which may still be there.
        wanted = self.words.heightForWidth(self.maximumViewportSize().width()) + 4
        policy = Qt.ScrollBarPolicy
        self.setVerticalScrollBarPolicy(policy.ScrollBarAsNeeded if wanted > HEIGHT else policy.ScrollBarAlwaysOff)
        self.setFixedHeight(min(HEIGHT, wanted))
