"""Badges: what an element adds to its symbol because it binds it: mode, interlock, service."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from hmi.core.screens.model import Shape, Symbol
from hmi.core.screens.vocabulary import BADGE_BINDS, SHAPES


def badged(symbol: Symbol, bound: Collection[str]) -> Symbol:
    """The symbol as an element needs it: with badges for the mode, the interlock and the service it binds.

    What the symbol itself shows in words gets no badge.
    """
    shown = {name for shape in symbol.shapes for name in _named(shape)}
    extra = [name for name in BADGE_BINDS if name in bound and name not in shown]
    return replace(symbol, shapes=(*symbol.shapes, Shape("badges", {"shows": extra}))) if extra else symbol


def _named(shape: Shape) -> list[str]:
    kinds = SHAPES.get(shape.kind, {})
    return [value for key, value in shape.options.items() if kinds.get(key) == "bind"]
