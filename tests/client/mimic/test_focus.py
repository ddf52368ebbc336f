"""Arrow keys go to the nearest element in their direction."""

from __future__ import annotations

from PySide6.QtCore import Qt

from hmi.client.mimic.compile import Compiled
from hmi.client.mimic.focus import ARROWS, towards
from hmi.client.mimic.scene import answers

LEFT, RIGHT, UP, DOWN = (ARROWS[key] for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down))


def test_arrows_move_over_the_screen(detail: Compiled) -> None:
    names = [drawn.element.symbol for drawn in detail.drawn]
    stops = [number for number, drawn in enumerate(detail.drawn) if answers(drawn)]
    at = {name: names.index(name) for name in names}
    assert towards(detail, stops, None, RIGHT) == stops[0]
    assert towards(detail, stops, at["setpoint"], LEFT) == at["analog"]
    assert towards(detail, stops, at["pump"], UP) == at["setpoint"]
    assert towards(detail, stops, at["pump"], RIGHT) == at["state"]
    assert towards(detail, stops, at["setpoint"], DOWN) in (at["pump"], at["state"])
    assert towards(detail, stops, at["analog"], LEFT) is None
    assert towards(detail, [], None, LEFT) is None
