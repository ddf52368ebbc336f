"""Blocks as rows again: every sample of the tags that are wanted, as it was recorded."""

from __future__ import annotations

from pathlib import Path

from hmi.core.outgoing import Shipment
from hmi.store.outbox import Outbox
from hmi.store.query import Reader
from hmi.store.unpacked import samples_of
from tests.store.made import MIDNIGHT, bits
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
