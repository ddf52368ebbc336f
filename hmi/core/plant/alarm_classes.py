"""[[alarm_class]] in plant.toml: what alarms of one kind have in common, and how they may be kept quiet."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.alarms.rules import MOST_SHELVE_H, SHELVE_H, AlarmClass
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest

SECTION: Final = "alarm_class"
USUAL: Final = "process"  # the class of an alarm that names none; it is there without being written
_Actor = Literal["acknowledge", "operate", "maintain", "engineer", "administer"]


class _Class(Struct, frozen=True):
    name: Annotated[
        str, Meta(pattern=r"\A[a-z][a-z0-9_-]{0,63}\Z", description="a word of a-z 0-9 _ -", examples=["quality"])
    ]
    shelve_max_h: Annotated[float, Meta(ge=0, le=MOST_SHELVE_H, examples=[8])] = SHELVE_H
    second_person: bool = False
    shelve_role: _Actor = "operate"
    service_role: _Actor = "maintain"
    auto_ack: bool = False
    realarm_min: Annotated[float, Meta(ge=0, le=1440, examples=[60])] = 0.0


@dataclass(frozen=True, slots=True)
class AlarmClasses:
    """The classes that a plant declares; where it declares none, every name is a class like any other."""

    known: dict[str, AlarmClass] = field(default_factory=dict)
    names: frozenset[str] = frozenset()  # those with a mistake, too: no alarm is to blame for it

    def complaint(self, name: str) -> tuple[str, str] | None:
        """What is wrong with the class of an alarm, and how to mend it; None when it is one."""
        if not self.names or name in self.names or name == USUAL:
            return None
        found = nearest(name, {*self.names, USUAL})
        mend = f'Write class = "{found[0]}"' if found else f"Add [[{SECTION}]] with this name to plant.toml"
        return f"there is no alarm class {name}", mend


def read_classes(table: toml.Table, mistakes: list[Mistake]) -> AlarmClasses:
    """The classes of the plant file; every mistake in them goes on the list."""
    rows: dict[str, toml.Table] = {}
    found: dict[str, AlarmClass] = {}
    for row in table.tables(SECTION):
        made = toml.fill(_Class, row, mistakes)
        name = row.values.get("name")
        if isinstance(name, str) and name in rows:
            what = f"there are two alarm classes {name}: the other is in line {rows[name].line_of('name')}"
            mistakes.append(row.mistake("name", what, "Give each a name of its own"))
            continue
        if isinstance(name, str):
            rows[name] = row
        if made is not None:
            _check_second(row, made, mistakes)
            found[made.name] = AlarmClass(**{key: getattr(made, key) for key in made.__struct_fields__})
    return AlarmClasses(found, frozenset(rows))


def _check_second(row: toml.Table, made: _Class, mistakes: list[Mistake]) -> None:
    if made.second_person and not made.shelve_max_h:
        what = f"nobody may shelve alarms of class {made.name}, so no second person is asked"
        mistakes.append(row.mistake("second_person", what, "Remove it, or give shelve_max_h", "warning"))
