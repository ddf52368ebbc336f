"""What goes down to stations: put on the plant server by a publisher, fetched by stations, which answer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final, NamedTuple

import psycopg

from hmi.core.errors import HmiError
from hmi.core.incoming import Published
from hmi.uplink.connecting import asking, connected

_NEW: Final = (
    'SELECT id, kind, plant, name, version, "by", (extract(epoch FROM at) * 1000000)::bigint * 1000, why, sha256, '
    "file, signature FROM hmi.published WHERE plant = %s AND station IN ('', %s) AND withdrawn IS NULL "
    "AND NOT id = ANY(%s) ORDER BY id LIMIT 1"
)
_WITHDRAWN: Final = "SELECT id FROM hmi.published WHERE id = ANY(%s) AND withdrawn IS NOT NULL"
_SAID: Final = (
    "INSERT INTO hmi.arrival(station, published, state, said) VALUES (%s, %s, %s, %s) "
    "ON CONFLICT(station, published) DO UPDATE SET state = excluded.state, said = excluded.said, at = now()"
)
_PUBLISH: Final = (
    "INSERT INTO hmi.published(kind, plant, station, name, version, why, sha256, file, signature) "
    "VALUES (%s, %s, %s, %s, %s, %s, sha256(%s), %s, %s) RETURNING id"
)
_LISTED: Final = "SELECT * FROM hmi.delivery ORDER BY id, station"


class Down:
    """A station's side, over the connection that it has. Raises ServerAway, Unwelcome."""

    def __init__(self, db: psycopg.Connection[Any], station: int) -> None:
        self._db = db
        self._station = station

    def new(self, plant: str, name: str, known: Collection[int]) -> Published | None:
        """The first that is there for this station and is not known to it; one at a time, for files may be large."""
        with asking(), self._db.transaction():
            self._db.execute("SET LOCAL statement_timeout = '10min'")  # on a slow line it takes its time
            row = self._db.execute(_NEW, (plant, name, list(known)), binary=True).fetchone()
        return None if row is None else Published(*row)

    def withdrawn(self, waiting: Collection[int]) -> list[int]:
        """Those of these that were taken back meanwhile."""
        if not waiting:
            return []
        with asking():
            return [row[0] for row in self._db.execute(_WITHDRAWN, (list(waiting),)).fetchall()]

    def tell(self, published: int, state: str, said: str) -> None:
        """Say what became of one."""
        with asking():
            self._db.execute(_SAID, (self._station, published, state, said))


class Offer(NamedTuple):
    """What somebody wants to publish."""

    kind: str
    plant: str
    station: str
    name: str
    version: str
    why: str
    file: bytes
    signature: str


class Publishing:
    """A publisher's connection; belongs to one thread. Raises HmiError in words."""

    def __init__(self, url: str, password: str = "") -> None:
        self._db = connected(url, password)

    def close(self) -> None:
        """Hang up."""
        self._db.close()

    def publish(self, offers: list[Offer]) -> list[int]:
        """Put all of them there, or none; gives their numbers."""
        with asking(), self._db.transaction():
            return [self._publish(offer) for offer in offers]

    def _publish(self, offer: Offer) -> int:
        *facts, file, signature = offer
        row = self._db.execute(_PUBLISH, (*facts, file, file, signature)).fetchone()
        assert row is not None
        return int(row[0])

    def listed(self) -> list[dict[str, Any]]:
        """What was published, a row for each station that says something of it."""
        with asking():
            cursor = self._db.execute(_LISTED)
            names = [column.name for column in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def withdraw(self, published: int) -> None:
        """Take one back: stations that have not agreed to it yet do not use it. Raises HmiError where there is none."""
        with asking():
            done = self._db.execute(
                "UPDATE hmi.published SET withdrawn = now() WHERE id = %s AND withdrawn IS NULL", (published,)
            )
        if done.rowcount != 1:
            raise HmiError(f"there is no {published} on the plant server, or it was withdrawn before")
