"""Certificates in words: how they stand, how long they hold, fingerprints as people compare them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hmi.client import words
from hmi.client.language import tr
from hmi.client.page import Desk
from hmi.client.sentences import said

STATES: Final = {"trusted": "Trusted", "waiting": "Waiting for a decision", "refused": "Refused", "issuer": "Issuer"}
SOON_DAYS: Final = 60
_GROUP: Final = 4  # digits that a person compares at a time


def state_of(facts: Mapping[str, Any]) -> str:
    """How a certificate stands, in a word or two."""
    return tr(STATES.get(str(facts.get("state")), "Waiting for a decision"))


def until_of(facts: Mapping[str, Any]) -> str:
    """When it ends, and how long that is."""
    days, day = int(facts["days_left"]), str(facts["until"])[:10]
    if days < 0:
        return tr("{day}, expired", day=day)
    return tr("{day}, in {days} days", day=day, days=days) if days <= SOON_DAYS else day


def ends_soon(facts: Mapping[str, Any]) -> bool:
    """Whether somebody has to see to it."""
    return int(facts["days_left"]) <= SOON_DAYS


def in_groups(fingerprint: str) -> str:
    """A fingerprint as two people read it to each other."""
    parts = [fingerprint[at : at + _GROUP] for at in range(0, len(fingerprint), _GROUP)]
    half = len(parts) // 2
    return " ".join(parts[:half]) + "\n" + " ".join(parts[half:])


def why_of(facts: Mapping[str, Any]) -> str:
    """What came of it when it was shown last; "" nothing is to be said."""
    why = str(facts.get("why") or "")
    return words.sentence(said(why)) if why else ""


def details(facts: Mapping[str, Any], desk: Desk) -> list[tuple[str, str]]:
    """All that is known of a server's certificate, as names and what they stand at."""
    seen_ns = int(facts.get("seen_ns") or 0)
    shown = " · ".join(part for part in (facts.get("connection"), facts.get("where")) if part)
    rows = (
        (tr("State"), state_of(facts)),
        (tr("Why"), why_of(facts)),
        (tr("Shown by"), shown),
        (tr("Last seen"), words.second(seen_ns, desk.zone) if seen_ns else ""),
        (tr("Valid"), f"{str(facts['from'])[:10]} – {until_of(facts)}"),
        (tr("Chain"), " ← ".join(facts.get("chain") or ())),
        (tr("Application"), ", ".join(facts["application"])),
        (tr("Hosts"), ", ".join(facts["hosts"])),
        (tr("Subject"), str(facts["subject"])),
        (tr("Thumbprint (SHA-1)"), str(facts["thumbprint"])),
    )
    return [row for row in rows if row[1]]
