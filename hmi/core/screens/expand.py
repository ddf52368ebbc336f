"""[[element]] rows that stand for several or for a machine of a type, made into plain rows: all else reads only those.

A row with `repeat` becomes its copies, one with `part` the elements of that part, one with `equipment` what the
machine's template draws it with. `.member` and `${name}` are tags and texts afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.screens.model import Symbol
from hmi.core.screens.parameters import complaint_of_parameters, defaults_of, text_of
from hmi.core.screens.repeat import complaint_of_repeat, names_of
from hmi.core.screens.scope import Folded, Missing, Room, Scope, left_open, scope_of
from hmi.core.screens.template import BUILT_IN, Part, Template
from hmi.core.screens.vocabulary import ELEMENT_OPTIONS, EXPANDING, complaint
from hmi.core.toml import Table

MAX_SUGGESTED: Final = 50  # unknown tags of one plant for which a similar one is looked for
_NUMERIC: Final = frozenset({"number", "size", "pair", "place", "extent", "numbers", "points", "flag", "minutes"})
_KINDS: Final[Mapping[str, str]] = {**ELEMENT_OPTIONS, "at": "place", "size": "extent"}
_REFERRING: Final = ("write", "area")  # keys that may hold a `.member`, beside tag and bind
_EXPANDING: Final = frozenset(EXPANDING)

Place = tuple[float, float]


@dataclass(slots=True)
class Types:
    """What screens can draw of a plant beside plain symbols: its machines and their templates."""

    tags: Mapping[str, int] = field(default_factory=dict)
    symbols: Mapping[str, Symbol] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    scopes: Mapping[str, Scope] = field(default_factory=dict)  # by equipment
    template_of: Mapping[str, str] = field(default_factory=dict)  # equipment -> template
    folded: Folded = field(default_factory=Folded)
    room: Room = field(default_factory=Room)
    used: set[str] = field(default_factory=set)  # templates that something is drawn by
    lost: set[str] = field(default_factory=set)  # equipment with a mistake of its own: whoever names it is not to blame
    unknown: int = 0  # tags that nobody knows: so many that similar ones are not looked for any more
    _paths: frozenset[str] | None = None

    def suggests(self) -> bool:
        """Whether one more unknown tag is still compared with all others, which costs milliseconds in a big plant."""
        self.unknown += 1
        return self.unknown <= MAX_SUGGESTED

    @property
    def paths(self) -> frozenset[str]:
        """Every tag, and every beginning of one up to a dot."""
        if self._paths is None:
            ends = ((name, [at for at, sign in enumerate(name) if sign == "."]) for name in self.tags)
            self._paths = frozenset(name[:end] for name, dots in ends for end in (*dots, len(name)))
        return self._paths


@dataclass(frozen=True, slots=True)
class Plain:
    """One row as if it had been written so."""

    row: Table
    equipment: str = ""
    where: str = ""  # which machine or use of a part it is for; "" a row of the file itself


class Expansion:
    """Makes plain rows of those of one screen; its mistakes go on the list, those of templates are folded."""

    def __init__(self, types: Types, mistakes: list[Mistake]) -> None:
        self._types = types
        self._mistakes = mistakes

    def rows(self, rows: list[Table]) -> Iterator[Plain]:
        """The plain rows of a screen's own."""
        nothing = Scope(self._types.room)
        for row in rows:
            if _EXPANDING.isdisjoint(row.values) and not any(left_open(dict(row.values))):
                yield Plain(row)
            else:
                yield from self._copies(row, nothing, (0.0, 0.0))

    def part(self, part: Part, scope: Scope, at: Place = (0.0, 0.0)) -> Iterator[Plain]:
        """The plain rows of a part for one machine; `scope.where` says which."""
        for row in part.rows:
            if "part" in row.values:
                self._wrong(row, scope, "part", "a part of a template holds no other parts", "Write its elements here")
            else:
                yield from self._copies(row, scope, at)

    def _wrong(self, row: Table, scope: Scope, key: str, what: str, mend: str) -> None:
        mistake = row.mistake(key, what, mend)
        if scope.where:
            self._types.folded.add([mistake], scope.where)
        else:
            self._mistakes.append(mistake)

    def _copies(self, row: Table, outer: Scope, at: Place) -> Iterator[Plain]:
        if "repeat" not in row.values:
            yield from self._one(row, outer, at)
            return
        for number, (names, step) in enumerate(self._repeated(row, outer)):
            place = (at[0] + number * step[0], at[1] + number * step[1])
            yield from self._one(row, outer.knowing(names), place)

    def _repeated(self, row: Table, scope: Scope) -> list[tuple[dict[str, str], Place]]:
        """What each copy of a row calls `${n}`, `${each}` and its own names, and how far it stands from the last."""
        repeat = scope.filled(row.values["repeat"], numeric=True)
        what, mend = complaint_of_repeat(repeat)
        if what:
            self._wrong(row, scope, "repeat", what, mend)
            return []
        items = repeat.get("each", list(range(1, int(repeat.get("count", 0)) + 1)))
        step = repeat.get("step", (0, 0))
        return [({**names_of(item), "n": str(number)}, step) for number, item in enumerate(items, 1)]

    def _one(self, row: Table, scope: Scope, at: Place) -> Iterator[Plain]:
        self._types.room.take(elements=1)
        values = _filled(row.values, scope)
        if "equipment" in values:
            machine = self._machine(row, scope, values["equipment"])
            if machine is None:
                return
            scope = replace(machine, where=scope.where)
            values = _filled(values, scope)
        values = self._without_unknown(row, values, scope)
        if "part" in values:
            yield from self._part(row, values, scope, at)
        else:
            made = self._drawn(row, values, scope)
            if made is not None:
                yield Plain(replace(row, values=_moved(made, at)), scope.equipment, scope.where)

    def _without_unknown(self, row: Table, values: dict[str, Any], scope: Scope) -> dict[str, Any]:
        """The row without what names something unknown, which is noted."""
        unknown = {key: name for key, value in values.items() if (name := next(left_open(value), None)) is not None}
        for key, name in unknown.items():
            known = ", ".join(f"${{{one}}}" for one in scope.names)
            otherwise = f"Use one of {known}" if known else "Only templates and repeated elements have names to fill in"
            mend = suggestion(name, scope.names, otherwise)
            self._wrong(row, scope, key, f"nothing is called ${{{name}}} here", mend)
        return {key: value for key, value in values.items() if key not in unknown} if unknown else values

    def _machine(self, row: Table, scope: Scope, name: Any) -> Scope | None:
        if not isinstance(name, str):
            self._wrong(row, scope, "equipment", f"equipment is {name!r}", "Write an id of equipment.toml in quotes")
            return None
        found = self._types.scopes.get(name)
        if found is None and name not in self._types.lost:
            mend = suggestion(name, self._types.scopes, "Add it to equipment.toml")
            self._wrong(row, scope, "equipment", f"there is no equipment {name}", mend)
        return found

    def _drawn(self, row: Table, values: dict[str, Any], scope: Scope) -> dict[str, Any] | None:
        """The row of one element; None if it names a member that the machine does not have."""
        for key in ("template", "with"):
            if key in values:
                self._wrong(row, scope, key, f"{key} is for parts, and the element names none", "Add part =")
        made = self._as_template(row, values, scope) if "equipment" in values else values
        return None if made is None else self._resolved(made, scope)

    def _as_template(self, row: Table, values: dict[str, Any], scope: Scope) -> dict[str, Any] | None:
        """The row with what it does not say itself, as the machine's template says it."""
        template = self._types.templates.get(self._types.template_of.get(scope.equipment, ""))
        bound = "tag" in values or "bind" in values
        if template is None or not template.symbol:
            if "symbol" in values:
                return values
            what = f"the equipment {scope.equipment} has no template that says how it is drawn"
            self._wrong(row, scope, "equipment", what, "Add symbol = or part =")
            return None
        self._types.used.add(template.id)
        if "symbol" not in values:
            drawn: dict[str, Any] = {
                "symbol": template.symbol,
                "label": scope.names.get("name", ""),
                **self._area(scope),
            }
            drawn |= {"size": list(template.size)} if template.size else {}
            drawn |= _filled(template.options, scope)
            bind = {**scope.filled(dict(template.bind)), **_table(values, "bind")}
            return {**drawn, **values, "bind": bind}
        symbol = self._types.symbols.get(values["symbol"]) if isinstance(values["symbol"], str) else None
        if bound or symbol is None:
            return values
        bind = {key: text for key, text in scope.filled(dict(template.bind)).items() if key in symbol.binds}
        return {**self._area(scope), **values, "bind": bind} if bind else values

    def _area(self, scope: Scope) -> dict[str, str]:
        return {"area": scope.path} if scope.path in self._types.paths else {}

    def _resolved(self, values: dict[str, Any], scope: Scope) -> dict[str, Any] | None:
        made = dict(values)
        try:
            if isinstance(made.get("has"), str) and scope.resolved(made["has"]) not in self._types.tags:
                return None
            for key in ("tag", *_REFERRING):
                if key in made:
                    made[key] = scope.resolved(made[key])
        except Missing:
            return None
        if not isinstance(made.get("bind"), dict):
            return made
        made["bind"] = _resolved_binds(made["bind"], scope)
        lost_value = "value" in values["bind"] and "value" not in made["bind"] and "tag" not in made
        return None if lost_value or (values["bind"] and not made["bind"] and "tag" not in made) else made

    def _part(self, row: Table, values: dict[str, Any], scope: Scope, at: Place) -> Iterator[Plain]:
        template = self._template(row, values, scope)
        part = template.parts.get(values["part"]) if template and isinstance(values["part"], str) else None
        if template is not None and part is None:
            mend = suggestion(str(values["part"]), template.parts, f"It has {', '.join(template.parts) or 'no parts'}")
            self._wrong(row, scope, "part", f"the template {template.id} has no part {values['part']}", mend)
        inner = self._scope(row, values, scope, template) if template and part else None
        if inner is None or part is None or complaint("place", values.get("at")):
            if inner is not None:
                yield Plain(replace(row, values=values))  # whoever reads it says what is wrong with its place
            return
        self._types.used.add(template.id if template else "")
        left, top = values["at"]
        yield from self.part(part, inner, (at[0] + left, at[1] + top))

    def _template(self, row: Table, values: dict[str, Any], scope: Scope) -> Template | None:
        name = values.get("template", self._types.template_of.get(scope.equipment, ""))
        template = self._types.templates.get(name) if isinstance(name, str) else None
        if template is None:
            what = f"there is no template {name}" if name else "the part needs an equipment of a type, or a template"
            mend = suggestion(str(name), self._types.templates, f"Add templates/{name}.toml") if name else "Name one"
            self._wrong(row, scope, "template" if "template" in values else "part", what, mend)
        return template

    def _scope(self, row: Table, values: dict[str, Any], scope: Scope, template: Template) -> Scope | None:
        """What the part's texts mean at this use of it."""
        given = self._given(row, values, scope, template)
        if given is None:
            return None
        where = f"{row.file}:{row.line}"
        if scope.equipment and "template" not in values:
            self._types.folded.know(f"{scope.equipment} at {where}", scope.path)
            return replace(scope.knowing(given), where=f"{scope.equipment} at {where}")
        built_in = {name: text for name, text in {**scope.names, **given}.items() if name in BUILT_IN}
        names = {**built_in, **defaults_of(template, built_in, scope), **given}
        own, lost = scope_of(template, names, {}, self._types.tags, self._types.room)
        if lost:
            below = f" under {own.path}" if own.path else ""
            mend = 'Give the path of its tags: with = { path = "line1.filler" }'
            what = f"the template {template.id} needs {lost[0]}, and there is no such tag{below}"
            self._wrong(row, scope, "with" if "with" in values else "template", what, mend)
            return None
        self._types.folded.know(where, own.path)
        return replace(own, equipment=scope.equipment, where=where)

    def _given(self, row: Table, values: dict[str, Any], scope: Scope, template: Template) -> dict[str, str] | None:
        """The parameters that the row gives itself; None if they are no parameters."""
        table = values.get("with", {})
        what = complaint_of_parameters(table, template)
        if what:
            self._wrong(row, scope, "with", *what)
            return None
        return {name: text_of(value) for name, value in table.items()}


def _filled(values: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    return {key: scope.filled(value, _KINDS.get(key) in _NUMERIC) for key, value in values.items() if key != "repeat"}


def _moved(values: dict[str, Any], at: Place) -> dict[str, Any]:
    place = values.get("at")
    if at == (0.0, 0.0) or place is None or complaint("place", place):
        return values
    return {**values, "at": [place[0] + at[0], place[1] + at[1]]}


def _table(values: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = values.get(key, {})
    return found if isinstance(found, dict) else {}


def _resolved_binds(bind: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    made = {}
    for key, text in bind.items():
        try:
            made[key] = scope.resolved(text)
        except Missing:
            continue
    return made
