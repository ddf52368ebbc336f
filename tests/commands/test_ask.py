import numpy as np
import pytest

from hmi.commands import ask
from hmi.core import quality as q
from hmi.core.batch import FLAG_TEXT, ROW, Batch
from tests.engine.toy import plant

NOW = 1_772_000_000_000_000_000


def row(batch):
    return next(iter(ask.told(plant(), batch, NOW + 10**9)))


def test_a_value_is_told_with_quality_age_and_time():
    told = row(Batch.of([0], [42.5], NOW, NOW))
    assert told == {
        "tag": "a.level",
        "value": 42.5,
        "unit": "%",
        "quality": 0,
        "quality_word": "good",
        "reason": "good",
        "time": "2026-02-25T06:13:20.000000000Z",
        "age_s": 1.0,
    }


@pytest.mark.parametrize(("number", "tag", "value"), [(np.nan, 0, None), (1.0, 2, True), (0.0, 2, False)])
def test_values_by_type(number, tag, value):
    assert row(Batch.of([tag], [number], NOW, NOW))["value"] is value


def test_text_and_a_bad_value_on_one_line():
    rows = np.zeros(1, ROW)
    rows["tag"], rows["flags"], rows["value"] = 3, FLAG_TEXT, np.nan
    assert " LOT-7 " in ask.line_of(row(Batch(rows, ("LOT-7",))))
    line = ask.line_of(row(Batch.of([0], [42.5], NOW, NOW, quality=q.BAD_SENSOR_FAILURE)))
    assert "????" in line and "42" not in line and "sensor failure" in line
