"""A type of equipment as data: what its machines are made of, how they are drawn, parts, alarms and interlocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hmi.core.toml import Table

BUILT_IN: Final = ("id", "name", "path", "code", "screen")  # what `${...}` knows of every machine
FACEPLATE: Final = "faceplate"  # the part that is operated in a machine's small window
DETAIL: Final = "detail"  # the part that is its level 4 screen


@dataclass(frozen=True, slots=True)
class Member:
    """One value that the machines of a type have."""

    name: str
    tag: str  # under the machine's path
    label: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a screen that is drawn for any machine of the type; its rows still hold `${...}` and `.members`."""

    name: str
    size: tuple[float, float]
    rows: tuple[Table, ...]
    title: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Template:
    """One file of templates/."""

    id: str
    file: str
    title: str = ""
    description: str = ""
    shared: bool = False  # of the program's library
    parameters: Mapping[str, str] = field(default_factory=dict)  # name -> default
    symbol: str = ""
    size: tuple[float, float] | None = None
    bind: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)  # of elements drawn by the symbol
    pens: tuple[str, ...] = ()
    maintenance: tuple[str, ...] = ()
    instructions: tuple[str, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)
    parts: Mapping[str, Part] = field(default_factory=dict)
    interlocks: tuple[Table, ...] = ()
    alarms: tuple[Table, ...] = ()
    head: Table = field(default_factory=lambda: Table("", 1, {}))  # [template], for the lines of messages
