"""templates/*.toml of the plant and of the shared library: types of equipment, checked as far as they can be alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import suggestion
from hmi.core.screens.model import Symbol
from hmi.core.screens.parameters import text_of
from hmi.core.screens.scope import MAX_VALUE, left_open
from hmi.core.screens.template import BUILT_IN, Member, Part, Template
from hmi.core.screens.vocabulary import ELEMENT_OPTIONS

MAX_PART: Final = 1000  # elements
MAX_ALARMS: Final = 200
MAX_PENS: Final = 8
_FILE: Final = re.compile(r"templates/([^/]+)\.toml")
_SECTIONS: Final = ("template", "member", "interlock", "alarm", "part")
_ID: Final = Meta(pattern=r"\A[a-z][a-z0-9_-]{0,63}\Z", description="a word of a-z 0-9 _ -", examples=["motor"])
_WORD: Final = Meta(pattern=r"\A[a-z][a-z0-9_]{0,39}\Z", description="a word of a-z 0-9 _", examples=["faceplate"])
_MEMBER: Final = Meta(
    pattern=r"\A[a-z][a-z0-9_]*(\.[a-z0-9_]+)*\Z", description="a dotted path of a-z 0-9 _", examples=["speed"]
)
_SIDE: Final = Meta(gt=0, le=10_000, examples=[360])
_REFERENCE: Final = Meta(min_length=1, examples=[".speed"])


class _Head(Struct, frozen=True, kw_only=True):
    id: Annotated[str, _ID]
    title: str = ""
    description: str = ""
    parameters: Annotated[
        dict[str, str | int | float | bool], Meta(description="a table of names and values", examples=[{"max": "100"}])
    ] = {}
    symbol: str = ""
    size: tuple[Annotated[float, _SIDE], Annotated[float, _SIDE]] | None = None
    bind: Annotated[
        dict[str, str], Meta(description="a table of bindings and members", examples=[{"value": ".speed"}])
    ] = {}
    options: Annotated[dict[str, Any], Meta(description="a table of element options", examples=[{"decimals": 0}])] = {}
    pens: tuple[Annotated[str, _REFERENCE], ...] = ()
    maintenance: tuple[Annotated[str, _REFERENCE], ...] = ()
    instructions: tuple[str, ...] = ()


class _Member(Struct, frozen=True):
    name: Annotated[str, _MEMBER]
    tag: Annotated[str, Meta(min_length=1, examples=["drive.speed"])] = ""
    label: str = ""
    required: bool = True


class _Part(Struct, frozen=True):
    name: Annotated[str, _WORD]
    size: Annotated[tuple[Annotated[float, _SIDE], Annotated[float, _SIDE]], Meta(examples=[[360, 420]])]
    title: str = ""


def template_files(texts: Mapping[str, str]) -> list[str]:
    """The template files among some files."""
    return sorted(file for file in texts if _FILE.fullmatch(file))


def read_templates(
    texts: Mapping[str, str], library: Mapping[str, str], symbols: Mapping[str, Symbol], mistakes: list[Mistake]
) -> dict[str, Template]:
    """Every template by id, the plant's own before the shared ones; one with a mistake in its head is left out."""
    found: dict[str, Template] = {}
    for shared, files in ((True, library), (False, texts)):
        for file in template_files(files):
            if shared and file in texts:
                continue  # the plant has its own
            table = toml.read(f"screens/{file}" if shared else file, files[file], mistakes)
            template = _Reader(table, symbols, shared, mistakes).template() if table is not None else None
            if template is not None:
                found[template.id] = template
    return found


def stem_of(file: str) -> str:
    """The id of a template by its file."""
    return file.rsplit("/", 1)[-1].removesuffix(".toml")


class _Reader:
    """One template file."""

    def __init__(self, table: toml.Table, symbols: Mapping[str, Symbol], shared: bool, mistakes: list[Mistake]) -> None:
        self._table = table
        self._symbols = symbols
        self._shared = shared
        self._mistakes = mistakes
        self._known: tuple[str, ...] = BUILT_IN

    def template(self) -> Template | None:
        """The template; None where its head cannot be read."""
        table = self._table
        for key in table.values:
            if key not in _SECTIONS:
                mend = suggestion(key, _SECTIONS, f"Remove it; a template has {', '.join(_SECTIONS)}")
                self._wrong(table, key, f"`{key}` is not a section of a template", mend)
        head = table.table("template")
        if head is None:
            self._wrong(table, "", "there is no [template]", "Begin the file with [template] and id")
            return None
        made = toml.fill(_Head, head, self._mistakes)
        self._known = (*BUILT_IN, *(made.parameters if made else ()))
        members = self._members(table.tables("member"))
        parts = self._parts(table.tables("part"))
        interlocks, alarms = table.tables("interlock"), table.tables("alarm")
        if made is None:
            return None
        if len(alarms) > MAX_ALARMS:
            self._wrong(alarms[-1], "", f"the template has {len(alarms)} alarms", f"{MAX_ALARMS} are the most")
            alarms = []
        self._check_head(head, made)
        self._check_names([head, *interlocks, *alarms])
        return Template(
            id=stem_of(table.file),
            file=table.file,
            title=made.title or made.id,
            description=made.description,
            shared=self._shared,
            parameters={name: text_of(value) for name, value in made.parameters.items()},
            symbol=made.symbol,
            size=made.size,
            bind=made.bind,
            options=made.options,
            pens=made.pens,
            maintenance=made.maintenance,
            instructions=made.instructions,
            members=members,
            parts=parts,
            interlocks=tuple(interlocks),
            alarms=tuple(alarms),
            head=head,
        )

    def _wrong(self, table: toml.Table, key: str, what: str, mend: str, severity: str = "error") -> None:
        self._mistakes.append(table.mistake(key, what, mend, severity))

    def _members(self, rows: list[toml.Table]) -> dict[str, Member]:
        found: dict[str, Member] = {}
        for row in rows:
            made = toml.fill(_Member, row, self._mistakes)
            if made is None:
                continue
            if made.name in found:
                self._wrong(row, "name", f"the member {made.name} is there twice", "Remove one of them")
            found[made.name] = Member(made.name, made.tag or made.name, made.label, made.required)
        self._check_names(rows)
        return found

    def _parts(self, rows: list[toml.Table]) -> dict[str, Part]:
        found: dict[str, Part] = {}
        for row in rows:
            made = toml.fill(_Part, row, self._mistakes, beside=("element",))
            elements = row.tables("element")
            if len(elements) > MAX_PART:
                self._wrong(row, "name", f"the part has {len(elements)} elements", f"{MAX_PART} are the most")
                continue
            if made is None:
                continue
            if made.name in found:
                self._wrong(row, "name", f"the part {made.name} is there twice", "Remove one of them")
            if not elements:
                self._wrong(row, "name", f"the part {made.name} has no elements", "Add [[part.element]]", "warning")
            found[made.name] = Part(made.name, made.size, tuple(elements), made.title, row.line)
            self._check_names([row], beside=("element",))
        return found

    def _check_head(self, head: toml.Table, made: _Head) -> None:
        if made.id != stem_of(head.file):
            mend = f'Write id = "{stem_of(head.file)}"'
            self._wrong(head, "id", f"the id {made.id!r} is not the file's name", mend)
        for name, value in made.parameters.items():
            if name in BUILT_IN or not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) or name in ("n", "each"):
                what = f"{name!r} cannot be the name of a parameter"
                self._wrong(head, "parameters", what, f"Write a word of a-z 0-9 _ that is not {', '.join(BUILT_IN)}")
            if len(str(value)) > MAX_VALUE:
                what = f"the parameter {name} is longer than {MAX_VALUE} characters"
                self._wrong(head, "parameters", what, "Shorten it")
        self._check_symbol(head, made)
        if len(made.pens) > MAX_PENS:
            what = f"{len(made.pens)} pens are too many to be told apart"
            self._wrong(head, "pens", what, f"Name the {MAX_PENS} that matter", "warning")

    def _check_symbol(self, head: toml.Table, made: _Head) -> None:
        symbol = self._symbols.get(made.symbol)
        if made.symbol and symbol is None:
            mend = suggestion(made.symbol, self._symbols, "Write one of screens/symbols")
            self._wrong(head, "symbol", f"there is no symbol {made.symbol}", mend)
        for key in made.bind if symbol else ():
            if symbol and key not in symbol.binds:
                mend = suggestion(key, symbol.binds, f"It binds {', '.join(symbol.binds) or 'nothing'}")
                self._wrong(head, "bind", f"the symbol {symbol.id} has no binding {key}", mend)
        if made.bind and not made.symbol:
            self._wrong(head, "bind", "bind says what a symbol shows, and there is none", "Add symbol =")
        for key in made.options:
            if key not in ELEMENT_OPTIONS:
                mend = suggestion(key, ELEMENT_OPTIONS, f"Write some of {', '.join(ELEMENT_OPTIONS)}")
                self._wrong(head, "options", f"{key} is not an option of elements", mend)

    def _check_names(self, rows: list[toml.Table], beside: tuple[str, ...] = ()) -> None:
        """Every `${name}` outside of part elements must be one that all machines know."""
        for row in rows:
            for key, name in _named(row, beside):
                if name not in self._known:
                    mend = suggestion(name, self._known, f"Add it to parameters; there are {', '.join(self._known)}")
                    self._wrong(row, key, f"nothing is called ${{{name}}} here", mend)


def _named(row: toml.Table, beside: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for key, value in row.values.items():
        if key not in beside:
            for name in left_open(value):
                yield key, name
