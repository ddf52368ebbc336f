"""Releases out of the journal."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hmi.clock import HandClock
from hmi.core.steps.events import Signature
from hmi.core.steps.kept import procedure_record
from hmi.core.steps.model import Procedure
from hmi.core.steps.procedure import key_of
from hmi.core.steps.releases import Deed, record_of
from hmi.store.jobs_releases import ReleaseReader
from hmi.store.store import Store
from tests.store.made import MIDNIGHT, TAGS


def deed(instruction: str, state: str) -> Deed:
    told = {"title": "T", "revision": "1", "digest": "aa", "time_ns": 1, "user": "bea"}
    return Deed(state=state, instruction=instruction, signature=Signature("Bea", "approved", 1, "d"), **told)


def procedure(instruction: str, digest: str, release: str = "draft") -> Procedure:
    sources = {instruction: digest}
    return Procedure(instruction=instruction, title="T", revision="1", sources=sources, steps=(), release=release)


def test_where_there_is_no_journal_nothing_was_signed(tmp_path: Path) -> None:
    reader = ReleaseReader(tmp_path)
    assert (reader.deeds(), reader.revisions("cip")) == ({}, [])


def test_signatures_by_instruction_and_texts_each_once(tmp_path: Path) -> None:
    some = [
        procedure("cip", "aa"),
        procedure("cip_x", "cc"),
        procedure("cip", "bb"),
        procedure("cip", "bb", "released"),
    ]
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        for one in (deed("cip", "reviewed"), deed("start", "reviewed"), deed("cip", "released")):
            store.record(record_of(one, "desk", "window"))
        for number, one in enumerate(some):
            store.record(procedure_record(key_of(one), one, number)).result(20)
    reader = ReleaseReader(tmp_path)
    assert {name: [one.state for one in found] for name, found in reader.deeds().items()} == {
        "cip": ["reviewed", "released"],
        "start": ["reviewed"],
    }
    found = reader.revisions("cip")
    assert [(one.procedure.sources["cip"], one.procedure.release) for one in found] == [
        ("bb", "released"),
        ("aa", "draft"),
    ]
    assert [one.key for one in found] == [key_of(some[3]), key_of(some[0])]


@pytest.mark.expect_log("cannot be read")
def test_one_that_cannot_be_read_does_not_count(tmp_path: Path) -> None:
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        store.record(msgspec.structs.replace(record_of(deed("cip", "released"), "", ""), value="{}"))
        store.record(record_of(deed("cip", "reviewed"), "", "")).result(20)
    assert [one.state for one in ReleaseReader(tmp_path).deeds()["cip"]] == ["reviewed"]
