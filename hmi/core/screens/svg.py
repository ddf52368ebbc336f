"""SVG drawings that lie under a screen: read without entities, and written anew from what is known to be harmless.

A drawing comes from anywhere. What could run, fetch, move or never end is refused with its line; what only an editor
needs is left out; what is kept is what is shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from hmi.core.errors import Mistake

MAX_CHARACTERS: Final = 5_000_000
MAX_NODES: Final = 20_000  # also after every <use> is put in
MAX_DEPTH: Final = 64
MAX_TOLD: Final = 20  # mistakes of one drawing
_SVG: Final = "http://www.w3.org/2000/svg"
_XLINK: Final = "http://www.w3.org/1999/xlink"
_DRAWN: Final = frozenset(
    "svg g defs symbol use path rect circle ellipse line polyline polygon text tspan linearGradient radialGradient stop"
    " clipPath mask pattern marker title desc style switch".split()
)
_HARMFUL: Final[Mapping[str, tuple[str, str]]] = {
    **dict.fromkeys(("script", "handler", "listener"), ("a script", "Save the drawing without scripts")),
    **dict.fromkeys(("foreignObject", "iframe", "video", "audio", "embed"), ("foreign content", "Draw it with paths")),
    **dict.fromkeys(
        ("animate", "animateColor", "animateMotion", "animateTransform", "set", "discard", "mpath"),
        ("an animation", "Remove it: nothing moves unless someone must act"),
    ),
    **dict.fromkeys(("image", "feImage"), ("a picture", "Draw it with paths, or place the symbol of a picture")),
    "a": ("a link", "Use an [[element]] with go = on the screen"),
}
_PAINTS: Final = frozenset({"linearGradient", "radialGradient"})
_LINK: Final = re.compile(r"#([\w.:-]+)")
_URL: Final = re.compile(r"url\s*\(\s*['\"]?\s*([^'\")\s]*)", re.IGNORECASE)
_STRANGE_STYLE: Final = re.compile(r"@|\\|expression\s*\(|javascript:|/\*", re.IGNORECASE)
_LENGTH: Final = re.compile(r"\s*([0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)\s*(px|pt|pc|mm|cm|in)?\s*")
_COLOUR_KEYS: Final = ("fill", "stroke", "color", "stop-color", "flood-color", "lighting-color")
_DECLARED: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(_COLOUR_KEYS)})\s*:\s*([^;}}]+)", re.IGNORECASE)
_PIXELS: Final = {"": 1.0, "px": 1.0, "pt": 1.25, "pc": 15.0, "mm": 3.5433, "cm": 35.433, "in": 90.0}
_LARGEST: Final = 1e6
_IN_TEXT: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}  # xml.sax.saxutils would read in an HTTP client for it
_TEXT: Final = str.maketrans(_IN_TEXT)
_VALUE: Final = str.maketrans({**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing found harmless: its text as it is shown, its size and the colours it uses."""

    file: str
    text: str
    size: tuple[float, float]
    colours: tuple[tuple[str, int], ...]  # as written, with the line of the first use
    nodes: int


class _Stop(Exception):
    """The rest of the drawing need not be read."""


@dataclass(slots=True)
class _Node:
    """One open element of the drawing."""

    name: str
    ids: tuple[str, ...]  # its own id and those around it


@dataclass(slots=True)
class _Sizes:
    """How much is drawn: nodes inside each id, and which other ids they put in."""

    nodes: dict[str, int] = field(default_factory=dict)
    uses: dict[str, list[str]] = field(default_factory=dict)


def read_drawing(file: str, text: str, mistakes: list[Mistake]) -> Drawing | None:
    """The drawing of an SVG text; None, with every reason on the list, if it is refused."""
    if len(text) > MAX_CHARACTERS:
        what = f"the drawing is bigger than {MAX_CHARACTERS // 1_000_000} MB"
        mistakes.append(Mistake(file, 0, what, "Save it with fewer details"))
        return None
    return _Reader(file, mistakes).read(text)


class _Reader:
    """One walk through a drawing."""

    def __init__(self, file: str, mistakes: list[Mistake]) -> None:
        self._file = file
        self._mistakes = mistakes
        self._told = 0
        self._out: list[str] = []
        self._open: list[_Node] = []
        self._style: list[str] = []  # what has come of a style sheet
        self._skipped = 0  # depth inside of what is left out
        self._nodes = 0
        self._depth = 0
        self._sizes = _Sizes()
        self._size = (0.0, 0.0)
        self._colours: dict[str, int] = {}
        self._parser = self._make_parser()

    def _make_parser(self) -> expat.XMLParserType:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = self._doctype
        parser.ProcessingInstructionHandler = self._instruction
        return parser

    def read(self, text: str) -> Drawing | None:
        """The drawing, or None with the reasons noted."""
        try:
            self._parser.Parse(text.removeprefix("\ufeff"), True)
        except expat.ExpatError as error:
            what = f"this is not SVG: {expat.errors.messages[error.code]}"
            self._wrong(what, "Save it again as plain SVG", error.lineno)
        except (ValueError, UnicodeError):  # half of a surrogate pair
            self._wrong("the drawing holds characters that are none", "Save it as UTF-8", 1)
        except _Stop:
            pass
        else:
            self._check_growth()
        if self._told:
            return None
        made = "".join(self._out)
        return Drawing(self._file, made, self._size, tuple(self._colours.items()), self._nodes)

    def _wrong(self, what: str, mend: str, line: int = 0, severity: str = "error") -> None:
        line = line or self._parser.CurrentLineNumber
        self._mistakes.append(Mistake(self._file, line, what, mend, severity))
        self._told += severity == "error"
        if self._told >= MAX_TOLD:
            raise _Stop

    def _doctype(self, *_: object) -> None:
        self._wrong("the drawing has a DOCTYPE, in which entities could hide", "Delete everything from <!DOCTYPE to >")
        raise _Stop

    def _instruction(self, target: str, _data: str) -> None:
        if target == "xml-stylesheet":
            self._wrong("the drawing fetches a style sheet", "Put the styles into the drawing")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._wrong(f"the drawing has more than {MAX_NODES} nodes", "Simplify it, or save it with fewer details")
            raise _Stop
        if self._depth > MAX_DEPTH:
            self._wrong(f"the drawing is nested deeper than {MAX_DEPTH}", "Ungroup some of it")
            raise _Stop
        space, _, local = name.rpartition(" ")
        if self._depth == 1:
            self._root(space, local, attributes)
        if local in _HARMFUL:
            what, mend = _HARMFUL[local]
            self._wrong(f"<{local}> is {what}", mend)
        self._check(attributes)
        if self._skipped or space != _SVG or local not in _DRAWN:
            if not self._skipped and space == _SVG and local not in (*_HARMFUL, "metadata", "view", "script"):
                self._wrong(f"<{local}> is not drawn and is left out", "Remove it", severity="warning")
            self._skipped += 1
            return
        self._write(local, attributes)

    def _root(self, space: str, local: str, attributes: dict[str, str]) -> None:
        if local != "svg" or space != _SVG:
            self._wrong(f"the drawing begins with <{local}>", f'Begin it with <svg xmlns="{_SVG}">')
            raise _Stop
        size = _view_box(attributes.get("viewBox", "")) or _extent(attributes)
        if size is None:
            self._wrong("the drawing has no usable viewBox, width and height", 'Add viewBox="0 0 1600 960" to <svg>')
            return
        self._size = size
        if "viewBox" not in attributes:
            attributes["viewBox"] = f"0 0 {size[0]:g} {size[1]:g}"

    def _check(self, attributes: Mapping[str, str]) -> None:
        for name, value in attributes.items():
            local = name.rpartition(" ")[2].lower()
            if local.startswith("on"):
                self._wrong(f"{local} would run a script", "Remove the attribute")
            elif local in ("href", "src", "base") and not _LINK.fullmatch(value.strip()):
                self._wrong(f"{local} refers to something outside: {value[:40]!r}", "Put it into the drawing itself")
            elif local == "style" and _STRANGE_STYLE.search(value):
                self._wrong("the style holds more than colours and lines", "Save it as plain SVG")
            self._check_urls(value)

    def _check_urls(self, text: str) -> None:
        for target in _URL.findall(text):
            if not _LINK.fullmatch(target):
                self._wrong(f"url() refers to something outside: {target[:40]!r}", "Put it into the drawing itself")

    def _write(self, local: str, attributes: Mapping[str, str]) -> None:
        kept = {}
        for name, value in attributes.items():
            space, _, plain = name.rpartition(" ")
            if not space:
                kept[plain] = value
            elif space == _XLINK and plain == "href":
                kept["xlink:href"] = value
        above = self._open[-1].ids if self._open else ()
        named = "id" in kept and local not in _PAINTS  # a colour that is used again costs nothing
        ids = (*above, kept["id"]) if named else above
        self._count(ids, kept)
        self._note_colours(kept)
        self._open.append(_Node(local, ids))
        spaces = f' xmlns="{_SVG}" xmlns:xlink="{_XLINK}"' if self._depth == 1 else ""
        written = "".join(f' {name}="{value.translate(_VALUE)}"' for name, value in kept.items())
        self._out.append(f"<{local}{spaces}{written}>")

    def _count(self, ids: tuple[str, ...], attributes: Mapping[str, str]) -> None:
        targets = _links(attributes)
        for owner in ("", *dict.fromkeys(ids)):
            self._sizes.nodes[owner] = self._sizes.nodes.get(owner, 0) + 1
            if targets:
                self._sizes.uses.setdefault(owner, []).extend(targets)

    def _note_colours(self, attributes: Mapping[str, str]) -> None:
        for key in _COLOUR_KEYS:
            if key in attributes:
                self._colours.setdefault(attributes[key].strip().lower(), self._parser.CurrentLineNumber)
        self._note_declared(attributes.get("style", ""))

    def _note_declared(self, style: str) -> None:
        for colour in _DECLARED.findall(style):
            self._colours.setdefault(colour.strip().lower(), self._parser.CurrentLineNumber)

    def _end(self, name: str) -> None:
        self._depth -= 1
        if self._skipped:
            self._skipped -= 1
            return
        node = self._open.pop()
        if node.name == "style":
            self._end_style()
        self._out.append(f"</{node.name}>")

    def _text(self, text: str) -> None:
        if self._skipped or not self._open:
            return
        if self._open[-1].name == "style":
            self._style.append(text)
        self._out.append(text.translate(_TEXT))

    def _end_style(self) -> None:
        text = "".join(self._style)
        self._style.clear()
        if _STRANGE_STYLE.search(text):
            self._wrong("the style sheet holds more than colours and lines", "Save it as plain SVG")
        self._check_urls(text)
        self._note_declared(text)

    def _check_growth(self) -> None:
        """Refuse drawings whose references put themselves in, or grow beyond what can be drawn."""
        known: dict[str, int] = {}
        under_way: set[str] = set()

        def grown(name: str) -> int:
            if name in known:
                return known[name]
            if name in under_way or len(under_way) > MAX_DEPTH:
                return MAX_NODES + 1
            under_way.add(name)
            total = self._sizes.nodes.get(name, 0)
            for target in self._sizes.uses.get(name, ()):
                total = min(total + grown(target), MAX_NODES + 1)
            under_way.discard(name)
            known[name] = total
            return total

        if grown("") > MAX_NODES:
            what = f"what the drawing uses again and again makes more than {MAX_NODES} nodes, or holds itself"
            self._wrong(what, "Draw it without nested <use>", 1)


def _links(attributes: Mapping[str, str]) -> list[str]:
    """The ids that an element refers to."""
    targets = [target for value in attributes.values() for target in _URL.findall(value)]
    targets += [attributes[key].strip() for key in ("href", "xlink:href") if key in attributes]
    return [match.group(1) for target in targets if (match := _LINK.fullmatch(target))]


def _view_box(text: str) -> tuple[float, float] | None:
    parts = re.split(r"[\s,]+", text.strip())
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    return _usable(numbers[2], numbers[3]) if len(numbers) == 4 else None


def _extent(attributes: Mapping[str, str]) -> tuple[float, float] | None:
    found = [_LENGTH.fullmatch(attributes.get(key, "")) for key in ("width", "height")]
    if found[0] is None or found[1] is None:
        return None
    width, height = (float(match.group(1)) * _PIXELS[match.group(2) or ""] for match in found if match)
    return _usable(width, height)


def _usable(width: float, height: float) -> tuple[float, float] | None:
    return (width, height) if 0 < width <= _LARGEST and 0 < height <= _LARGEST else None
