"""Whether the window ran: what lies ready on the link after a sleep must not be taken for news."""

from hmi.client.outages.asleep import ASLEEP_S, Asleep
from hmi.core import quality as q


def test_a_window_that_looks_often_does_not_sleep(clock):
    asleep = Asleep(clock)
    clock.advance(60)  # it was being made
    for _ in range(100):
        assert not asleep.look()
        clock.advance(ASLEEP_S - 0.1)


def test_a_sleep_is_noticed_once(clock):
    asleep = Asleep(clock)
    asleep.look()
    clock.advance(600)
    assert asleep.look()
    assert not asleep.look()


def test_values_from_before_the_sleep_are_never_taken_for_live(wire, engine, clock):
    """They lie ready on the link as the window wakes up, and nobody but the clock says that they are old."""
    wire.asleep = Asleep(clock).look
    wire.start()
    wire.tick()
    mirror, seen = wire.mirror, []
    engine.set({"tank.level": 40.0})
    wire.plant_changed.connect(lambda plant: seen.append("plant"))
    wire.link_changed.connect(lambda: seen.append((wire.state, bool(q.is_good(mirror.table.quality).any()))))
    clock.advance(600)  # 40 % was on its way when the tablet was closed
    wire.tick()
    assert seen[0] == ("away", False)  # stale before anything else
    assert wire.state == "linked"  # asked anew at once, and everything told as it is now
    assert mirror.table.value[0] == 40.0
