from hmi.core import quality as q
from hmi.engine.publish import Publisher
from hmi.link.messages import Alarms, Health, Hello, Values, Welcome, decode, encode
from tests.engine.toy import RULE, ToyStation


class Listener:
    """A client that may stop reading."""

    def __init__(self, stream=True):
        self.hello = Hello("token", stream=stream)
        self.backlog = 0
        self.heard = []

    def send(self, message):
        self.heard.append(message)

    def close(self, why):
        self.heard.append(why)

    def of(self, kind):
        found = [message for message in self.heard if isinstance(message, kind)]
        self.heard = [message for message in self.heard if not isinstance(message, kind)]
        return found


def made(*rules):
    station = ToyStation(*rules)
    publisher = Publisher(
        station.tick.table,
        station.tick.alarms,
        station.clock,
        lambda: Welcome(1, {}, {}, "d", 0),
        lambda: Health(station.clock.now_ns()),
    )
    return station, publisher


def test_a_new_client_is_told_everything_first():
    station, publisher = made(RULE)
    station.values(0, 95.0)
    listener = Listener()
    publisher.opened(listener)
    assert [type(message) for message in listener.heard] == [Welcome, Values, Alarms]
    assert listener.heard[1].snapshot and len(listener.heard[1].batch()) == 6
    assert listener.heard[2].rows[0].state == "unacknowledged"


def test_a_beat_tells_the_newest_value_of_what_changed_and_only_that():
    station, publisher = made()
    listener = Listener()
    publisher.opened(listener)
    station.values(1, 1.0, 2.0)
    station.values(1, 3.0)
    publisher.beat()
    publisher.beat()
    told = listener.of(Values)[1:]
    assert len(told) == 1
    assert told[0].batch().rows["value"].tolist() == [3.0]


def test_a_client_that_reads_slowly_gets_the_newest_values_later_and_costs_no_memory():
    station, publisher = made()
    slow, quick = Listener(), Listener()
    for listener in (slow, quick):
        publisher.opened(listener)
        listener.heard.clear()
    slow.backlog = 10**7
    for value in range(100):
        station.values(1, float(value))
        publisher.beat()
    assert len(quick.of(Values)) == 100
    assert slow.heard == []
    slow.backlog = 0
    publisher.beat()
    assert [message.batch().rows["value"].tolist() for message in slow.of(Values)] == [[99.0]]


def test_alarms_that_changed_are_told_with_the_beat():
    station, publisher = made(RULE)
    listener = Listener()
    publisher.opened(listener)
    listener.heard.clear()
    station.values(0, 95.0)
    publisher.beat()
    assert [row.state for message in listener.of(Alarms) for row in message.rows] == ["unacknowledged"]


def test_an_alarm_that_cannot_be_evaluated_goes_over_the_wire_as_such():
    station, publisher = made(RULE)
    station.values(0, 95.0)
    station.values(0, 95.0, quality=q.BAD_SENSOR_FAILURE)
    told = decode(encode(Alarms(publisher.alarm_rows(station.tick.alarms.standing()))))
    assert [row.cannot_evaluate for row in told.rows] == [True]


def test_a_sign_of_life_twice_a_second_and_none_for_whoever_left():
    station, publisher = made()
    listener, asker = Listener(), Listener(stream=False)
    publisher.opened(listener)
    publisher.opened(asker)
    for _ in range(20):
        publisher.beat()
        station.clock.advance(0.05)
    assert len(listener.of(Health)) == 2
    assert [type(message) for message in asker.heard] == [Welcome]
    publisher.closed(listener)
    publisher.closed(asker)
    assert len(publisher) == 0


def test_a_plant_that_is_shown_otherwise_is_told_to_each_client_once_it_keeps_up():
    station, publisher = made(RULE)
    station.values(0, 95.0)
    quick, slow, single = Listener(), Listener(), Listener(stream=False)
    for listener in (quick, slow, single):
        publisher.opened(listener)
        listener.heard.clear()
    slow.backlog = 10_000_000
    publisher.renew()
    publisher.beat()
    publisher.beat()
    assert [type(message) for message in quick.heard][:3] == [Welcome, Values, Alarms]
    assert len(quick.of(Welcome)) == 1
    assert quick.of(Values)[0].snapshot
    assert slow.heard == single.heard == []
    slow.backlog = 0
    publisher.beat()
    assert [type(message) for message in slow.heard][:3] == [Welcome, Values, Alarms]
