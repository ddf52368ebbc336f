from types import SimpleNamespace

from hmi.core import quality as q
from hmi.engine.report import Reporter
from tests.engine.toy import ToyStation

DISK = SimpleNamespace(stored=5, waiting=1, lost=0, fault="", disk_free_mb=900.0)


def made():
    station = ToyStation()
    return station, Reporter(station.plant, station.tick.table, station.poller, DISK, station.clock)


def test_counts_tell_current_values_from_those_that_cannot_be_had():
    station, reporter = made()
    station.values(0, 1.0)
    station.values(1, 1.0, quality=q.BAD_SENSOR_FAILURE)
    assert reporter.counts() == (2, 4, 1)  # the level and what is derived from it


def test_health_names_age_rate_and_disk():
    station, reporter = made()
    station.values(0, 1.0)
    reporter.look()
    station.driver.health.values += 100
    station.clock.advance(2.0)
    reporter.look()
    health = reporter.health(3)
    row = health.connections[0]
    assert (row.id, row.state, row.values_per_s, row.age_s) == ("plc", "live", 50.0, 2.0)
    assert (health.clients, health.samples_stored, health.disk_free_mb) == (3, 5, 900.0)


def test_a_connection_never_heard_of_has_no_age():
    _, reporter = made()
    assert reporter.health(0).connections[0].age_s == -1.0


def test_status_names_missing_tags_with_their_reason():
    station, reporter = made()
    station.driver.health.missing[1] = "no such node"
    body = reporter.status(0)
    assert body["missing_tags"] == {"a.speed": "no such node"}
    assert body["plant"] == "toy"
    assert "MainThread" in body["threads"]
