from dataclasses import replace

import pytest

from hmi.core.tags import Tag
from hmi.sim.generic import Generic
from hmi.sim.line import Line
from hmi.sim.signals import Process, engineering, raw_of

TAG = Tag(0, "a.level", "plc", "x", "float64")


@pytest.mark.parametrize("process", [Line(), Generic([TAG])], ids=["line", "generic"])
def test_a_process_lives_is_read_by_name_and_ignores_what_it_does_not_know(process: Process):
    process.step(0.25)
    values = process.read()
    assert values
    assert all(isinstance(value, float | int | bool | str) for value in values.values())
    process.write("nothing.of.this.name", 1.0)
    assert process.read().keys() == values.keys()
    assert set(process.bad()) <= values.keys()


def test_a_scaled_tag_is_raw_in_the_device():
    tag = replace(TAG, scale=0.1, offset=-40.0)
    assert raw_of(tag, 20.0) == pytest.approx(600.0)
    assert engineering(tag, 600) == pytest.approx(20.0)


def test_an_unscaled_integer_stays_exact():
    assert engineering(TAG, raw_of(TAG, 2**63 - 1)) == 2**63 - 1
