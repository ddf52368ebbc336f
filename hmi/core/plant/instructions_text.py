"""The text of a work instruction cut into its head and its steps; what of Markdown could do harm is refused.

An instruction is Markdown with a head of TOML between two lines `+++`. Each heading of the second level (`## Close the
valve`) begins a step; a fenced block ```` ```step ```` in it says in TOML what kind of step it is. Whoever opens the
file in any editor can read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.steps.model import Picture

MAX_CHARACTERS: Final = 200_000
MAX_STEPS: Final = 300
PICTURE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}\.(?:svg|png|jpg|jpeg)")
LINKS: Final = ("screen", "equipment", "instruction", "alarm")  # what a link may lead to, all of it in the plant
_MOST_TOLD: Final = 20  # mistakes of one step's text
_HEAD: Final = "+++"
_HEADING: Final = re.compile(r"##[ \t]+(.*?)[ \t#]*")
_FENCE: Final = re.compile(r"[ \t]{0,3}(`{3,}|~{3,})[ \t]*(\S*).*")
_LINK: Final = re.compile(r"(!?)\[([^\[\]\n]*)\]\(([^()\s]*)\)")
_DEFINITION: Final = re.compile(r"^[ \t>*+-]*\[[^\]\n]+\]:", re.MULTILINE)
_AUTOLINK: Final = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^<>\s]*>")
_HTML: Final = re.compile(r"</?[A-Za-z!?][^<>\n]{0,200}>")
_CODE: Final = re.compile(r"`[^`\n]*`")
_GO: Final = re.compile(rf"(?:{'|'.join(LINKS)}):[A-Za-z0-9_.-]+")


@dataclass(slots=True)
class Block:
    """A step as it stands in the file."""

    title: str
    line: int
    lines: list[str] = field(default_factory=list)  # of its text
    first: int = 0  # line of the first of them
    table: list[str] = field(default_factory=list)  # TOML of what it asks for
    table_line: int = 0  # of the fence; 0: it has none
    text: str = ""
    pictures: tuple[Picture, ...] = ()


@dataclass(slots=True)
class Source:
    """A file cut into its parts."""

    file: str
    head: toml.Table | None  # None: it has no head, so it is a text to be read
    intro: Block
    steps: list[Block]


def cut(file: str, text: str, mistakes: list[Mistake]) -> Source | None:
    """The parts of a file; None where it cannot be used at all. Every mistake goes on the list."""
    if len(text) > MAX_CHARACTERS:
        what = f"the instruction is longer than {MAX_CHARACTERS} characters"
        mistakes.append(Mistake(file, 0, what, "Split it: a step of type sub carries out another instruction"))
        return None
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    first, head = _head(file, lines, mistakes)
    if first < 0:
        return None
    intro, steps = _blocks(file, lines, first, mistakes)
    if len(steps) > MAX_STEPS:
        what = f"the instruction has {len(steps)} steps, more than {MAX_STEPS}"
        mistakes.append(Mistake(file, steps[MAX_STEPS].line, what, "Split it"))
        return None
    for block in (intro, *steps):
        _read_text(file, block, mistakes)
    return Source(file, head, intro, steps)


def table_of(file: str, block: Block, mistakes: list[Mistake]) -> toml.Table | None:
    """What a step's block of TOML says, with the lines of the file; an empty table where it has none."""
    return _placed(file, "step", block.table, block.table_line or block.line, mistakes)


def _head(file: str, lines: list[str], mistakes: list[Mistake]) -> tuple[int, toml.Table | None]:
    """Where the Markdown begins (-1: nowhere), and the head."""
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines[start].startswith(_HEAD):
        return 0, None
    stop = next((n for n in range(start + 1, len(lines)) if lines[n].rstrip() == _HEAD), -1)
    if stop < 0:
        mistakes.append(Mistake(file, start + 1, "the head is not closed", f"Write {_HEAD} on a line below its keys"))
        return -1, None
    head = _placed(file, "instruction", lines[start + 1 : stop], start + 1, mistakes)
    return (-1, None) if head is None else (stop + 1, head)


def _placed(file: str, name: str, lines: list[str], line: int, mistakes: list[Mistake]) -> toml.Table | None:
    """Some lines of a file as a table; mistakes in them name the lines of the file."""
    text = "\n" * (line - 1) + f"[{name}]\n" + "\n".join(lines)
    whole = toml.read(file, text, mistakes)
    if whole is None:
        return None
    for key in whole.values:
        if key != name:
            mend = "Write it in one line: key = { a = 1 }"
            mistakes.append(whole.mistake(key, f"[{key}] does not belong here", mend))
    return whole.table(name)


def _blocks(file: str, lines: list[str], first: int, mistakes: list[Mistake]) -> tuple[Block, list[Block]]:
    block = intro = Block("", first + 1, first=first + 1)
    steps: list[Block] = []
    fence, inside = "", False  # the fence that is open; whether it is that of a step
    for number in range(first, len(lines)):
        line, mark = lines[number], _FENCE.fullmatch(lines[number])
        if fence:
            if mark and mark[1].startswith(fence) and not mark[2]:
                fence = ""
                if inside:
                    block.lines.append("")
                    continue
            (block.table if inside else block.lines).append(line)
            if inside:
                block.lines.append("")  # so that the text keeps its lines
        elif mark:
            fence, inside = mark[1], mark[2] == "step"
            if inside:
                _begin_table(file, block, intro, number + 1, mistakes)
            block.lines.append("" if inside else line)
        elif heading := _HEADING.fullmatch(line):
            block = Block(heading[1].strip(), number + 1, first=number + 2)
            steps.append(block)
        else:
            block.lines.append(line)
    if fence:
        mistakes.append(
            Mistake(file, block.table_line or block.line, "a fenced block is not closed", f"Close it with {fence}")
        )
    return intro, steps


def _begin_table(file: str, block: Block, intro: Block, line: int, mistakes: list[Mistake]) -> None:
    if block is intro:
        mistakes.append(Mistake(file, line, "a step begins with a heading", "Write ## and its title above"))
    elif block.table_line:
        mistakes.append(Mistake(file, line, "the step has two blocks", "Put all its keys into one"))
    else:
        block.table_line = line


def _read_text(file: str, block: Block, mistakes: list[Mistake]) -> None:
    """The text of a block without its pictures, and what in it cannot be used."""
    text = "\n".join(block.lines)
    plain = _CODE.sub(lambda match: " " * len(match.group()), _without_fences(text))
    for place, severity, what, mend in islice(_faults(plain), _MOST_TOLD):
        line = block.first + plain.count("\n", 0, place)
        mistakes.append(Mistake(file, line, what, mend, severity))
    found = [match for match in _LINK.finditer(plain) if match[1]]
    block.pictures = tuple(Picture(match[3], match[2]) for match in found if PICTURE.fullmatch(match[3]))
    for match in reversed(found):
        text = text[: match.start()] + text[match.end() :]
    block.text = re.sub(r"\n{3,}", "\n\n", text).strip()


def _without_fences(text: str) -> str:
    """The text with what stands in fences blanked, each sign at its place."""
    kept, fence = [], ""
    for line in text.split("\n"):
        mark = _FENCE.fullmatch(line)
        within = bool(fence) or bool(mark)
        if mark:
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        kept.append(" " * len(line) if within else line)
    return "\n".join(kept)


def _faults(plain: str) -> Iterator[tuple[int, str, str, str]]:
    """Place, severity, what and mend of everything that will not be shown as it was written."""
    understood = {match.start(3) - 2: match for match in _LINK.finditer(plain)}
    for found in re.finditer(r"\]\(", plain):
        match = understood.get(found.start())
        if match is None:
            yield found.start(), "error", "this link cannot be used", "Write [text](screen:ID) in one line"
        elif match[1] and not PICTURE.fullmatch(match[3]):
            mend = "Put it into the folder instructions, and name the file alone: ![Valve HV-102](hv-102.svg)"
            yield found.start(), "error", f"{match[3][:60]!r} is no picture of this plant", mend
        elif not match[1] and not _GO.fullmatch(match[3]):
            mend = f"Lead to {', '.join(f'{kind}:ID' for kind in LINKS)}: nothing outside of the plant is opened"
            yield found.start(), "error", f"a link cannot lead to {match[3][:60]!r}", mend
    for found in _DEFINITION.finditer(plain):
        yield found.end() - 1, "error", "links are not defined apart", "Write [text](screen:ID) where it is shown"
    for found in _AUTOLINK.finditer(plain):
        yield found.start(), "error", "an address cannot be opened from here", "Write it without < >"
    for found in _HTML.finditer(plain):
        if not _AUTOLINK.fullmatch(found.group()):
            yield found.start(), "warning", "HTML is shown as text", "Write it in Markdown"
