"""Reading back from a real server's own history."""

import time

import numpy as np
import pytest
from asyncua import Client, ua

from hmi.core.batch import FLAG_BACKFILLED, join
from hmi.core.tags import Tag
from hmi.drivers import opcua_history
from hmi.drivers.opcua_history import History, Missed, Stretch, missed_of
from tests.drivers.devices import Device

COUNTER = Tag(0, "a.counter", "plc", "ns=2;s=Counter", "int64")
PLAIN = Tag(1, "a.plain", "plc", "ns=2;s=Plain", "float64")
ABSENT = Tag(2, "a.absent", "plc", "ns=2;s=Absent", "float64")
NODES = {0: ua.NodeId("Counter", 2), 1: ua.NodeId("Plain", 2), 2: ua.NodeId("Absent", 2)}
S = 10**9


@pytest.fixture(scope="module")
def recorder():
    device = Device("history_opcua")
    device.start()
    yield device
    device.kill()


async def read_back(recorder, *wanted: Missed, times: int = 1):
    """What the server gives of these, and what it was asked."""
    batches = []
    client = Client(recorder.address)
    client.session_timeout = 60_000
    async with client:
        history = History(client.uaclient.session, batches.append, time.time_ns)
        for _ in range(times):
            await history.backfill(wanted)
    return history, join(batches)


def missed(tag: Tag, *spans: tuple[float, float]) -> Missed:
    """Stretches of a tag between so many seconds ago."""
    now = time.time_ns()
    stretches = tuple(Stretch(tag.index, now - round(a * S), now - round(b * S)) for a, b in spans)
    return Missed(tag, NODES[tag.index], stretches)


@pytest.fixture(scope="module", autouse=True)
def four_seconds(recorder):
    """The server has recorded for so long."""
    begun = time.monotonic()
    while time.monotonic() < begun + 4:
        time.sleep(0.1)


async def test_every_value_of_a_stretch_comes_once_in_order_and_marked(recorder):
    wanted = [missed(tag, (3, 1.5)) for tag in (COUNTER, PLAIN, ABSENT)]
    spans = [(one.stretches[0].after_ns, one.stretches[0].before_ns) for one in wanted]
    history, batch = await read_back(recorder, *wanted, times=2)  # what is there is not read back again
    rows = batch.rows
    assert (history.values, history.refused) == (len(rows), 0)
    assert len(rows) > 10
    assert set(np.diff(rows["raw"])) == {1}  # nothing missing, nothing twice
    assert (rows["flags"] & FLAG_BACKFILLED).all()
    assert ((rows["time"] > spans[0][0]) & (rows["time"] < spans[0][1])).all()
    assert set(rows["tag"]) == {0}
    counter, plain, absent = (one.stretches[0] for one in wanted)
    assert (counter.whole, counter.values, counter.none) == (True, len(rows), False)
    assert plain.none and absent.none


async def test_of_several_stretches_only_what_is_within_them_comes(recorder):
    wanted = missed(COUNTER, (3.5, 3.0), (2.9, 2.3), (2.2, 1.5))
    spans = [(one.after_ns, one.before_ns) for one in wanted.stretches]
    _, batch = await read_back(recorder, wanted)
    times = batch.rows["time"]
    assert all(any(after < stamp < before for after, before in spans) for stamp in times.tolist())
    assert all(one.whole and one.values > 3 for one in wanted.stretches)
    assert (np.diff(times) > 0).all()


async def test_a_history_that_is_not_yet_as_far_is_not_whole(recorder):
    wanted = missed(COUNTER, (3, -60))
    await read_back(recorder, wanted)
    (stretch,) = wanted.stretches
    assert stretch.values > 10 and not stretch.whole
    assert stretch.after_ns > time.time_ns() - 10 * S  # what is read the next time begins there


async def test_a_long_stretch_is_read_page_by_page(recorder, monkeypatch):
    monkeypatch.setattr(opcua_history, "PAGE", 7)
    history, batch = await read_back(recorder, missed(COUNTER, (3, 1.5)))
    assert history.values > 14
    assert set(np.diff(batch.rows["raw"])) == {1}


async def test_a_server_that_never_ends_is_left(recorder, monkeypatch):
    monkeypatch.setattr(opcua_history, "PAGE", 3)
    monkeypatch.setattr(opcua_history, "PAGES", 2)
    history, batch = await read_back(recorder, missed(COUNTER, (3, 1.5)))
    assert history.refused == 1
    assert len(batch) == 5  # the second page begins with the last value of the first


def test_stretches_go_by_tag_and_by_time():
    late, early, other = Stretch(0, 50, 60), Stretch(0, 10, 20), Stretch(2, 5, 9)
    found = missed_of([late, other, early], {0: COUNTER, 2: ABSENT}, {0: NODES[0]})
    assert [(one.tag, one.stretches) for one in found] == [(COUNTER, (early, late))]  # of the other there is no node
    assert found[0].span[0] == 10 and found[0].span[1] > 60
