"""A plant as the program knows it once its files were found right: frozen, complete, indexed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from hmi.core.alarms.rules import AlarmClass, Matrix, Rule
from hmi.core.alarms.served import PLACES, SEVERITIES
from hmi.core.expr import Expression
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.modbus_addresses import Span
from hmi.core.plant.positions import Position
from hmi.core.plant.tag_patterns import fits
from hmi.core.policy import Policy
from hmi.core.screens.model import Screen, Symbol
from hmi.core.steps.model import Instruction
from hmi.core.tags import Tag
from hmi.core.trends import TrendGroup


@dataclass(frozen=True, slots=True)
class Signature:
    """A register that says which program a device runs: with another value in it, no other place means what it did."""

    address: str
    type: str
    value: int


@dataclass(frozen=True, slots=True)
class Modbus:
    """What a Modbus device bears, how it is told from another, and what tells it from a stranger."""

    timeout_ms: int = 1000
    max_registers: int = 120  # in one request
    max_gap: int = 8  # unwanted places read over, rather than asking twice
    max_requests_per_s: float = 0.0  # 0: as many as it answers
    forbidden: tuple[Span, ...] = ()  # places that are never touched
    signature: Signature | None = None
    ca: str = ""  # with tls://, files in the engine's data folder: who signed the device's certificate
    certificate: str = ""  # what the station shows the device
    key: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """One controller or gateway: how to reach it and how often."""

    id: str
    driver: str  # opcua | modbus | ...
    address: str  # opc.tcp://host:port, tcp://host:port, rtu:///dev/ttyUSB0?baud=19200
    backup: tuple[str, ...] = ()
    security: str = "None"  # or POLICY:MODE, such as Basic256Sha256:SignAndEncrypt
    user: str = ""  # whom the session is for; "" anybody. Its password is never in the plant's files
    secret: str = ""  # the station's secret that is its password; "": the one of the connection's name
    allow_plain_password: bool = False  # with security None: the password may go over the network in clear
    user_certificate: str = ""  # file of a certificate that says whom the session is for, instead of `user`
    certificate_host: str = ""  # the host that the server's certificate names, where it is not the address's
    publish_ms: int = 250  # OPC UA publishing interval
    conditions: bool = False  # whether the alarms that the OPC UA server keeps itself join the list
    condition_areas: tuple[str, ...] = ()  # nodes whose alarms are wanted; (): of the whole server
    scan_ms: int = 500  # Modbus scan period of tags that name none
    unit: int = 1  # Modbus unit id
    byte_order: str = "big"
    word_order: str = "big"
    modbus: Modbus = Modbus()

    @property
    def period_ms(self) -> int:
        """How often a healthy connection is heard of."""
        return self.publish_ms if self.driver == "opcua" else self.scan_ms


@dataclass(frozen=True, slots=True)
class HistoryGroup:
    """Tags whose values are kept for a shorter time than the plant's."""

    tags: tuple[str, ...]  # names, or name.* for all below, or *
    keep_days: int

    def has(self, tag: str) -> bool:
        """Whether a tag is one of them."""
        return fits(tag, self.tags)


@dataclass(frozen=True, slots=True)
class History:
    """How long the station keeps values."""

    keep_days: int = 400
    max_gb: float = 20.0
    groups: tuple[HistoryGroup, ...] = ()  # the first that has a tag counts

    def days_of(self, tag: str) -> int:
        """How long the values of one tag are kept."""
        return next((group.keep_days for group in self.groups if group.has(tag)), self.keep_days)


@dataclass(frozen=True, slots=True)
class Server:
    """The plant server that history and journal are sent to, and how."""

    url: str = ""  # "" there is none
    ca: str = ""  # file in the engine's data folder: who signed the server's certificate; then it must prove who it is
    rows: tuple[str, ...] = ()  # tags whose values are sent as rows, too: names, or name.* for all below, or *
    late_h: float = 24.0  # what waits for longer is told aloud

    def wants_rows_of(self, tag: str) -> bool:
        """Whether the values of a tag are sent as rows, too."""
        return fits(tag, self.rows)


@dataclass(frozen=True, slots=True)
class PeopleRules:
    """Whether people sign in at the plant's stations, and what becomes of a station that is left alone."""

    accounts: bool = False  # they do: a new station asks for its first account
    idle_min: float = 15.0  # whoever touches nothing for so long is signed out
    lock: bool = False  # and nothing can be sent from there until somebody signs in
    notice: str = ""  # of the plant's owner, read before anybody signs in; "" none
    password_length: int = 10  # characters at least
    passwords_before: int = 0  # how many of one's former passwords cannot be taken again, beside the present one
    sessions: int = 0  # at so many windows at once somebody may be signed in; 0 at any number


@dataclass(frozen=True, slots=True)
class Branding:
    """What a plant's windows wear of its own; "" the program's."""

    accent_day: str = ""  # #rrggbb: focus, set-points, the line below the header
    accent_night: str = ""
    logo: str = ""  # a drawing found harmless, whose shape is shown


@dataclass(frozen=True, slots=True)
class Station:
    """A workstation or tablet, the screen it opens with, and what everybody may do at it."""

    id: str
    name: str = ""
    screen: str = ""
    kind: str = "desk"  # desk | panel | tablet
    everyone: str = ""  # role; "": the plant's
    idle_min: float | None = None  # None: the plant's
    lock: bool | None = None  # None: the plant's


@dataclass(frozen=True)
class Plant:
    """Everything the plant's files say, checked as a whole."""

    id: str
    name: str
    timezone: str
    connections: tuple[Connection, ...]
    tags: tuple[Tag, ...]  # tags[i].index == i
    rules: tuple[Rule, ...]  # rules[i].index == i
    screens: Mapping[str, Screen]  # by id, in file order; the first is the start screen
    symbols: Mapping[str, Symbol]
    history: History = field(default_factory=History)
    stations: tuple[Station, ...] = ()
    derived: tuple[tuple[int, Expression], ...] = ()  # tag index and expression, in order of evaluation
    server: Server = field(default_factory=Server)  # the plant server
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)  # the files it was made of: a client gets these
    digest: str = ""  # BLAKE2b of the files: which configuration was running
    policies: Mapping[int, tuple[Policy, ...]] = field(default_factory=dict)  # by tag index, the most specific first
    everyone: str = "operate"  # role of whoever is at a station
    equipment: Mapping[str, Equipment] = field(default_factory=dict)  # by id, in file order
    trends: Mapping[str, TrendGroup] = field(default_factory=dict)  # groups of pens, by id
    backdrops: Mapping[str, str] = field(default_factory=dict, repr=False)  # drawings found harmless, by file
    languages: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)  # code -> text -> text

    alarm_classes: Mapping[str, AlarmClass] = field(default_factory=dict)  # by name; those that the files declare
    matrix: Matrix = field(default_factory=Matrix)  # what priorities are computed from
    positions: tuple[Position, ...] = ()  # of operators: who answers for which alarms
    severities: tuple[int, ...] = SEVERITIES  # of servers' conditions: from these on of priority 1, 2, 3
    instructions: Mapping[str, Instruction] = field(default_factory=dict)  # work instructions by id
    pictures: Mapping[str, str] = field(default_factory=dict, repr=False)  # their drawings found harmless, by file
    people: PeopleRules = PeopleRules()
    branding: Branding = Branding()
    version: int = 1  # of the plant's files, as those who release them count
    station_rules: tuple[Rule, ...] = ()  # the station's own alarms; they have no tag, and are counted behind `rules`

    @cached_property
    def all_rules(self) -> tuple[Rule, ...]:
        """Every alarm that the station judges: the plant's and behind them its own; all_rules[i].index == i."""
        first = len(self.rules)
        own = (replace(rule, index=first + place) for place, rule in enumerate(self.station_rules))
        return (*self.rules, *own)

    @property
    def condition_places(self) -> int:
        """How many conditions of servers the list has room for, behind the alarms of plant and station."""
        return PLACES * sum(1 for one in self.connections if one.conditions)

    @cached_property
    def tag_index(self) -> Mapping[str, int]:
        """Index of each tag by its name."""
        return {tag.name: tag.index for tag in self.tags}

    @cached_property
    def compiled(self) -> bytes:
        """The plant as another process has it at once, without reading its files; see `hmi.core.plant.compiled`."""
        from hmi.core.plant.compiled import pack

        return pack(self)

    def tag(self, name: str) -> Tag | None:
        """The tag of this name, if the plant has it."""
        index = self.tag_index.get(name)
        return None if index is None else self.tags[index]

    def station(self, name: str) -> Station:
        """The station of this name; one that the plant's files do not name is a desk like any other."""
        return next((station for station in self.stations if station.id == name), Station(name))

    def position_at(self, station: str) -> Position | None:
        """The operator position that a station is of; None: every alarm is told there."""
        return next((one for one in self.positions if station in one.stations), None)

    def role_at(self, station: str) -> str:
        """What everybody may do at a station."""
        return self.station(station).everyone or self.everyone

    def idle_s_at(self, station: str) -> float:
        """After how long without a hand on it somebody is signed out at a station."""
        own = self.station(station).idle_min
        return 60.0 * (self.people.idle_min if own is None else own)

    def locks(self, station: str) -> bool:
        """Whether nothing can be sent from a station at which nobody is signed in."""
        own = self.station(station).lock
        return self.people.accounts and (self.people.lock if own is None else own)

    def parts_of(self, equipment: str) -> tuple[Equipment, ...]:
        """What is directly part of a piece of equipment, in file order; of "" what is part of nothing."""
        return tuple(one for one in self.equipment.values() if one.parent == equipment)

    def lineage(self, equipment: str) -> tuple[Equipment, ...]:
        """A piece of equipment after all that it is part of, the largest first; empty if there is none of that id."""
        found = []
        while equipment in self.equipment:
            found.append(self.equipment[equipment])
            equipment = found[-1].parent
        return tuple(reversed(found))

    def coded(self, code: str) -> Equipment | None:
        """The equipment whose plate says this, whatever the case of its letters."""
        wanted = code.strip().casefold()
        return next((one for one in self.equipment.values() if one.code.casefold() == wanted), None)

    def belongs(self, equipment: str, tag: int) -> bool:
        """Whether a tag is of a piece of equipment: one of its members, or under its path."""
        one = self.equipment[equipment]
        below = bool(one.path) and self.tags[tag].name.startswith(f"{one.path}.")
        return below or tag in one.members.values()

    def rules_of(self, equipment: str) -> tuple[Rule, ...]:
        """The alarms on tags of a piece of equipment, its parts' included where their tags lie under its path."""
        return tuple(rule for rule in self.rules if self.belongs(equipment, rule.tag))

    def tags_of(self, connection: str) -> tuple[Tag, ...]:
        """The tags that one connection delivers."""
        return tuple(tag for tag in self.tags if tag.connection == connection)
