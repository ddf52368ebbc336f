from hypothesis import given
from hypothesis import strategies as st

from hmi.sim.belts import Belt, Conveyor, Table

DT = 0.25


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=200))
def test_bottles_are_neither_lost_nor_made(steps):
    belt, table = Conveyor("c", 60, 3.0, 10), Table("t", 100, 20)
    came = went = 0
    for offered, wanted in steps:
        count = min(offered, belt.room)
        belt.put(count)
        came += count
        belt.pass_to(table, DT)
        taken = min(wanted, table.ready)
        table.take(taken)
        went += taken
        belt.step(DT)
        table.step(DT)
        assert 0 <= belt.ready <= belt.bottles <= belt.capacity
        assert 0 <= table.ready <= table.bottles <= table.capacity
    assert belt.bottles + table.bottles == 30 + came - went


def test_a_bottle_takes_its_time_and_arrives():
    belt = Conveyor("c", 300, 10.0, 0)
    belt.in_per_s = 0.0
    ready = []
    for _ in range(400):
        count = 2 if len(ready) < 40 else 0
        belt.put(count)
        ready.append(belt.ready)
        belt.step(DT)
    assert ready[39] < 80  # while they come, some are still on their way
    assert ready[-1] == belt.bottles == 80


def test_a_belt_that_stands_hands_nothing_on():
    belt = Belt("b", 100, 5.0, 50, 30.0)
    belt.running = False
    belt.in_per_s = 0.0
    assert belt.ready == 0
    assert belt.speed() == 0.0


def test_a_full_table_takes_nothing():
    belt, table = Conveyor("c", 60, 3.0, 60), Table("t", 100, 100)
    belt.in_per_s = 0.0
    belt.pass_to(table, DT)
    assert (belt.bottles, table.bottles) == (60, 100)


def test_the_trim_moves_the_belt_speed():
    belt = Conveyor("c", 60, 3.0, 0)
    before = belt.speed()
    belt.settings["trim"] = 110.0
    assert belt.speed() == before * 1.1
