"""Blocks made into rows on the server: each once, whoever asks how often."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from hmi.core.history import Samples
from hmi.engine.forward import Forward
from hmi.store.codec import decode_times
from hmi.store.unpacked import decoded
from hmi.uplink import expand
from hmi.uplink.expand import Expanding
from tests.store.made import HOUR, MIDNIGHT
from tests.uplink.recorded import record_hours
from tests.uplink.sending import expect_rows, hasty, sending, until_current  # noqa: F401


def decode(data: bytes | None, stamps: bytes, n: int, first: float | None) -> Samples:
    return decoded(data, decode_times(stamps, n), first)


@pytest.fixture
def folder(tmp_path: Path, url: str, sending: Callable[..., Forward]) -> Path:  # noqa: F811
    """Four hours that are on the server as blocks, but for one tag that is there as rows."""
    record_hours(tmp_path, 4, MIDNIGHT)
    until_current(sending(tmp_path, url, rows=("a.state",)), tmp_path, url)
    return tmp_path


def test_all_of_it_in_several_steps(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(expand, "MOST_ROWS", 500)
    with closing(Expanding(url)) as there:
        tags = [one.number for one in there.tags()]
        assert [one.name for one in there.tags()] == ["a.level", "a.state", "b.count"]
        steps = list(there.expand(tags, -(2**63), 2**63 - 1, decode))
        assert len(steps) == 8 and sum(rows for _, rows in steps) == 2880
        assert list(there.expand(tags, -(2**63), 2**63 - 1, decode)) == []
    expect_rows(folder, url, "a.level", "a.state", "b.count")


def test_a_stretch_of_one_tag_and_two_who_ask_at_once(folder: Path, url: str):
    with closing(Expanding(url)) as one, closing(Expanding(url)) as other:
        (level,) = [tag.number for tag in one.tags() if tag.name == "a.level"]
        first = one.expand([level], MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, decode)
        second = other.expand([level], MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR, decode)
        assert list(first) == [(1, 360)]
        assert list(second) == []


def test_a_block_that_cannot_be_read_stays_one(folder: Path, url: str):
    def broken(data: bytes | None, stamps: bytes, n: int, first: float | None) -> Samples:
        raise ValueError("damaged")

    with closing(Expanding(url)) as there:
        tags = [one.number for one in there.tags()]
        assert list(there.expand(tags, -(2**63), 2**63 - 1, broken)) == [(0, 0)]
        assert sum(rows for _, rows in there.expand(tags, -(2**63), 2**63 - 1, decode)) == 2880
