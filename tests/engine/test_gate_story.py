"""The gate under any order of wishes, answers and values: what it promises holds in all of them."""

import asyncio
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core import expr
from hmi.core.policy import Interlock, Policy
from hmi.drivers.driver import WriteResult
from hmi.engine.gate import Gate, Wish
from tests.engine.toy import TAGS, ToyStation

LEVEL, SPEED, RUN = range(3)
STEP, PER_MINUTE = 10.0, 2
STOPPED = Interlock(expr.compile("not a.run", {tag.name: tag.index for tag in TAGS}), "The machine runs")
POLICIES = (
    Policy(max_step=STEP, interlocks=(STOPPED,)),
    Policy(max_step=STEP, max_per_min=PER_MINUTE, interlocks=(STOPPED,)),
)


class Device:
    """A controller that does what it is told or not, whose answers may get lost, and that tells its values late."""

    def __init__(self, station):
        self.station = station
        self.holds = {SPEED: 20.0, RUN: 0.0}
        self.does = "confirmed"
        self.busy = set()
        self.taken = []  # (monotonic s, from, to)
        station.driver.write = self.write
        self.tell()

    def tell(self):
        for tag, value in self.holds.items():
            self.station.values(tag, value)

    async def write(self, tag, value):
        assert tag.index not in self.busy, "two writes to one tag at once"
        self.busy.add(tag.index)
        does = self.does
        assert self.station.tick.table.value[RUN] == 0, "written although the interlock does not hold"
        self.taken.append((self.station.clock.monotonic(), self.holds[SPEED], value))
        await asyncio.sleep(0)
        if does in ("confirmed", "lost answer"):
            self.holds[tag.index] = value
        await asyncio.sleep(0)
        self.busy.discard(tag.index)
        outcome = {"confirmed": "confirmed", "refuses": "refused"}.get(does, "unknown")
        return WriteResult(outcome, does, value if outcome == "confirmed" else None)


NEAR = st.sampled_from([-20.0, -10.0, -5.0, 5.0, 10.0, 20.0])  # from what a person believes it to be
ACTS = st.one_of(
    st.tuples(st.just("done"), NEAR),  # a wish whose end is waited for
    st.tuples(st.just("done"), NEAR),
    st.tuples(st.just("wish"), NEAR),
    st.tuples(st.just("does"), st.sampled_from(["confirmed", "confirmed", "refuses", "lost answer", "lost wish"])),
    st.tuples(st.just("tell"), st.just(0)),
    st.tuples(st.just("later"), st.sampled_from([0.1, 21.0, 61.0])),
    st.tuples(st.just("run"), st.sampled_from([0.0, 0.0, 1.0])),
    st.tuples(st.just("turn"), st.integers(1, 3)),
)


async def tell_story(policy, acts):
    station = ToyStation(policies={SPEED: (policy,)})
    device = Device(station)
    gate = Gate(station.plant, station.tick.table, station.poller, station.clock, station.record)
    tasks, believed = [], 20.0
    for what, how in acts:
        match what:
            case "wish" | "done":
                believed = min(max(believed + how, 0.0), 60.0)
                wish = Wish("a.speed", believed, f"wish {len(tasks)}", "eve", "desk", "test")
                tasks.append(asyncio.get_running_loop().create_task(gate.write(wish)))
                if what == "done" and (await tasks[-1]).outcome != "confirmed":
                    believed = float(station.tick.table.value[SPEED])
            case "does":
                device.does = how
            case "tell" if not device.busy:
                device.tell()
            case "later":
                station.clock.advance(how)
            case "run":
                device.holds[RUN] = how
                station.values(RUN, how)
            case "turn":
                for _ in range(how):
                    await asyncio.sleep(0)
    return station, device, await asyncio.gather(*tasks)


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(POLICIES), st.lists(ACTS, min_size=8, max_size=40))
def test_its_promises_hold_in_every_story(policy, acts):
    station, device, outcomes = asyncio.run(tell_story(policy, acts))
    for _, before, after in device.taken:
        assert abs(after - before) <= STEP, "a step larger than allowed reached the controller"
    times = [time for time, *_ in device.taken]
    for first, last in zip(times, times[policy.max_per_min or 1000 :], strict=False):
        assert last - first >= 60.0, "more writes in a minute than allowed"
    sent = [result for result in outcomes if result.outcome != "refused" or result.code == "device"]
    assert len(sent) == len(device.taken)
    by_wish = sorted(station.records, key=lambda record: int(record.why.removeprefix("wish ")))
    for number, (_, records) in enumerate(groupby(by_wish, key=lambda record: record.why)):
        events = [record.event for record in records]
        assert events in ([outcomes[number].outcome], ["requested", outcomes[number].outcome])
        assert (len(events) == 2) or outcomes[number].outcome == "refused"
