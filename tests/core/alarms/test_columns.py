import numpy as np

from hmi.core.alarms import columns as c
from tests.core.alarms.stories import rule


def test_every_rule_of_a_row_is_found_in_row_order():
    columns = c.RuleColumns([rule(0, tag=2), rule(1, tag=0), rule(2, tag=2)], tag_count=3)
    row, found = columns.pairs(np.array([2, 1, 0, 2], np.uint32))
    assert row.tolist() == [0, 0, 2, 3, 3]
    assert found.tolist() == [0, 2, 1, 0, 2]


def test_a_plant_without_alarms_works():
    columns = c.RuleColumns([], tag_count=3)
    row, found = columns.pairs(np.array([0, 1], np.uint32))
    assert len(row) == len(found) == len(columns) == 0


def test_suppression_is_shown_before_the_state():
    alarms = c.AlarmColumns(1)
    alarms.state[0] = c.UNACKNOWLEDGED
    assert alarms.shown(0) == "unacknowledged"
    alarms.suppressed[0] = True
    assert alarms.shown(0) == "suppressed-by-design"
    assert alarms.standing().tolist() == [0]
