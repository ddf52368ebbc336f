"""Outlines of equipment as text: M L H V C Q Z of an SVG path, upper case absolute, lower case relative."""

from __future__ import annotations

import math
import re
from typing import Final

Step = tuple[str, tuple[float, ...]]  # one of M L C Q Z, with absolute coordinates

_NUMBERS: Final = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "Z": 0}
_TOKEN: Final = re.compile(r"[A-Za-z]|[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_REST: Final = re.compile(r"[\s,]*")


def parse_path(text: str) -> tuple[Step, ...]:
    """The steps of an outline, in absolute coordinates; raises ValueError that names what is wrong."""
    tokens = _tokens(text)
    steps: list[Step] = []
    at = start = (0.0, 0.0)
    command, position = "", 0
    while position < len(tokens):
        if tokens[position].isalpha():
            command, position = tokens[position], position + 1
        elif not command or command in "Zz":
            raise ValueError(f"a command is missing before {tokens[position]}")
        count = _NUMBERS.get(command.upper())
        if count is None:
            raise ValueError(f"{command} is not a path command")
        step = _absolute(command, _take(tokens, position, count, command), at)
        position += count
        at = start if step[0] == "Z" else (step[1][-2], step[1][-1])
        if step[0] == "M":
            start = at
            command = "L" if command == "M" else "l"  # further pairs after a move are lines
        steps.append(step)
    if steps and steps[0][0] != "M":
        raise ValueError("a path starts with M")
    return tuple(steps)


def _tokens(text: str) -> list[str]:
    tokens, position = [], 0
    while position < len(text):
        position = _REST.match(text, position).end()  # type: ignore[union-attr]
        if position == len(text):
            break
        found = _TOKEN.match(text, position)
        if not found:
            raise ValueError(f"{text[position]!r} does not belong in a path")
        tokens.append(found.group())
        position = found.end()
    return tokens


def _take(tokens: list[str], position: int, count: int, command: str) -> tuple[float, ...]:
    taken = tokens[position : position + count]
    if len(taken) < count or any(token.isalpha() for token in taken):
        raise ValueError(f"{command} needs {count} numbers")
    numbers = tuple(float(token) for token in taken)
    if not all(map(math.isfinite, numbers)):
        raise ValueError(f"{command} has a number that is too big")
    return numbers


def _absolute(command: str, numbers: tuple[float, ...], at: tuple[float, float]) -> Step:
    kind = command.upper()
    base = at if command.islower() else (0.0, 0.0)
    if kind == "H":
        return "L", (numbers[0] + base[0], at[1])
    if kind == "V":
        return "L", (at[0], numbers[0] + base[1])
    return kind, tuple(number + base[i % 2] for i, number in enumerate(numbers))
