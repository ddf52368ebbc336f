"""The checks of the program: what the base bundle and an update must pass, by these names."""

from hmi.selftest.program import CHECKS


def test_every_part_that_a_plant_relies_on_has_a_check():
    names = [check.name for check in CHECKS]
    values = ["modbus", "opc ua", "secure channel", "alarm", "history", "journal"]
    assert names == ["letters", "window", *values, "paper", "20000 updates"]
