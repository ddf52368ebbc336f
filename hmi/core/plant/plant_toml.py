"""plant.toml: the plant, its connections, stations, retention, plant server and priority matrix."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.alarms.rules import CONSEQUENCES, Matrix
from hmi.core.alarms.served import SEVERITIES
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest
from hmi.core.plant import (
    addresses,
    alarm_classes,
    branding_toml,
    conditions_toml,
    modbus_toml,
    people_toml,
    positions_toml,
    security,
    server_toml,
)
from hmi.core.plant.alarm_classes import AlarmClasses
from hmi.core.plant.model import Branding, Connection, History, HistoryGroup, PeopleRules, Server, Station
from hmi.core.plant.tag_patterns import PATTERN

FILE: Final = "plant.toml"
_ID: Final = Meta(pattern=r"\A[a-z][a-z0-9_-]{0,63}\Z", description="a word of a-z 0-9 _ -", examples=["filler"])
_SECTIONS: Final = (
    *("plant", "connection", "history", "station", "server", "access", "priority_matrix"),
    *(alarm_classes.SECTION, conditions_toml.SECTION, positions_toml.SECTION, people_toml.SECTION),
    branding_toml.SECTION,
    *("role", "shift"),
)
_LATER_SECTIONS: Final = ("role", "shift")
_PERIOD: Final = Meta(ge=10, le=3_600_000, examples=[500])
_SETTINGS_OF: Final = {  # what only one driver knows
    "opcua": ("publish_ms", "security", *security.KEYS, *conditions_toml.KEYS),
    "modbus": ("scan_ms", "unit", "byte_order", "word_order", *modbus_toml.KEYS),
}


class _Plant(Struct, frozen=True):
    id: Annotated[str, _ID]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    timezone: Annotated[
        str,
        Meta(pattern=r"\A[A-Za-z_]+(/[A-Za-z0-9_+-]+)*\Z", description="a place", examples=["Europe/Berlin"]),
    ]
    version: Annotated[int, Meta(ge=1, le=1_000_000_000, examples=[2])] = 1


class _Connection(modbus_toml.Keys, frozen=True, kw_only=True):
    id: Annotated[str, _ID]
    driver: str
    address: Annotated[str, Meta(examples=["opc.tcp://192.168.0.10:4840"])]
    backup: tuple[str, ...] = ()
    security: Annotated[str, Meta(examples=["Basic256Sha256:SignAndEncrypt"])] = "None"
    user: Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f]{0,100}\Z", description="a name", examples=["hmi"])] = ""
    allow_plain_password: bool = False
    user_certificate: Annotated[
        str, Meta(pattern=r"\A([A-Za-z0-9_][A-Za-z0-9._-]{0,99})?\Z", description="a file name", examples=["hmi.pem"])
    ] = ""
    certificate_host: Annotated[
        str, Meta(pattern=r"\A[A-Za-z0-9._:-]{0,253}\Z", description="a host", examples=["plc7.plant.local"])
    ] = ""
    publish_ms: Annotated[int, _PERIOD] = 250
    conditions: bool = False
    condition_areas: Annotated[tuple[str, ...], Meta(examples=[["ns=2;s=Filler"]])] = ()
    scan_ms: Annotated[int, _PERIOD] = 500
    unit: Annotated[int, Meta(ge=0, le=255)] = 1
    byte_order: Literal["big", "little"] = "big"
    word_order: Literal["big", "little"] = "big"


class _History(Struct, frozen=True):
    keep_days: Annotated[int, Meta(ge=1, le=36500)] = 400
    max_gb: Annotated[float, Meta(gt=0, examples=[20])] = 20.0


class _Group(Struct, frozen=True):
    tags: Annotated[tuple[str, ...], Meta(min_length=1, examples=[["line1.*"]])]
    keep_days: Annotated[int, Meta(ge=1, le=36500, examples=[30])]


_Role = Literal["view", "acknowledge", "operate", "maintain", "engineer", "administer"]


class _Station(Struct, frozen=True):
    id: Annotated[str, _ID]
    name: str = ""
    screen: str = ""
    kind: Literal["desk", "panel", "tablet"] = "desk"
    everyone: _Role | None = None
    idle_min: people_toml.IdleMin | None = None
    lock: bool | None = None


class _Access(Struct, frozen=True):
    everyone: _Role = "operate"


_Priorities = tuple[Annotated[int, Meta(ge=1, le=4)], ...]


class _Matrix(Struct, frozen=True):
    respond_min: Annotated[tuple[float, ...], Meta(min_length=1, examples=[[3, 10, 30]])]
    minor: Annotated[_Priorities, Meta(examples=[[3, 4, 4, 4]])]
    major: Annotated[_Priorities, Meta(examples=[[2, 3, 3, 4]])]
    severe: Annotated[_Priorities, Meta(examples=[[1, 1, 2, 3]])]


@dataclass(frozen=True, slots=True)
class PlantFile:
    """What plant.toml says; parts with mistakes are at their defaults, so that other files can be checked."""

    readable: bool = True
    id: str = ""
    name: str = ""
    timezone: str = "UTC"
    version: int = 1
    connections: tuple[Connection, ...] = ()
    drivers: Mapping[str, str] = field(default_factory=dict)  # by connection, also one with mistakes; "" unknown
    history: History = field(default_factory=History)
    stations: tuple[Station, ...] = ()
    station_lines: Mapping[str, int] = field(default_factory=dict)
    connection_lines: Mapping[str, int] = field(default_factory=dict)
    server: Server = field(default_factory=Server)
    rows_line: int = 0  # of `rows` of [server]
    matrix: Matrix = field(default_factory=Matrix)
    everyone: str = "operate"
    alarm_classes: AlarmClasses = field(default_factory=AlarmClasses)
    severities: tuple[int, ...] = SEVERITIES
    position_rows: tuple[toml.Table, ...] = ()  # read once the equipment is known
    people: PeopleRules = field(default_factory=PeopleRules)
    branding: Branding = field(default_factory=Branding)


def read_plant_file(texts: Mapping[str, str], mistakes: list[Mistake]) -> PlantFile:
    """The plant file, checked by itself; every mistake goes on the list."""
    if FILE not in texts:
        mend = "Add it with [plant], id, name and timezone"
        mistakes.append(Mistake(FILE, 0, "the plant has no plant.toml", mend))
        return PlantFile(readable=False)
    table = toml.read(FILE, texts[FILE], mistakes)
    if table is None:
        return PlantFile(readable=False)
    _check_sections(table, mistakes)
    head = _head(table, mistakes)
    connections = _connections(table, mistakes)
    people = people_toml.read_people(table, mistakes)
    stations = _stations(table, people, mistakes)
    access = table.table("access")
    may = toml.fill(_Access, access, mistakes) if access else None
    return PlantFile(
        id=head.id if head else "",
        name=head.name if head else "",
        timezone=head.timezone if head else "UTC",
        version=head.version if head else 1,
        connections=tuple(connections.values()),
        drivers=_drivers(table),
        history=_kept(table, mistakes),
        stations=tuple(stations.values()),
        station_lines=_lines(table, "station", "screen"),
        connection_lines=_lines(table, "connection", "id"),
        server=server_toml.read_server(table, mistakes),
        rows_line=_line_of(table, server_toml.SECTION, "rows"),
        matrix=_matrix(table, mistakes),
        everyone=may.everyone if may else "operate",
        alarm_classes=alarm_classes.read_classes(table, mistakes),
        severities=conditions_toml.read_severities(table, mistakes),
        position_rows=tuple(table.tables(positions_toml.SECTION)),
        people=people,
        branding=branding_toml.read_branding(table, texts, mistakes),
    )


def _kept(table: toml.Table, mistakes: list[Mistake]) -> History:
    section = table.table("history")
    made = toml.fill(_History, section, mistakes, beside=("group",)) if section else None
    if made is None or section is None:
        return History()
    groups = []
    for row in section.tables("group"):
        group = toml.fill(_Group, row, mistakes)
        wrong = [pattern for pattern in group.tags if not PATTERN.fullmatch(pattern)] if group else []
        if wrong:
            what = f"{wrong[0]!r} is neither a tag nor all tags below a dot"
            mistakes.append(row.mistake("tags", what, 'Write tags = ["line1.filler.level", "line1.drives.*"]'))
        elif group is not None and group.keep_days >= made.keep_days:
            what = f"this group is kept for {group.keep_days} days, and everything for no more than {made.keep_days}"
            mend = "Give the group fewer days; or keep_days of [history] more, and all others a group of their own"
            mistakes.append(row.mistake("keep_days", what, mend))
        elif group is not None:
            groups.append(HistoryGroup(group.tags, group.keep_days))
    return History(made.keep_days, made.max_gb, tuple(groups))


def _drivers(table: toml.Table) -> dict[str, str]:
    rows = [(row.values.get("id"), row.values.get("driver")) for row in table.tables("connection")]
    return {name: driver if driver in addresses.DRIVERS else "" for name, driver in rows if isinstance(name, str)}


def _lines(table: toml.Table, section: str, key: str) -> dict[str, int]:
    return {str(row.values.get("id")): row.line_of(key) for row in table.tables(section)}


def _line_of(table: toml.Table, section: str, key: str) -> int:
    found = table.table(section)
    return found.line_of(key) if found else 0


def _check_sections(table: toml.Table, mistakes: list[Mistake]) -> None:
    for key in table.values:
        if key not in _SECTIONS:
            found = nearest(key, _SECTIONS)
            mend = f"Write [{found[0]}]" if found else f"Remove it; plant.toml has {', '.join(_SECTIONS)}"
            mistakes.append(table.mistake(key, f"`{key}` is not a section of plant.toml", mend))
        elif key in _LATER_SECTIONS:
            what = f"[[{key}]] is not used yet"
            mistakes.append(table.mistake(key, what, "Leave it for a later version, or remove it", "warning"))


def _head(table: toml.Table, mistakes: list[Mistake]) -> _Plant | None:
    head = table.table("plant")
    if head is None:
        if "plant" not in table.values:
            mistakes.append(Mistake(FILE, 1, "[plant] is missing", "Add [plant] with id, name and timezone"))
        return None
    return toml.fill(_Plant, head, mistakes)


def _connections(table: toml.Table, mistakes: list[Mistake]) -> dict[str, Connection]:
    found: dict[str, Connection] = {}
    rows: dict[str, toml.Table] = {}
    for row in table.tables("connection"):
        mistakes.extend(security.no_password(row))
        made = toml.fill(_Connection, row, mistakes, beside=("password",))
        if made is None:
            continue
        if made.id in rows:
            mistakes.append(_twice(row, "connection", made.id, rows[made.id]))
            continue
        rows[made.id] = row
        if _check_connection(row, made, mistakes):
            known = [name for name in made.__struct_fields__ if name not in modbus_toml.KEYS]
            settings = {name: getattr(made, name) for name in known}
            if made.driver == "modbus":
                settings["modbus"] = modbus_toml.settings(row, made, mistakes)
            settings["security"] = security.normal(made.security)
            settings["secret"] = security.secret_named(row)
            found[made.id] = Connection(**settings)
    return found


def _twice(row: toml.Table, kind: str, name: str, first: toml.Table) -> Mistake:
    what = f"there are two {kind}s {name}: the other is in line {first.line_of('id')}"
    return row.mistake("id", what, "Give each an id of its own")


def _check_connection(row: toml.Table, made: _Connection, mistakes: list[Mistake]) -> bool:
    before = len(mistakes)
    if made.driver not in addresses.DRIVERS:
        mistakes.append(_no_driver(row, made.driver))
        return False
    for key, address in (("address", made.address), *(("backup", other) for other in made.backup)):
        if complaint := addresses.of_controller(made.driver, address):
            mistakes.append(row.mistake(key, *complaint))
    mistakes.extend(security.check(row, made))
    conditions_toml.check_areas(row, made.conditions, made.condition_areas, mistakes)
    good = not any(mistake.severity == "error" for mistake in mistakes[before:])
    for driver, settings in _SETTINGS_OF.items():
        for key in settings:
            if driver != made.driver and key in row.values:
                what = f"`{key}` does nothing for {made.driver}"
                mistakes.append(row.mistake(key, what, "Remove it", "warning"))
    return good


def _no_driver(row: toml.Table, driver: str) -> Mistake:
    if driver in addresses.LATER_DRIVERS:
        mend = f"Use {' or '.join(addresses.DRIVERS)}, or a gateway that speaks one of them"
        return row.mistake("driver", f"the driver {driver} is not built yet", mend)
    found = nearest(driver, addresses.DRIVERS)
    mend = f'Write driver = "{found[0]}"' if found else f"Use {' or '.join(addresses.DRIVERS)}"
    return row.mistake("driver", f"there is no driver {driver!r}", mend)


def _stations(table: toml.Table, people: PeopleRules, mistakes: list[Mistake]) -> dict[str, Station]:
    found: dict[str, Station] = {}
    rows: dict[str, toml.Table] = {}
    for row in table.tables("station"):
        made = toml.fill(_Station, row, mistakes)
        if made is not None and made.id in rows:
            mistakes.append(_twice(row, "station", made.id, rows[made.id]))
        elif made is not None:
            rows[made.id] = row
            people_toml.check_station(row, made.lock, people, mistakes)
            own = (made.everyone or "", made.idle_min, made.lock)
            found[made.id] = Station(made.id, made.name, made.screen, made.kind, *own)
    return found


def _matrix(table: toml.Table, mistakes: list[Mistake]) -> Matrix:
    section = table.table("priority_matrix")
    made = toml.fill(_Matrix, section, mistakes) if section else None
    if made is None or section is None:
        return Matrix()
    good = True
    if made.respond_min[0] <= 0 or any(high <= low for low, high in pairwise(made.respond_min)):
        mend = "Write them from short to long: respond_min = [3, 10, 30]"
        mistakes.append(section.mistake("respond_min", "`respond_min` is not rising", mend))
        good = False
    columns = len(made.respond_min) + 1
    for consequence in CONSEQUENCES:
        row = getattr(made, consequence)
        if len(row) != columns:
            what = f"`{consequence}` has {len(row)} priorities for {columns} spans of time"
            mend = f"Write {columns}: one up to each of respond_min and one for longer"
            mistakes.append(section.mistake(consequence, what, mend))
            good = False
    priorities = {consequence: getattr(made, consequence) for consequence in CONSEQUENCES}
    return Matrix(made.respond_min, priorities) if good else Matrix()
