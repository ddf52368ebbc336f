"""What every side of the screens bench draws: the same elements at the same places, the same values through them.

Imports nothing of the program: PyDM's side runs in an environment of its own.
"""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable
from typing import Any

SIZE = (1920, 1080)
PIPES = 300
_TEN = ("value", "value", "bar", "value", "tank", "value", "valve", "value", "bar", "value")  # 50 % digits, 20 % bars
_SEVEN = ("tank", "valve")  # and the rest in turns: 15 % tanks, 15 % valves in all


def kind_of(number: int, mix: str) -> str:
    """What stands at a place: digits alone, or of each ten five digits, two bars and three tanks and valves."""
    if mix == "values":
        return "value"
    kind = _TEN[number % 10]
    return _SEVEN[number // 10 % 2] if number % 10 == 4 and number // 10 % 2 else kind


def cells(count: int) -> list[tuple[float, float, float, float]]:
    """So many places over the whole screen: left, top, width, height."""
    across = max(1, round(math.sqrt(count * SIZE[0] / SIZE[1])))
    down = -(-count // across)
    width, height = SIZE[0] / across, SIZE[1] / down
    return [(n % across * width, n // across * height, width - 2, height - 2) for n in range(count)]


def decimals_of(width: float) -> int:
    """How many a place has room for, in digits of 13 pixels: every value stands whole."""
    return 1 if width >= 32 else 0


def pipes() -> list[tuple[float, float, float, float]]:
    """The still pipes below them: from, to."""
    step = SIZE[0] / PIPES
    return [(n * step, 0.0, (n * 37 % PIPES) * step, float(SIZE[1])) for n in range(PIPES)]


def answer(orders: dict[str, Callable[..., dict[str, float]]], environ: Callable[[], None]) -> None:
    """Do what standard input says, a line an order, and print what came of it as JSON; until it ends."""
    print("ready", flush=True)  # noqa: T201
    buffer = b""
    while part := os.read(sys.stdin.fileno(), 4096):
        buffer += part
        while b"\n" in buffer:
            line, _, buffer = buffer.partition(b"\n")
            name, *words = line.decode().split()
            environ()
            print(json.dumps(orders[name](*map(float, words))), flush=True)  # noqa: T201


def per_frame(frame: Callable[[], Any], count: int) -> dict[str, float]:
    """CPU milliseconds of the process for one frame, over so many of them, and how many a second that could be."""
    frame()
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(count):
        frame()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {"cpu_ms": cpu * 1000 / count, "wall_ms": wall * 1000 / count}
