from __future__ import annotations

import asyncio
import errno
import socket

import pytest

from hmi.clock import HandClock
from hmi.core.errors import DeviceError
from hmi.drivers import supervise
from hmi.drivers.driver import Health
from hmi.drivers.supervise import (
    ENDED,
    MOST_TOLD,
    Life,
    Misconfigured,
    Refused,
    RetryList,
    back_off_s,
    keep_connected,
    plain_reason,
    why_unreachable,
)
from tests.drivers.devices import free_port


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


def test_the_back_off_grows_to_two_seconds_and_to_thirty_for_the_long_dead():
    for _ in range(50):
        waits = [back_off_s(failures, 60.0) for failures in range(1, 9)]
        for wait, most in zip(waits, (0.4, 0.8, 1.6, 2, 2, 2, 2, 2), strict=True):
            assert most / 2 <= wait <= most + 1e-9
        assert 5.0 < back_off_s(9, 3601.0) <= 30.0
    assert len({back_off_s(4, 0.0) for _ in range(20)}) > 1  # jitter


@pytest.mark.expect_log("plc: gone")
def test_trouble_is_logged_when_it_starts_and_when_it_ends(clock: HandClock, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", "hmi.drivers")
    life = Life("plc", Health(), clock)
    life.live()
    clock.advance(60)
    for _ in range(20):
        life.down("gone")
        clock.advance(5)
    life.live()
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert "plc: gone" in caplog.records[0].message
    assert "live again after 100 s" in caplog.records[1].message


@pytest.mark.expect_log("plc: gone")
def test_a_connection_that_comes_and_goes_does_not_fill_the_log(clock: HandClock, caplog: pytest.LogCaptureFixture):
    caplog.set_level("INFO", "hmi.drivers")
    life = Life("plc", Health(), clock)
    for _ in range(40):  # 20 s
        life.down("gone")
        clock.advance(0.25)
        life.live()
        clock.advance(0.25)
    assert len(caplog.records) == 2 * MOST_TOLD
    for _ in range(12):
        life.down("gone")
        clock.advance(5)
    assert caplog.records[-1].levelname == "WARNING"  # trouble that stays is told in the end


def test_a_sign_of_life_ends_silence(clock: HandClock):
    health = Health()
    life = Life("plc", health, clock)
    life.silent("no answer")
    assert health.state == "connecting"
    life.live()
    life.silent("no answer")
    assert (health.state, health.reason) == ("silent", "no answer")
    clock.advance(3)
    life.heard()
    assert (health.state, health.reason, health.last_life) == ("live", "", clock.monotonic())


@pytest.mark.expect_log("plc: ", "bug in the driver")
async def test_sessions_follow_one_another(clock: HandClock, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervise, "BACK_OFF_S", (0.0,))
    health, seen, enough = Health(), [], asyncio.Event()
    life = Life("plc", health, clock)
    stray = asyncio.CancelledError()  # nobody cancelled this task: a library's limit met its answer
    ends = [DeviceError("cable out"), None, KeyError("bug"), stray, Misconfigured("no such driver")]

    async def session() -> None:
        seen.append((health.state, health.reason))
        end = ends[len(seen) - 1]
        if len(seen) == len(ends):
            enough.set()
        if end is not None:
            raise end

    async with asyncio.TaskGroup() as group:
        task = group.create_task(keep_connected(session, life, health))
        await enough.wait()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()  # it waits: no attempt can help
        task.cancel()
    reasons = [reason for _, reason in seen]
    assert reasons[:2] == ["", "cable out"]
    assert reasons[2] == ENDED
    assert "KeyError" in reasons[3]
    assert reasons[4] == ENDED
    assert (health.state, health.reason, health.reconnects) == ("down", "no such driver", 4)


@pytest.mark.expect_log("plc: wrong password")
async def test_what_was_refused_is_not_tried_again_at_once(clock: HandClock, monkeypatch: pytest.MonkeyPatch):
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            raise asyncio.CancelledError

    async def session() -> None:
        raise Refused("wrong password", 60.0 if len(waits) < 2 else 0.0)

    monkeypatch.setattr(supervise.asyncio, "sleep", note)
    with pytest.raises(asyncio.CancelledError):
        await keep_connected(session, Life("plc", health := Health(), clock), health)
    assert waits[:2] == [60.0, 60.0]
    assert waits[2] < 5.0
    assert health.reason == "wrong password"


def test_missing_tags_are_asked_for_after_10_30_and_60_seconds(clock: HandClock):
    retry = RetryList(clock)
    retry.add(7)
    for wait in (10, 30, 60, 60):
        clock.advance(wait - 0.1)
        assert retry.due() == set()
        clock.advance(0.2)
        assert retry.due() == {7}
        retry.add(7)
    retry.forget(7)
    clock.advance(100)
    assert retry.due() == set()


def test_the_system_s_complaints_in_plain_words():
    assert "refused by plc:502" in plain_reason(ConnectionRefusedError(errno.ECONNREFUSED, "no"), "plc:502")
    assert "no answer from plc:502" in plain_reason(TimeoutError(), "plc:502")
    assert "no route to host" in plain_reason(OSError(errno.EHOSTUNREACH, "No route to host"), "plc:502")


async def test_why_a_device_cannot_be_reached():
    port = free_port()
    assert f"refused by 127.0.0.1:{port}" in await why_unreachable("127.0.0.1", port)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert "no answer" in await why_unreachable("127.0.0.1", silent.getsockname()[1])
