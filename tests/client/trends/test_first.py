"""What a trend shows unasked."""

from hmi.client.trends.first import first_pens, first_span_s


def test_first_pens_are_analog_and_kept_in_history(engine):
    names = [engine.plant.tags[tag].name for tag in first_pens(engine.plant)]
    assert names == ["tank.level", "tank.temperature", "pump.speed"]


def test_an_engine_that_has_just_started_has_no_ten_minutes_to_show(desk, engine, clock):
    assert first_span_s(desk) == 600.0
    engine.health()  # started a minute ago
    desk.wire.tick()
    assert first_span_s(desk) == 120.0
    clock.advance(600)
    engine.health()
    desk.mirror.health = None
    assert first_span_s(desk) == 600.0
