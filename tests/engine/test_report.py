from types import SimpleNamespace

from hmi.core import quality as q
from hmi.core.properties import Properties
from hmi.engine.report import Reporter
from hmi.link.messages import PropertyRow
from tests.engine.toy import ToyStation

ROOM = SimpleNamespace(warning="", text="4.1 GB in 31 days")
DISK = SimpleNamespace(stored=5, waiting=1, lost=0, fault="", disk_free_mb=900.0, room=ROOM)


def test_health_tells_the_room_that_history_has():
    _, reporter = made()
    assert (reporter.health(0).history_room, reporter.health(0).store_note) == ("4.1 GB in 31 days", "")


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


def test_what_devices_say_of_their_tags_is_told_and_where_the_files_say_otherwise():
    station, reporter = made()
    station.driver.health.properties = {4: Properties(names={0: "empty"}), 0: Properties(0.0, 80.0, "%")}
    station.driver.health.told = 2
    differs = "the tag list says range 0 to 100, the device 0 to 80: the tag list is used"
    assert reporter.properties() == [
        PropertyRow("a.level", 0.0, 80.0, "%", differs=differs),
        PropertyRow("a.count", names={0: "empty"}),
    ]
    assert reporter.status(0)["differing_tags"] == {"a.level": differs}
    assert reporter.health(0).told == 2


def test_status_names_missing_tags_with_their_reason():
    station, reporter = made()
    station.driver.health.missing[1] = "no such node"
    body = reporter.status(0)
    assert body["missing_tags"] == {"a.speed": "no such node"}
    assert body["plant"] == "toy"
    assert "MainThread" in body["threads"]


def test_health_names_requests_gaps_and_the_other_addresses():
    station, reporter = made()
    health = station.driver.health
    reporter.look()
    for milliseconds in range(1, 101):
        health.asked(milliseconds / 1000)
    health.gaps, health.address = 2, "opc.tcp://standby:4840"
    station.values(1, 1.0, quality=q.BAD_SENSOR_FAILURE)
    station.clock.advance(2.0)
    reporter.look()
    row = reporter.health(0).connections[0]
    assert (row.requests_per_s, row.gaps, row.address) == (50.0, 2, "opc.tcp://standby:4840")
    assert (round(row.request_p50_ms), round(row.request_p99_ms), round(row.request_ms)) == (50, 99, 100)
    assert row.backup == (station.plant.connections[0].address,)
    assert row.bad == len(station.plant.tags_of("plc"))  # one of the sensor, the rest not heard yet


def test_a_connection_s_row_names_the_server_in_use_its_level_and_what_protects_it():
    station, reporter = made()
    row = reporter.health(0).connections[0]
    assert (row.address, row.service_level, row.security, row.revised) == ("opc.tcp://x:1", None, "", {})
    health = station.driver.health
    health.address, health.service_level, health.security = "opc.tcp://y:1", 200, "none"
    health.revised["queue"] = 3
    row = reporter.health(0).connections[0]
    assert (row.address, row.service_level, row.security, row.revised) == ("opc.tcp://y:1", 200, "none", {"queue": 3})
