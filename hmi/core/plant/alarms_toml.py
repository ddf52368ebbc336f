"""alarms.toml and alarms/*.toml: one [[alarm]] each, with its rationalisation (ISA-18.2 clause 9)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hmi.core import expr, toml
from hmi.core.alarms import sayings, station
from hmi.core.alarms.rules import LEVEL_TYPES, TYPES, Matrix, Rule
from hmi.core.errors import Mistake
from hmi.core.expr import ExprError
from hmi.core.nearest import nearest
from hmi.core.plant.alarm_classes import USUAL, AlarmClasses
from hmi.core.plant.alarm_limits import Limit, LimitReader
from hmi.core.plant.derived_tags import text_read
from hmi.core.plant.station_alarms_toml import SECTION as STATION
from hmi.core.plant.station_alarms_toml import TYPED_PRIORITY, Named, missing_targets
from hmi.core.screens.scope import Folded
from hmi.core.tags import Tag

_RATES: Final = {"up": "rises too fast", "down": "falls too fast"}
_WORSE: Final = {"level_h": "level_hh", "level_l": "level_ll"}
_LOWEST: Final = 4  # priority of a draft whose consequence or time to respond is not known yet
_ID: Final = Meta(
    pattern=r"\A[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*\Z",
    description="a dotted path of a-z 0-9 _ -",
    examples=["line1.filler.tank.level.hh"],
)
_SECONDS: Final = Meta(ge=0, le=86_400, examples=[2])


class _Alarm(Struct, frozen=True):
    id: Annotated[str, _ID]
    tag: str
    type: str
    limit: Annotated[float | bool | None, Meta(description="a number", examples=[92.0])] = None
    deadband: Annotated[float, Meta(ge=0)] = 0.0
    on_delay_s: Annotated[float, _SECONDS] = 0.0
    off_delay_s: Annotated[float, _SECONDS] = 0.0
    latching: bool = False
    class_: str = USUAL
    consequence: Literal["minor", "major", "severe"] | None = None
    respond_min: Annotated[float, Meta(gt=0, examples=[10])] | None = None
    cause: str = ""
    effect: str = ""
    action: str = ""
    instruction: str = ""
    screen: str = ""
    suppress_when: str = ""
    status: Literal["draft", "approved"] = "draft"
    title: str = ""
    rationalised_by: str = ""
    rationalised_on: dt.date | None = None
    setpoint: str = ""
    command: str = ""
    limit_tag: str = ""
    per: Literal["s", "min", "h"] = "s"
    over_s: Annotated[float, Meta(gt=0, le=86_400, examples=[10])] = 10.0
    direction: Literal["up", "down", "both"] = "both"
    exclusive: bool = False
    realarm_min: Annotated[float, Meta(ge=0, le=1440, examples=[60])] | None = None
    basis: str = ""
    group: Annotated[
        str, Meta(pattern=r"\A([a-z][a-z0-9_.-]{0,63})?\Z", description="a word of a-z 0-9 _ . -", examples=["air"])
    ] = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What alarms refer to in the other files."""

    tags: list[Tag]
    index: Mapping[str, int]
    screens: frozenset[str]
    instructions: frozenset[str]
    matrix: Matrix
    classes: AlarmClasses = field(default_factory=AlarmClasses)

    @property
    def named(self) -> Named:
        """Where alarms send operators to."""
        return self.screens, self.instructions


_Pair = tuple[toml.Table, Rule]
_PARTNERS: Final = ("setpoint", "command", "limit_tag")  # keys that name the rule's other tag


def _said(made: _Alarm) -> str:
    """What an alarm without a title says of its tag."""
    if made.type == "discrete":
        return ""  # the tag's own description says what is wrong
    return _RATES.get(made.direction, sayings.TYPES["rate"]) if made.type == "rate" else sayings.TYPES[made.type]


def alarm_files(texts: Mapping[str, str]) -> list[str]:
    """The alarm files among a plant's files, in the order in which their rules are counted."""
    more = sorted(file for file in texts if re.fullmatch(r"alarms/[^/]+\.toml", file))
    return (["alarms.toml"] if "alarms.toml" in texts else []) + more


def read_alarms(
    texts: Mapping[str, str],
    around: Surroundings,
    mistakes: list[Mistake],
    made: Iterable[tuple[toml.Table, str]] = (),
    folded: Folded | None = None,
    of_station: list[toml.Table] | None = None,
) -> tuple[Rule, ...]:
    """Every alarm rule of the plant that has no mistake; the mistakes of the others go on the list.

    `made` are rows that templates make, each with the machine that it is for; their mistakes are `folded`. What the
    files say of the station's own alarms is put into `of_station`.
    """
    found: list[_Pair] = []
    first: dict[str, toml.Table] = {}
    for file in alarm_files(texts):
        for row in _rows_of(file, texts[file], mistakes, of_station):
            rule = _Reader(row, around, mistakes).rule(len(found), first)
            if rule is not None:
                found.append((row, rule))
    noted: list[Mistake] = []
    for row, where in made:
        start = len(noted)
        rule = _Reader(row, around, noted).rule(len(found), first)
        if rule is not None:
            found.append((row, rule))
        if folded is not None:
            folded.add(noted[start:], where)
    _check_order(found, around, mistakes)
    return tuple(rule for _, rule in found)


def _rows_of(
    file: str, text: str, mistakes: list[Mistake], of_station: list[toml.Table] | None
) -> Iterator[toml.Table]:
    """The alarms of one file; what it says of the station's own is put aside."""
    table = toml.read(file, text, mistakes)
    if table is None:
        return
    for key in table.values:
        if key not in ("alarm", STATION):
            what = f"`{key}` is not a section of an alarm file"
            mistakes.append(table.mistake(key, what, "Write [[alarm]] above each alarm"))
    if of_station is not None:
        of_station += table.tables(STATION)
    yield from table.tables("alarm")


def _check_order(found: Sequence[_Pair], around: Surroundings, mistakes: list[Mistake]) -> None:
    """The limits of one tag must rise from low-low to high-high, and an exclusive one needs a worse one beside it."""
    by_tag: dict[int, list[_Pair]] = {}
    for row, rule in found:
        if rule.type in LEVEL_TYPES:
            by_tag.setdefault(rule.tag, []).append((row, rule))
    for pairs in by_tag.values():
        pairs.sort(key=lambda pair: LEVEL_TYPES.index(pair[1].type))
        kinds = {rule.type for _, rule in pairs}
        for number, (row, rule) in enumerate(pairs):
            worse = _WORSE.get(rule.type)
            if rule.exclusive and worse and worse not in kinds:
                what = f"{rule.id} gives way to no worse limit: {around.tags[rule.tag].name} has no {worse} alarm"
                mistakes.append(row.mistake("exclusive", what, f"Remove it, or add a {worse} alarm", "warning"))
            for other_row, other in pairs[:number]:
                if other.type != rule.type and other.limit >= rule.limit:
                    tag = around.tags[rule.tag].name
                    what = (
                        f"the {rule.type} limit {rule.limit:g} of {tag} is not above its {other.type} limit "
                        f"{other.limit:g} ({other_row.file}:{other_row.line_of('limit')})"
                    )
                    mistakes.append(row.mistake("limit", what, "Let limits rise from level_ll to level_hh"))


class _Reader:
    """One [[alarm]] on its way to a rule."""

    def __init__(self, row: toml.Table, around: Surroundings, mistakes: list[Mistake]) -> None:
        self._row = row
        self._around = around
        self._mistakes = mistakes
        self._errors = 0

    def rule(self, index: int, first: dict[str, toml.Table]) -> Rule | None:
        made = toml.fill(_Alarm, self._row, self._mistakes, beside=("priority",))
        if "priority" in self._row.values:
            self._typed_priority(made)
        if made is None:
            return None
        if made.id in first:
            other = first[made.id]
            what = f"the alarm {made.id} is there twice: first in {other.file}:{other.line_of('id')}"
            self._wrong("id", what, "Give each an id of its own")
        if station.is_reserved(made.id):
            what = f"ids that begin with {station.PREFIX} are those of the station's own alarms"
            mend = f"Give it another id; what is said of the station's own alarms stands under [[{STATION}]]"
            self._wrong("id", what, mend)
        first.setdefault(made.id, self._row)
        tag = self._tag(made.tag)
        kind_known = self._check_type(made)
        limit = Limit()
        if tag is not None and kind_known:
            limit = LimitReader(self._row, made, self._around.tags, self._around.index, self._wrong).read(tag)
        if complaint := self._around.classes.complaint(made.class_):
            self._wrong("class", *complaint)
        for one in missing_targets(self._row, made.screen, made.instruction, self._around.named):
            self._told(one)
        self._check_suppression(made.suppress_when)
        self._check_rationalisation(made)
        return self._finish(index, made, tag, limit) if tag is not None and not self._errors else None

    def _finish(self, index: int, made: _Alarm, tag: Tag, limit: Limit) -> Rule:
        names = (name for name in made.__struct_fields__ if name not in _PARTNERS)
        values = {name: getattr(made, name) for name in names}
        values |= {
            "index": index,
            "tag": tag.index,
            "limit": limit.limit,
            "deadband": limit.deadband,
            "other": limit.other,
            "consequence": made.consequence or "",
            "respond_min": made.respond_min or 0.0,
            "priority": self._priority(made),
            "title": made.title or " ".join(filter(None, (tag.description or tag.name, _said(made)))),
            "rationalised_on": str(made.rationalised_on or ""),
        }
        return Rule(**values)

    def _wrong(self, key: str, what: str, mend: str, severity: str = "error") -> None:
        self._told(self._row.mistake(key, what, mend, severity))

    def _told(self, mistake: Mistake) -> None:
        self._mistakes.append(mistake)
        self._errors += mistake.severity == "error"

    def _priority(self, made: _Alarm) -> int:
        if made.consequence is None or made.respond_min is None:
            return _LOWEST
        return self._around.matrix.priority(made.consequence, made.respond_min)

    def _typed_priority(self, made: _Alarm | None) -> None:
        mend = "Remove it and write consequence and respond_min"
        if made is not None and made.consequence and made.respond_min:
            within = f"{made.consequence} within {made.respond_min:g} min"
            mend = f"Remove it; {within} is priority {self._priority(made)}"
        self._wrong("priority", TYPED_PRIORITY, mend)

    def _tag(self, name: str) -> Tag | None:
        index = self._around.index.get(name)
        if index is not None:
            return self._around.tags[index]
        found = nearest(name, self._around.index) if len(self._mistakes) < 50 else []
        mend = f"Write {found[0]}" if found else "Add it to tags.csv, or name another tag"
        self._wrong("tag", f"there is no tag {name}", mend)
        return None

    def _check_type(self, made: _Alarm) -> bool:
        if made.type in TYPES:
            return True
        found = nearest(made.type, TYPES)
        mend = f'Write type = "{found[0]}"' if found else f"Write one of {', '.join(TYPES)}"
        self._wrong("type", f"there is no alarm type {made.type!r}", mend)
        return False

    def _check_suppression(self, text: str) -> None:
        if not text:
            return
        try:
            expression = expr.compile(text, self._around.index, suggest=len(self._mistakes) < 50)
        except ExprError as error:
            self._wrong("suppress_when", f"{error.what} (column {error.column} of suppress_when)", error.mend)
            return
        if name := text_read(expression, self._around.tags):
            self._wrong("suppress_when", f"{name} is text, and conditions are about numbers", "Use another tag")

    def _check_rationalisation(self, made: _Alarm) -> None:
        wanted = {
            "consequence": made.consequence,
            "respond_min": made.respond_min,
            "cause": made.cause.strip(),
            "effect": made.effect.strip(),
            "action": made.action.strip(),
            "rationalised_by": made.rationalised_by.strip(),
            "rationalised_on": made.rationalised_on,
        }
        missing = [key for key, value in wanted.items() if not value]
        if missing:
            approved = made.status == "approved"
            what = f"the {made.status} alarm {made.id} has no {', '.join(missing)}"
            mend = 'Fill in, or write status = "draft"' if approved else "Fill in before it is approved"
            self._wrong("", what, mend, "error" if approved else "warning")
