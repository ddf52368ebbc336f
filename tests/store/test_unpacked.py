"""Blocks as rows again: every sample of the tags that are wanted, as it was recorded."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from hmi.core.outgoing import Shipment
from hmi.core.quality import BAD
from hmi.store import minutes
from hmi.store.outbox import Outbox
from hmi.store.query import Reader
from hmi.store.unpacked import minutes_of, samples_of
from tests.store.made import HOUR, MIDNIGHT, bits
from tests.store.test_minutes import hour_of
from tests.uplink.recorded import record_hours


def shipments(folder: Path) -> list[Shipment]:
    record_hours(folder, 2, MIDNIGHT)
    return list(Outbox(folder).shipments({}, 3000))


def test_samples_are_those_that_were_recorded(tmp_path: Path):
    found: dict[str, list[object]] = {}
    for shipment in shipments(tmp_path):
        for block, samples in samples_of(shipment, lambda name: name != "b.count", lambda *_: None):
            assert len(samples) == block.n
            found.setdefault(samples.tag, []).extend(bits(samples))
    assert sorted(found) == ["a.level", "a.state"]
    reader = Reader(tmp_path)
    for name, rows in found.items():
        assert rows == bits(reader.samples([name], 0, 2**62)[0])
    reader.close()


def test_a_block_that_cannot_be_read_is_left_out_and_told(tmp_path: Path):
    told: list[tuple[str, str]] = []
    for shipment in shipments(tmp_path):
        broken = shipment._replace(blocks=tuple(one._replace(data=b"\1\1xxxxnonsense") for one in shipment.blocks))
        assert list(samples_of(broken, lambda _: True, lambda *what: told.append(what))) == []
    assert {name for name, _ in told} == {"a.level", "a.state", "b.count"}
    assert all("block" in why for _, why in told)


def test_minutes_of_an_hour_in_which_not_all_was_good_are_left_out():
    good = hour_of(np.round(np.sin(np.arange(3600)), 1))
    bad = replace(good, quality=np.where(np.arange(3600) < 99, BAD, 0).astype(np.uint32))
    blobs = [minutes.pack(samples) or b"" for samples in (good, bad, good)]
    starts = MIDNIGHT + np.arange(3) * HOUR
    place, start, count, low, *_ = minutes_of(blobs, starts)
    assert place.tolist() == [0] * 60 + [2] * 60
    assert start[[0, 60]].tolist() == [starts[0], starts[2]]
    assert count.sum() == 7200
    assert not np.isnan(low).any()
    assert [len(column) for column in minutes_of(blobs[1:2], starts[1:2])] == [0] * 7
