"""Where in a TOML text each table and key stands: the line numbers that tomllib keeps to itself."""

from __future__ import annotations

import re
from typing import Final

Path = tuple[str | int, ...]  # ("alarm", 2, "limit"): third [[alarm]], its key `limit`

_KEY_PART: Final = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_KEY: Final = rf"{_KEY_PART}(?:[ \t]*\.[ \t]*{_KEY_PART})*"
_PART: Final = re.compile(_KEY_PART)
_BLANK: Final = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)+")
_HEADER: Final = re.compile(rf"(\[\[?)[ \t]*({_KEY})[ \t]*\]\]?")
_ASSIGNMENT: Final = re.compile(rf"({_KEY})[ \t]*=")
_VALUE_PIECE: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[^\"'\[\]{}\#\n]+"
    r"|[\[\]{}\n]",
    re.DOTALL,
)


def lines_of(text: str) -> dict[Path, int]:
    """The 1-based line of every table, array item and key of a text that is valid TOML."""
    return _Scan(text).run()


class _Scan:
    """One walk over the text from header to header and key to key, stepping over the values between them."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._lines: dict[Path, int] = {}
        self._items: dict[Path, int] = {}  # how many items each array of tables has so far
        self._table: Path = ()
        self._counted = 0
        self._line = 1

    def run(self) -> dict[Path, int]:
        position, end = 0, len(self._text)
        while position < end:
            blank = _BLANK.match(self._text, position)
            if blank:
                position = blank.end()
                continue
            if header := _HEADER.match(self._text, position):
                self._open(header)
                position = header.end()
            elif assignment := _ASSIGNMENT.match(self._text, position):
                path = self._assign(assignment)
                position = self._skip_value(assignment.end(), path)
            else:
                position += 1  # not TOML: step on, so that the walk always ends
        return self._lines

    def _line_at(self, position: int) -> int:
        self._line += self._text.count("\n", self._counted, position)
        self._counted = position
        return self._line

    def _open(self, header: re.Match[str]) -> None:
        line, parts = self._line_at(header.start()), _parts(header.group(2))
        path: Path = ()
        for part in parts[:-1]:
            path = self._last_item((*path, part))
            self._lines.setdefault(path, line)
        path = (*path, parts[-1])
        if header.group(1) == "[[":
            count = self._items.get(path, 0)
            self._items[path] = count + 1
            self._lines.setdefault(path, line)
            path = (*path, count)
        self._lines[path] = line
        self._table = path

    def _last_item(self, path: Path) -> Path:
        count = self._items.get(path)
        return path if count is None else (*path, count - 1)

    def _assign(self, assignment: re.Match[str]) -> Path:
        line, path = self._line_at(assignment.start()), self._table
        for part in _parts(assignment.group(1)):
            path = (*path, part)
            self._lines.setdefault(path, line)
        return path

    def _skip_value(self, position: int, path: Path) -> int:
        """The position after a value; inline tables that are items of an array get their own line."""
        opened: list[str] = []
        items = 0
        while position < len(self._text):
            piece = _VALUE_PIECE.match(self._text, position)
            if piece is None:
                return position + 1
            sign = piece.group()
            if sign == "\n" and not opened:
                return position
            if sign == "{" and opened == ["["]:
                self._lines[(*path, items)] = self._line_at(position)
                items += 1
            if sign in "[{":
                opened.append(sign)
            elif sign in "]}" and opened:
                opened.pop()
            position = piece.end()
        return position


def _parts(key: str) -> list[str]:
    """The parts of a dotted key, without quotes (escapes in quoted keys are left as written)."""
    return [part[1:-1] if part[0] in "\"'" else part for part in _PART.findall(key)]
