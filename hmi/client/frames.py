"""The two frames of a window: the workstation's with its column of places, the tablet's with a bar below."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget


def workstation(middle: QWidget, navigation: QWidget, body: QWidget) -> None:
    """The places stand beside the page."""
    row = QHBoxLayout(middle)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(navigation)
    row.addWidget(body, 1)


def tablet(middle: QWidget, navigation: QWidget, body: QWidget) -> None:
    """The places come as a drawer when they are asked for; the page has the whole width."""
    column = QVBoxLayout(middle)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(body)
    navigation.setParent(middle)
    navigation.hide()


def stacked(window: QWidget, parts: list[QWidget], growing: QWidget) -> None:
    """Strips from top to bottom, without gaps; one of them takes what is left."""
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for part in parts:
        column.addWidget(part, 1 if part is growing else 0)


def bodied(notice: QWidget, stack: QWidget) -> QWidget:
    """The pages, with room above for what must not be overlooked."""
    body = QWidget()
    column = QVBoxLayout(body)
    column.setContentsMargins(8, 8, 8, 8)
    column.setSpacing(8)
    column.addWidget(notice)
    column.addWidget(stack, 1)
    return body
