"""A screen as data: elements at places, each drawn by a symbol, bound to tags or expressions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Binding:
    """What an element shows: one tag, or an expression over several."""

    text: str  # as written: a tag name, or "= expression"
    tag: int | None  # index of the tag when it is a plain tag
    inputs: tuple[int, ...] = ()  # indexes of every tag it reads


@dataclass(frozen=True, slots=True)
class Shape:
    """One stroke of a symbol; coordinates in the symbol's own units."""

    kind: str  # path | rect | ellipse | polyline | text | level | value | state | bar | ...
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Symbol:
    """How one kind of equipment or indicator is drawn, from the shared library in screens/symbols/."""

    id: str
    size: tuple[float, float]
    binds: Mapping[str, str]  # name of a binding -> analog | state | bool | text
    shapes: tuple[Shape, ...]
    description: str = ""
    stretch: bool = True  # shapes grow with the element; False: design units, negative ones from the far edge


@dataclass(frozen=True, slots=True)
class Element:
    """One placed symbol of a screen."""

    symbol: str
    x: float
    y: float
    width: float
    height: float
    label: str = ""
    binds: Mapping[str, Binding] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)  # points, decimals, text, ...
    go: str = ""  # id of the screen that a click opens
    write: str = ""  # name of the tag that a click commands ("" none)
    equipment: str = ""  # id of the machine whose faceplate a click opens ("" none)
    line: int = 0  # of the file, for messages
    file: str = ""  # of the template that the line is in; "" the screen's own


@dataclass(frozen=True, slots=True)
class Screen:
    """One display: its level (ISA-101), its size in design units and its elements."""

    id: str
    title: str
    level: int  # 1 overview .. 4 diagnostics
    size: tuple[float, float]
    elements: tuple[Element, ...]
    parent: str = ""  # the screen above it in the hierarchy
    file: str = ""
    backdrop: str = ""  # file of a drawing that lies under everything
