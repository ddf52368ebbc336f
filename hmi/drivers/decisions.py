"""Decisions on certificates and secrets on their way into the journal: made by hand, told to the engine by files.

The engine alone writes the journal, and it may not run when a person decides. So a decision is laid down below
`pki/decided` in the data folder, and the engine takes it over: at once where it runs, else when it starts.
"""

from __future__ import annotations

import contextlib
import secrets
from pathlib import Path
from typing import Final

import msgspec

from hmi.drivers.pki import write_whole

MOST: Final = 1000  # at once: nobody decides more between two looks
_BIGGEST: Final = 10_000  # bytes


class Decision(msgspec.Struct, frozen=True):
    """Who decided what on which certificate or secret, and when (ns UTC)."""

    time_ns: int
    event: str  # accepted | refused | removed | renewal made | renewed | set
    text: str
    user: str
    station: str
    subject: str = "certificates"
    why: str = ""


def lay_down(folder: Path, decision: Decision) -> None:
    """Leave a decision for the engine of a data folder; raises OSError."""
    place = folder / "pki" / "decided"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(place / f"{decision.time_ns:020}-{secrets.token_hex(4)}.json", msgspec.json.encode(decision), 0o600)


def laid_down(folder: Path) -> list[tuple[Path, Decision]]:
    """What waits for the engine, the oldest first; a file that is no decision is left out."""
    place, found = folder / "pki" / "decided", []
    if not place.is_dir():
        return []
    for path in sorted(place.glob("*.json"))[:MOST]:
        with contextlib.suppress(OSError, ValueError, RecursionError):
            if path.stat().st_size <= _BIGGEST:
                found.append((path, msgspec.json.decode(path.read_bytes(), type=Decision)))
    return found
