"""Which server showed which certificate, when, and what came of it: for the person who decides whom to trust."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from hmi.drivers.certificates import LONGEST_CHAIN, fingerprint
from hmi.drivers.pki import MOST_REJECTED, write_whole

_BIGGEST: Final = 200_000  # bytes of one note
_AGAIN_NS: Final = 3600 * 10**9  # the same is noted once an hour: attempts come every few seconds


class Seen(msgspec.Struct, frozen=True):
    """One certificate as a server showed it last."""

    connection: str
    where: str  # the address
    time_ns: int  # UTC
    why: str  # it was not believed; "" it was
    chain: tuple[bytes, ...] = ()  # of its issuers, as the server sent them: DER


def note(folder: Path, chain: Sequence[x509.Certificate], seen: Seen) -> None:
    """Remember it in a data folder; raises OSError. The oldest notes go where there are too many."""
    place = folder / "pki" / "seen"
    path = place / f"{fingerprint(chain[0])}.json"
    before = _read(path)
    if before is not None and _is_same(before, seen):
        return
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if before is None:
        oldest_first = sorted(place.glob("*.json"), key=lambda one: one.stat().st_mtime)
        for old in oldest_first[: max(0, len(oldest_first) - 2 * MOST_REJECTED + 1)]:
            old.unlink(missing_ok=True)
    issuers = tuple(one.public_bytes(Encoding.DER) for one in chain[1:LONGEST_CHAIN])
    write_whole(path, msgspec.json.encode(msgspec.structs.replace(seen, chain=issuers)), 0o600)


def noted(folder: Path) -> Mapping[str, Seen]:
    """What is remembered, by fingerprint; what cannot be read is left out."""
    place = folder / "pki" / "seen"
    if not place.is_dir():
        return {}
    found = {path.stem: _read(path) for path in place.glob("*.json")}
    return {mark: seen for mark, seen in found.items() if seen is not None}


def _is_same(before: Seen, seen: Seen) -> bool:
    is_soon = 0 <= seen.time_ns - before.time_ns < _AGAIN_NS
    return is_soon and (before.connection, before.where, before.why) == (seen.connection, seen.where, seen.why)


def _read(path: Path) -> Seen | None:
    with contextlib.suppress(OSError, ValueError, RecursionError):
        if path.stat().st_size <= _BIGGEST:
            return msgspec.json.decode(path.read_bytes(), type=Seen)
    return None
