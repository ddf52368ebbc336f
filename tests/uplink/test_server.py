"""One connection to the plant server: what it takes, and what it says when it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest

from hmi.core.journal import Record
from hmi.core.outgoing import NumberedRecord
from hmi.uplink.faults import Poison, ServerAway
from hmi.uplink.schema import WrongSchema
from hmi.uplink.server import PlantServer
from tests.uplink.cluster import Cluster


def record(number: int, **more: object) -> NumberedRecord:
    made = Record(**{"time_ns": 10**18, "category": "alarm", "event": "raised", "subject": "a", **more})  # type: ignore[arg-type]
    return NumberedRecord(number, made, bytes([number]) * 32)


@pytest.fixture
def reach(url: str) -> Iterator[Callable[..., PlantServer]]:
    """Connect, as often as a test likes; hung up with it."""
    made: list[PlantServer] = []

    def connect(address: str = url) -> PlantServer:
        made.append(PlantServer(address))
        return made[-1]

    yield connect
    for one in made:
        one.close()


def test_a_station_is_known_again_by_its_key(reach: Callable[..., PlantServer]):
    first = reach().introduce("k1", "desk 1", "toy", "1.0")
    server = reach()
    server.introduce("k1", "desk one", "toy", "1.1")
    server.put_records([record(1), record(2)])
    again = reach().introduce("k1", "desk one", "toy", "1.1")
    assert (again.station, again.record, again.hash) == (first.station, 2, bytes([2]) * 32)
    assert reach().introduce("k2", "desk 1", "toy", "1.0").station != first.station
    server.alive()


def test_a_record_is_taken_once_whoever_sends_it(reach: Callable[..., PlantServer]):
    one, other = reach(), reach()
    one.introduce("k", "a", "toy", "1")
    other.introduce("k", "a", "toy", "1")
    one.put_records([record(1)])
    with pytest.raises(Poison, match="another station sends under the same key"):
        other.put_records([record(1)])


def test_odd_records_arrive(url: str, reach: Callable[..., PlantServer]):
    server = reach()
    server.introduce("k", "a", "toy", "1")
    odd = [
        record(1, value=float("nan"), limit=float("inf"), subject="zero\0byte", user="\u202e"),
        record(2, time_ns=2**63 - 1),
        record(3, time_ns=-(2**63), value="x" * 100_000),
        record(4, quality=2**32 - 1, occurrence=2**40),
    ]
    server.put_records(odd)
    with psycopg.connect(url) as db:
        rows = db.execute('SELECT subject, value, "limit", length(value_text) FROM hmi.record ORDER BY id').fetchall()
    assert rows[0][0] == "zero\ufffdbyte" and rows[0][1] != rows[0][1] and rows[0][2] == float("inf")
    assert rows[2][3] == 100_000


def test_a_server_without_our_tables_is_refused(bare: str):
    with pytest.raises(WrongSchema, match="hmi server init"):
        PlantServer(bare)


def test_a_server_that_goes_is_away_and_nothing_else(own_cluster: Cluster):
    server = PlantServer(own_cluster.url())
    server.introduce("k", "a", "toy", "1")
    own_cluster.kill()
    with pytest.raises(ServerAway) as away:
        server.put_records([record(1)])
    assert "\n" not in str(away.value)
    server.close()


@pytest.mark.parametrize(
    "address", ["postgresql://u@h:99999/d", "postgresql://u@[::bad/d", "nonsense", "postgresql://u@127.0.0.1:1/d"]
)
def test_addresses_that_lead_nowhere_are_one_line(address: str):
    with pytest.raises(ServerAway) as away:
        PlantServer(address)
    assert "\n" not in str(away.value)
