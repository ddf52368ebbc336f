"""What plant.toml says of conditions that servers keep themselves: which are wanted, and how urgent they are."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.alarms.served import SEVERITIES
from hmi.core.errors import AddressError, Mistake
from hmi.core.plant import opcua_addresses

SECTION: Final = "conditions"
KEYS: Final = ("conditions", "condition_areas")  # of an OPC UA connection
MOST_AREAS: Final = 64


class _Conditions(Struct, frozen=True):
    severity: Annotated[
        tuple[Annotated[int, Meta(ge=1, le=1000)], ...], Meta(min_length=3, max_length=3, examples=[[801, 601, 401]])
    ] = SEVERITIES


def read_severities(table: toml.Table, mistakes: list[Mistake]) -> tuple[int, ...]:
    """From which severities on a server's condition is of priority 1, 2 and 3; less severe ones are of priority 4."""
    section = table.table(SECTION)
    made = toml.fill(_Conditions, section, mistakes) if section else None
    if made is None or section is None:
        return SEVERITIES
    if any(high <= low for high, low in pairwise(made.severity)):
        mend = "Write them from high to low, for priority 1, 2 and 3: severity = [801, 601, 401]"
        mistakes.append(section.mistake("severity", "`severity` is not falling", mend))
        return SEVERITIES
    return made.severity


def check_areas(row: toml.Table, wanted: bool, areas: tuple[str, ...], mistakes: list[Mistake]) -> None:
    """The areas of one connection are nodes, and there are not too many."""
    if areas and not wanted:
        mend = "Write conditions = true, or remove it"
        mistakes.append(row.mistake("condition_areas", "`condition_areas` does nothing without conditions", mend))
    if len(areas) > MOST_AREAS:
        what = f"there are {len(areas)} areas, and {MOST_AREAS} at the most"
        mistakes.append(row.mistake("condition_areas", what, "Name areas that hold more"))
    for area in areas:
        try:
            opcua_addresses.check(area)
            is_node = opcua_addresses.target(area).node == area
        except AddressError as error:
            mistakes.append(row.mistake("condition_areas", error.what, error.mend))
            continue
        if not is_node:
            what = f"{area!r} is not a node that tells of events"
            mistakes.append(row.mistake("condition_areas", what, "Write ns=2;s=Filler or /2:Filler"))
