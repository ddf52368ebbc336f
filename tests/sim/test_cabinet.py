from hmi.sim.cabinet import FAN_FAILED, TEMPERATURE, Cabinet


def measured(cabinet):
    out = {}
    cabinet.signals(out)
    return out


def test_it_stays_cool_with_its_fan_and_warms_within_minutes_without():
    cabinet = Cabinet()
    cabinet.step(600)
    assert measured(cabinet) == {FAN_FAILED: False, TEMPERATURE: 34.0}
    cabinet.fan_failed = True
    for _ in range(60):
        cabinet.step(1.0)
    assert 50 < measured(cabinet)[TEMPERATURE] < 60
    cabinet.fan_failed = False
    for _ in range(600):
        cabinet.step(1.0)
    assert measured(cabinet)[TEMPERATURE] < 35
