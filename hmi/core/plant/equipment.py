"""The plant's equipment as a tree (ISA-95), each machine of a type that says what it is made of and how it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from hmi.core.policy import Interlock
from hmi.core.screens.model import Screen


@dataclass(frozen=True, slots=True)
class Blocked:
    """A condition of the machine itself that keeps a command from working, in words."""

    interlock: Interlock
    tag: int | None = None  # index of the command it blocks; None: all of them


@dataclass(frozen=True, slots=True)
class Faceplate:
    """What the small window of one machine shows (level 3)."""

    operate: Screen | None  # its own small screen; None: nothing to operate
    pens: tuple[int, ...] = ()  # tags of its trend
    interlocks: tuple[Blocked, ...] = ()
    maintenance: tuple[tuple[str, int], ...] = ()  # label and tag: run hours, starts
    detail: str = ""  # id of its level 4 screen; "" none


@dataclass(frozen=True, slots=True)
class Equipment:
    """One area, line, cell or machine."""

    id: str
    name: str
    kind: str = "equipment"  # area | line | cell | equipment
    parent: str = ""  # id of what it is part of
    path: str = ""  # beginning of its tags
    template: str = ""  # id of its type
    code: str = ""  # what the plate on the machine says
    screen: str = ""  # id of the screen that shows it
    members: Mapping[str, int] = field(default_factory=dict)  # name in its type -> index of the tag
    labels: Mapping[str, str] = field(default_factory=dict)  # name of a member -> what it is called
    instructions: tuple[str, ...] = ()
    faceplate: Faceplate | None = None
    line: int = 0  # of the file, for messages
