"""Certificates that end soon: told to engineers while there is time, since an expired one stops a connection."""

from __future__ import annotations

from typing import Final

from cryptography import x509

from hmi.clock import Clock
from hmi.core.alarms.station import ends_in
from hmi.drivers.certificates import at

NOTICE_DAYS: Final = (90, 60, 30, 7)  # from the first on it stands in the journal each day; each is logged once
_DAY_NS: Final = 86_400 * 10**9


class Expiry:
    """The certificates that one connection uses. Belongs to the driver's event loop."""

    def __init__(self, connection: str, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock
        self._certificates: dict[str, x509.Certificate] = {}
        self._day = 0
        self._told: dict[str, tuple[bytes, int]] = {}  # whose -> which certificate, and on which day

    def use(self, whose: str, certificate: x509.Certificate) -> None:
        """This one is in use from now on; `whose` says so in words, such as "the station"."""
        self._certificates[whose] = certificate

    def _left(self) -> list[tuple[str, int]]:
        now = at(self._clock.now_ns())
        left = [(whose, (one.not_valid_after_utc - now).days) for whose, one in self._certificates.items()]
        return [(whose, days) for whose, days in left if days <= NOTICE_DAYS[0]]

    def ends(self) -> dict[str, int]:
        """When each one in use ends, ns UTC, by whose it is."""
        known = self._certificates.items()
        return {whose: round(one.not_valid_after_utc.timestamp()) * 10**9 for whose, one in known}

    def words(self) -> str:
        """What ends soon, for an engineer; "" if nothing does."""
        return "; ".join(ends_in(whose, days) for whose, days in self._left())

    def is_due(self) -> bool:
        """Whether a day has begun since `news` was asked for."""
        return self._clock.now_ns() // _DAY_NS != self._day

    def news(self) -> list[str]:
        """What was not told yet today: for the journal."""
        today = self._day = self._clock.now_ns() // _DAY_NS
        news = []
        for whose, days in self._left():
            which = self._certificates[whose].signature
            if self._told.get(whose) != (which, today):
                self._told[whose] = (which, today)
                news.append(ends_in(whose, days))
        return news

    def urgent(self) -> list[str]:
        """What has come closer to its end than the next of the notices since this was last asked: for the log."""
        found = []
        for whose, days in self._left():
            mark, limit = f"log {whose}", min(notice for notice in NOTICE_DAYS if days <= notice)
            which = self._certificates[whose].signature
            if self._told.get(mark) != (which, limit):
                self._told[mark] = (which, limit)
                found.append(f"{self._connection}: {ends_in(whose, days)}")
        return found
