"""Good input made bad: cut, doubled, mixed up, and strewn with what has broken parsers before."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

FUZZ = int(os.environ.get("HMI_FUZZ", "1"))  # times as many examples, and other ones each time


def fuzz(examples: int) -> settings:
    """So many examples, always the same ones; with HMI_FUZZ=N, N times as many that nobody has seen yet."""
    unhealthy = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples * FUZZ,
        deadline=None,
        derandomize=FUZZ == 1,
        database=None,
        suppress_health_check=unhealthy,
    )


NASTY = (
    *(
        "\x00",
        "\ufeff",
        "\u202e",
        "\ud7ff",
        "\r",
        "\n\n",
        "\t",
        '"',
        "'''",
        '"""',
        "[[",
        "]]",
        "{",
        "}",
        "#",
        "=",
        "\\",
    ),
    *("..", "../../etc/passwd", "/dev/zero", "C:\\CON", "%s%n", "${x}", "{{7*7}}", "=cmd|' /C calc'!A0", "@SUM(1)"),
    *("nan", "inf", "-inf", "1e999", "-0", "9" * 400, "0x7fffffffffffffff", "1_000", "true", "2026-13-45"),
    *("<script>alert(1)</script>", "<img src=file:///etc/passwd>", "&lt;", "]]>", "<!DOCTYPE x [<!ENTITY a 'b'>]>"),
    *(
        "__import__('os').system('x')",
        "eval(1)",
        "a" * 5000,
        "(" * 300,
        "[" * 300,
        "- " * 300,
        "é" * 100,
        "𝕏",
        "\u0000",
    ),
)


def mutated(text: str) -> st.SearchStrategy[str]:
    """A text with one to four things wrong."""
    return st.lists(_change(len(text)), min_size=1, max_size=4).map(lambda changes: _changed(text, changes))


def mutated_bytes(data: bytes) -> st.SearchStrategy[bytes]:
    """Bytes with one to eight things wrong: a bit turned over, a stretch gone, doubled, zeroed or foreign."""
    place = st.integers(0, max(0, len(data) - 1))
    change = st.tuples(st.sampled_from("fdrzi"), place, st.integers(1, 64), st.binary(min_size=1, max_size=16))
    return st.lists(change, min_size=1, max_size=8).map(lambda changes: _bytes_changed(data, changes))


def _change(size: int) -> st.SearchStrategy[tuple[str, int, int, str]]:
    foreign = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))
    return st.tuples(st.sampled_from("cdrix"), st.integers(0, size), st.integers(0, 200), foreign)


def _changed(text: str, changes: list[tuple[str, int, int, str]]) -> str:
    for kind, at, length, foreign in changes:
        here, rest = text[:at], text[at:]
        if kind == "c":
            text = here  # cut off
        elif kind == "d":
            text = here + rest[length:]
        elif kind == "r":
            text = here + rest[:length] * 2 + rest[length:]
        elif kind == "i":
            text = here + foreign + rest
        else:
            text = here + foreign + rest[len(foreign) :]
    return text


def _bytes_changed(data: bytes, changes: list[tuple[str, int, int, bytes]]) -> bytes:
    for kind, at, length, foreign in changes:
        here, rest = data[:at], data[at:]
        if kind == "f" and rest:
            data = here + bytes([rest[0] ^ (1 << length % 8)]) + rest[1:]
        elif kind == "d":
            data = here + rest[length:]
        elif kind == "r":
            data = here + rest[:length] * 2 + rest[length:]
        elif kind == "z":
            data = here + bytes(min(length, len(rest))) + rest[length:]
        else:
            data = here + foreign + rest
    return data
