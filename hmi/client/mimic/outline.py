"""Outlines of symbols: the text of a path as something Qt can draw."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtGui import QPainterPath

from hmi.core.screens.path import parse_path


@lru_cache(maxsize=512)
def outline(text: str) -> QPainterPath:
    """The path of a symbol's outline, in the symbol's own units; not to be changed, it is kept."""
    path = QPainterPath()
    for command, n in parse_path(text):
        if command == "M":
            path.moveTo(n[0], n[1])
        elif command == "L":
            path.lineTo(n[0], n[1])
        elif command == "C":
            path.cubicTo(n[0], n[1], n[2], n[3], n[4], n[5])
        elif command == "Q":
            path.quadTo(n[0], n[1], n[2], n[3])
        else:
            path.closeSubpath()
    return path
