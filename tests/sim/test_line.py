import pytest

from hmi.sim import packml
from hmi.sim.line import Line
from tests.sim.stage import tags

DT = 0.25
COUNTERS = [
    f"line1.{machine}.count.{count}" for machine in ("filler", "capper", "labeller") for count in ("infeed", "good")
]
COUNTERS += ["line1.palletiser.count.infeed", "line1.palletiser.count.palletised", "line1.palletiser.count.pallets"]
COUNTERS += ["line1.order.produced", "line1.utilities.power.energy", "line1.utilities.water.total"]


def run(line: Line, seconds: float) -> None:
    for _ in range(round(seconds / DT)):
        line.step(DT)


def on_its_way(line: Line) -> int:
    """Bottles between the blow moulder and the palletiser."""
    return sum(belt.bottles for belt in line.belts)


@pytest.mark.parametrize("seed", [1, 7, 42])
def test_no_bottle_is_lost_or_made_in_an_hour(seed):
    line = Line(seed)
    begun = on_its_way(line)
    reject = sum(machine.reject for machine in line.machines)
    arrived = line.palletiser.infeed
    for _ in range(60):
        run(line, 60)
        lost = sum(machine.reject for machine in line.machines) - reject
        assert begun + line.supplied == on_its_way(line) + lost + line.palletiser.infeed - arrived
        between = line.to_palletiser.bottles + line.table2.bottles
        assert line.labeller.good == line.palletiser.infeed + between
        assert line.filler.good == line.capper.infeed + line.to_capper.bottles


def test_it_makes_about_what_it_is_set_to_and_counters_only_grow():
    line = Line()
    before = line.read()
    last = before
    for _ in range(3600 // 30):
        run(line, 30)
        now = line.read()
        assert all(now[name] >= last[name] for name in COUNTERS)
        last = now
    made = last["line1.order.produced"] - before["line1.order.produced"]
    assert 0.85 * 24_000 < made < 24_500


def test_the_same_seed_is_the_same_line_and_reading_does_not_change_it():
    one, other, third = Line(3), Line(3), Line(4)
    for _ in range(2400):
        one.step(DT)
        other.step(DT)
        third.step(DT)
        other.read()
    state = [(line.filler.volumes, line.filler.infeed, line.table1.bottles) for line in (one, other, third)]
    assert state[0] == state[1]
    assert state[0] != state[2]


def test_something_is_to_be_seen_within_half_a_minute():
    line = Line()
    first = line.read()
    fill, states = [], set()
    for _ in range(60):
        run(line, 0.5)
        now = line.read()
        fill.append(now["line1.table1.fill"])
        states.add(now["line1.labeller.state"])
    assert max(fill) - min(fill) > 5.0
    assert states >= {packml.EXECUTE, packml.HELD}
    assert now["line1.cip.step_name"] != first["line1.cip.step_name"]
    assert now["line1.palletiser.layer.current"] != first["line1.palletiser.layer.current"]


def test_every_tag_of_the_plant_is_played_and_within_its_range():
    line = Line()
    with_range = [tag for tag in tags() if tag.connection and tag.low is not None and tag.high is not None]
    assert {tag.name for tag in tags() if tag.connection} <= line.read().keys()
    for _ in range(900):
        run(line, 2)
        values = line.read()
        outside = [(tag.name, values[tag.name]) for tag in with_range if not tag.low <= values[tag.name] <= tag.high]
        assert outside == []


def test_the_line_speed_moves_every_machine():
    line = Line()
    line.write("line1.line.rate_sp", 12_000.0)
    run(line, 60)
    speeds = [machine.speed for machine in line.machines]
    assert speeds[0] == 12_000.0
    assert max(speeds) < 14_000.0


def test_line_stop_and_start_reach_every_machine():
    line = Line()
    line.write("line1.line.command", packml.STOP)
    run(line, 10)
    assert {machine.unit.state for machine in line.machines} == {packml.STOPPED}
    values = line.read()
    assert (values["line1.line.beacon.red"], values["line1.line.beacon.green"]) == (True, False)
    assert values["line1.line.command"] == 0
    line.write("line1.line.command", packml.START)
    run(line, 30)
    assert line.filler.unit.executing


def test_a_stopped_capper_blocks_the_filler_and_starves_the_palletiser_last():
    line = Line()
    line.write("line1.capper.command", packml.STOP)
    seen: dict[str, float] = {}
    for second in range(600):
        run(line, 1)
        for machine in line.machines:
            if machine.blocked or machine.starved:
                seen.setdefault(machine.name, second)
    assert list(seen) == ["line1.filler", "line1.labeller", "line1.palletiser"]
    assert seen["line1.filler"] < 20
    assert line.table1.bottles < 20


def test_writes_reach_machine_skid_belt_and_service():
    line = Line()
    line.write("line1.filler.tank.level_sp", 55.0)
    line.write("line1.cip.supply.flow_sp", 200.0)
    line.write("line1.conveyor.infeed.trim", 90.0)
    line.write("line1.utilities.chiller.reset", True)
    line.write("line1.order.target", 1)
    values = line.read()
    assert values["line1.filler.tank.level_sp"] == 55.0
    assert values["line1.cip.supply.flow_sp"] == 200.0
    assert values["line1.conveyor.infeed.trim"] == 90.0
    assert values["line1.utilities.chiller.reset"] is True
    assert values["line1.order.target"] > 1


def test_a_finished_order_is_followed_by_the_next():
    line = Line()
    first = line.read()
    line.labeller.good = 119_990
    run(line, 60)
    second = line.read()
    assert second["line1.order.number"] != first["line1.order.number"]
    assert second["line1.order.lot"] != first["line1.order.lot"]
    assert second["line1.order.produced"] < 1000
    run(line, 120)
    assert line.read()["line1.line.rate"] > 15_000
