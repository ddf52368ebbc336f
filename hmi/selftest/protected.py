"""The check of the protected channel: over a wire that is listened to, with a text that must not be found on it."""

from __future__ import annotations

from typing import Final

from hmi.drivers.pki import Pki
from hmi.selftest.checks import Failed, Ground
from hmi.selftest.station import WORD, Station

POLICY: Final = "Basic256Sha256:SignAndEncrypt"
_LEAST: Final = 2000  # bytes from the server: less is no session
_SECRET: Final = WORD.rpartition(".")[2]


def secure_channel(ground: Ground) -> str:
    """A stranger is refused; trusted by a person, its values come and cannot be read on the wire."""
    with Station(ground, "opcua", POLICY) as station:
        _meet(station)
        mark = _trust(station)
        station.until(lambda: station.state == "live", "the trusted server could not be used")
        station.until(lambda: station.value(WORD).text == _SECRET, "no text came over the protected channel")
        heard = bytes(station.heard)
    if len(heard) < _LEAST:
        raise Failed("the values came by another way than the wire that was listened to")
    if _SECRET.encode() in heard:
        raise Failed(f"{POLICY} was asked for, and the value {_SECRET!r} went over the network in clear")
    return f"{POLICY}: refused before and live after {mark[:16]}… was trusted; nothing to read in {len(heard)} bytes"


def _meet(station: Station) -> None:
    """Wait until the engine asks a person to decide on the server; Failed when it does not."""
    try:
        station.until(lambda: station.state == "live" or "hmi trust accept" in station.reason, "no person was asked")
    except Failed:
        text = f"a server that nobody knows was not shown to a person: {station.state}, {station.reason or 'no reason'}"
        raise Failed(text) from None
    if station.state == "live":
        raise Failed("a server that nobody knows was believed: anybody in the network could be the controller")


def _trust(station: Station) -> str:
    """What a person does who has compared the fingerprint."""
    pki = Pki(station.data)
    found = pki.entries("rejected")
    if len(found) != 1:
        raise Failed(f"{len(found)} certificates were kept for a person to look at, not one")
    return pki.accept(found[0]).stem
