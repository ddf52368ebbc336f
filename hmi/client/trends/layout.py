"""Where the parts of the trend page are."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from hmi.client.page import panel


def lay_out(page: QWidget, toolbar: QWidget, plot: QWidget, chooser: QWidget, table: QWidget) -> None:
    """The rows of buttons, the plot with the chooser beside it (hidden at first), the table of pens."""
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addWidget(toolbar)
    body = QHBoxLayout()
    body.setSpacing(8)
    frame = panel()
    inside = QVBoxLayout(frame)
    inside.setContentsMargins(4, 4, 4, 4)
    inside.addWidget(plot)
    body.addWidget(frame, 1)
    body.addWidget(chooser)
    chooser.hide()
    column.addLayout(body, 1)
    column.addWidget(table)
