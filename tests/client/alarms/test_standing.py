"""The alarms of the mirror in columns."""

import numpy as np
import pytest

from hmi.client.alarms.standing import STANDING, Standing
from hmi.link.messages import AlarmRow


def take(standing, *rows):
    return standing.take({row.rule: row for row in rows})


def order(standing, view=STANDING, state=""):
    return standing.order(standing.mask(view, state)).tolist()


def test_unacknowledged_first_then_priority_then_the_newest(engine):
    standing = Standing(engine.plant.rules)
    seen, waits, back = AlarmRow(0, "acknowledged"), AlarmRow(1, "unacknowledged"), AlarmRow(3, "latched-acknowledged")
    assert sorted(take(standing, seen, waits, back)) == [0, 1, 3]
    assert order(standing) == [1, 0, 3]
    assert order(standing, state="acknowledged") == [0]


def test_only_what_is_another_row_counts_as_changed(engine):
    standing = Standing(engine.plant.rules)
    one, two = AlarmRow(0, "acknowledged"), AlarmRow(1, "unacknowledged")
    take(standing, one, two)
    assert take(standing, one, two) == []
    assert take(standing, one, AlarmRow(1, "acknowledged")) == [1]
    assert take(standing, one) == [1]
    assert order(standing) == [0]


def test_one_that_comes_while_another_goes_is_told_with_it(engine):
    standing = Standing(engine.plant.rules)
    take(standing, AlarmRow(0, "acknowledged"))
    assert sorted(take(standing, AlarmRow(1, "acknowledged"))) == [0, 1]
    assert list(standing.rows) == [1]


def test_what_is_quiet_has_lists_of_its_own(engine):
    standing = Standing(engine.plant.rules)
    take(standing, AlarmRow(0, "shelved"), AlarmRow(1, "out-of-service"), AlarmRow(2, "suppressed-by-design"))
    assert order(standing) == []
    assert [standing.count(view) for view in ("shelved", "out-of-service", "suppressed-by-design")] == [1, 1, 1]


@pytest.mark.fault(rows=[33])
def test_ten_thousand_are_in_the_order_of_the_definition(engine):
    rules = [engine.plant.rules[n % 4] for n in range(10_000)]
    standing, rng = Standing(rules), np.random.default_rng(1)
    states = ("unacknowledged", "acknowledged", "returned-unacknowledged", "latched-acknowledged")
    rows = {n: AlarmRow(n, states[rng.integers(4)], raised_ns=int(rng.integers(99))) for n in range(10_000)}
    standing.take(rows)
    waits = {"unacknowledged", "returned-unacknowledged"}
    wanted = sorted(rows, key=lambda n: (rows[n].state not in waits, rules[n].priority, -rows[n].raised_ns, n))
    assert order(standing) == wanted
