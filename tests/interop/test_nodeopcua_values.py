"""Values of a node-opcua server: type, value, quality and time exactly as that server says it holds them."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

import pytest

from hmi.core import quality as q
from hmi.core.batch import FLAG_TEXT
from hmi.core.plant.model import Connection
from hmi.core.properties import Properties
from hmi.core.tags import Tag
from hmi.drivers.rows import LONGEST_TEXT
from tests.drivers.devices import Running, running, tags_of
from tests.interop.peers import NodeOpcua

SCALARS = {
    "Boolean": "bool",
    "SByte": "int16",
    "Byte": "uint16",
    "Int16": "int16",
    "UInt16": "uint16",
    "Int32": "int32",
    "UInt32": "uint32",
    "Int64": "int64",
    "UInt64": "uint64",
    "Float": "float32",
    "Double": "float64",
    "NotANumber": "float64",
    "Infinite": "float64",
    "MinusInfinite": "float32",
    "MinusZero": "float64",
    "Denormal": "float64",
    "Vast": "float64",
    "String": "string",
    "Empty": "string",
    "NoString": "string",
    "Long": "string",
    "LocalizedText": "string",
}


@pytest.fixture
def server(tmp_path) -> Iterator[NodeOpcua]:
    """A server of this test's own: its values are changed."""
    server = NodeOpcua(tmp_path)
    server.start()
    yield server
    server.kill()


async def until_seeded(run: Running) -> None:
    """Live, and every tag told of at least once."""
    await run.until(lambda: run.driver.health.state == "live")
    await run.until(lambda: all(run.last(tag.address) is not None for tag in run.tags))


def node(name: str) -> str:
    return f"nsu=urn:interop:cell;s=Cell.{name}"


def tags(nodes: dict[str, str], **columns: Any) -> list[Tag]:
    return tags_of([(node(name), kind) for name, kind in nodes.items()], **columns)


def plc(server: NodeOpcua, **columns: Any) -> Connection:
    return Connection("device", "opcua", server.address, **columns)


def kept(text: str) -> str:
    """As much of a text as the station keeps."""
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"


def expect_held(run: Running, name: str, held: dict[str, Any]) -> None:
    """The newest row of a tag is what the server says it holds: quality, time and every bit of the value."""
    row = run.last(node(name))
    assert row is not None, name
    assert (int(row["quality"]), int(row["time"])) == (held["status"], held["source_ms"] * 1_000_000), name
    if run.tag(node(name)).is_text:
        assert int(row["flags"]) == FLAG_TEXT, name
        assert run.text(node(name)) == kept(held["value"] or ""), name
        assert math.isnan(row["value"]), name
        return
    assert int(row["flags"]) == 0, name
    wanted = float(held["value"])
    assert struct.pack("<d", row["value"]) == struct.pack("<d", wanted) or math.isnan(wanted), name
    assert math.isnan(row["value"]) == math.isnan(wanted), name
    if held["type"] not in ("Float", "Double"):
        assert int(row["raw"]) % 2**64 == int(held["value"]) % 2**64, name


async def test_every_scalar_type_is_what_the_server_holds(cell: NodeOpcua):
    async with running(plc(cell), tags(SCALARS)) as run:
        await until_seeded(run)
        held = cell.ask("dump")
        for name in SCALARS:
            expect_held(run, name, held[name])
        assert run.driver.health.missing == {}


async def test_every_status_code_comes_through_with_its_value(cell: NodeOpcua):
    codes = {name: "float64" for name in cell.ask("dump") if name.startswith("Status.")}
    assert len(codes) > 200
    async with running(plc(cell), tags(codes)) as run:
        await until_seeded(run)
        held = cell.ask("dump")
        for name in codes:
            row = run.last(node(name))
            assert int(row["quality"]) == held[name]["status"], name
            assert float(row["value"]) == float(held[name]["value"]), name
            assert int(row["time"]) == held[name]["source_ms"] * 1_000_000, name


async def test_status_changes_one_by_one(cell: NodeOpcua):
    """The same value again with another status is news; and the last good one never stays on."""
    codes = ["BadSensorFailure", "UncertainSubstituteValue", "Good", "BadWaitingForInitialData", "GoodLocalOverride"]
    async with running(plc(cell, publish_ms=50), tags({"Status": "float64"})) as run:
        await until_seeded(run)
        for number, code in enumerate(codes):
            stamp = 1_772_600_000_000 + number
            cell.ask("set", name="Status", type="Double", value=4.5, status=code, time=stamp)
            await run.until(lambda stamp=stamp: run.last(node("Status"))["time"] == stamp * 1_000_000)
            assert int(run.last(node("Status"))["quality"]) == cell.ask("dump")["Status"]["status"]


async def test_what_is_no_number_and_no_text_is_never_shown_as_one(cell: NodeOpcua):
    """Array, date, Guid and bytes: either right or Bad with the reason, for that tag alone."""
    odd = {"Doubles": "float64", "Strings": "string", "DateTime": "int64", "Guid": "float64", "ByteString": "uint32"}
    mixed = {**odd, "Boolean": "float64", "String": "int32", "Int32": "bool", "UInt32": "int32", "Double": "float64"}
    async with running(plc(cell), tags(mixed)) as run:
        await until_seeded(run)
        for name in mixed:
            row = run.last(node(name))
            if name == "Double":
                assert row["quality"] == q.GOOD
                continue
            assert int(row["quality"]) == q.BAD_TYPE_MISMATCH, name
            assert math.isnan(row["value"]), name
            assert "the device sends" in run.driver.health.missing[run.tag(node(name)).index]


async def test_identifiers_bytes_and_moments_have_a_text(cell: NodeOpcua):
    async with running(plc(cell), tags(dict.fromkeys(("DateTime", "Guid", "ByteString"), "string"))) as run:
        await until_seeded(run)
        assert run.text(node("DateTime")) == "2026-03-04T05:06:07.891000Z"
        assert run.text(node("Guid")) == "12345678-1234-5678-9abc-123456789abc"
        assert run.text(node("ByteString")) == "00ff80"


def elements(name: str, *indexes: int) -> list[str]:
    return [f"index={index};{node(name)}" for index in indexes]


async def test_elements_of_arrays_and_an_array_that_shrinks(server: NodeOpcua):
    addresses = elements("Doubles", 0, 2, 3)
    found = tags_of([*((address, "float64") for address in addresses), (elements("Strings", 1)[0], "string")])
    async with running(plc(server, publish_ms=50), found) as run:
        await until_seeded(run)
        assert [run.last(address)["value"] for address in addresses[:2]] == [1.5, 3.5]
        assert run.last(addresses[2])["quality"] == q.BAD_INDEX_RANGE_NO_DATA
        assert run.text(found[3].address) == "b"
        server.ask("set", name="Doubles", type="Double", value={"array": [7.5, 8.5]})
        await run.until(lambda: run.last(addresses[1])["quality"] == q.BAD_INDEX_RANGE_NO_DATA)
        await run.until(lambda: run.last(addresses[0])["value"] == 7.5)
        assert math.isnan(run.last(addresses[1])["value"])
        server.ask("set", name="Doubles", type="Double", value={"array": [1.0, 2.0, 3.0, 4.0]})
        await run.until(lambda: [run.last(address)["value"] for address in addresses] == [1.0, 3.0, 4.0])
        assert run.driver.health.missing == {}


async def test_what_the_server_says_of_its_nodes(server: NodeOpcua):
    """Ranges, units and states as node-opcua itself makes them."""
    names = {"Analog": "float64", "Switch": "bool", "Choice": "uint32", "State": "int32"}
    shown = ("Switch", "Choice", "State")
    async with running(plc(server), tags(dict.fromkeys(shown, "string"))) as run:
        await until_seeded(run)
        assert [run.text(node(name)) for name in shown] == ["open", "Green", "Failed"]
    async with running(plc(server), tags(names)) as run:
        health = run.driver.health
        await run.until(lambda: len(health.properties) == 4)
        assert health.properties[0] == Properties(-20.0, 180.0, "°C")
        assert health.properties[1].names == {0: "closed", 1: "open"}
        assert health.properties[2].names == {0: "Red", 1: "Green", 2: "Blue"}
        assert health.properties[3].names[1] == "Failed"
        assert (health.properties[3].low, health.properties[3].unit) == (None, "")


async def test_a_type_that_changes_at_run_time_makes_that_tag_bad_until_it_is_right_again(cell: NodeOpcua):
    async with running(plc(cell, publish_ms=50), tags({"Any": "float64", "Count": "uint32"})) as run:
        await until_seeded(run)
        rounds: list[tuple[str, Any, int]] = [
            ("Double", 5.5, q.GOOD),
            ("String", "5.5", q.BAD_TYPE_MISMATCH),
            ("Double", 6.5, q.GOOD),
            ("Double", {"array": [1.0, 2.0]}, q.BAD_TYPE_MISMATCH),
            ("Int32", 7, q.GOOD),
            ("String", "", q.BAD_TYPE_MISMATCH),
            ("Float", 8.5, q.GOOD),
        ]
        for number, (kind, value, quality) in enumerate(rounds):
            stamp = 1_772_700_000_000 + number
            cell.ask("set", name="Any", type=kind, value=value, time=stamp)
            await run.until(lambda stamp=stamp: run.last(node("Any"))["time"] == stamp * 1_000_000)
            row = run.last(node("Any"))
            assert int(row["quality"]) == quality, kind
            assert math.isnan(row["value"]) if quality else row["value"] == value
            assert (0 in run.driver.health.missing) == (quality != q.GOOD)
            count = len(run.rows(node("Count")))
            await run.until(lambda count=count: len(run.rows(node("Count"))) > count)  # the other one lives on
        assert run.driver.health.reconnects == 0


async def test_source_times_far_off_come_through_and_are_flagged(cell: NodeOpcua):
    stamps = [-11_644_473_000_000, 0, 253_402_300_799_000, 1_772_600_000_000]  # 1601, 1970, 9999, 2026
    async with running(plc(cell, publish_ms=50), tags({"Any": "float64"})) as run:
        await until_seeded(run)
        for number, stamp in enumerate(stamps):
            cell.ask("set", name="Any", type="Double", value=100.0 + number, time=stamp)
            await run.until(lambda number=number: run.last(node("Any"))["value"] == 100.0 + number)
            row = run.last(node("Any"))
            wanted = max(-(2**63) + 1, min(2**63 - 1, stamp * 1_000_000))
            assert int(row["time"]) == wanted
            assert bool(row["flags"]) == (number < 3)


@pytest.mark.interop
async def test_the_conformance_address_space_as_texts_and_elements(tmp_path):
    """Every type that has only a text form, and the first element of every array, of what node-opcua itself offers."""
    server = NodeOpcua(tmp_path, conformance=True)
    server.start()
    try:
        kinds = dict.fromkeys(("DateTime", "Guid", "ByteString", "XmlElement", "NodeId", "QualifiedName"), "string")
        offered = [each for each in server.ask("catalogue") if each["status"] == 0]
        texts = [(each["node"], kinds[each["type"]]) for each in offered if each["type"] in kinds and not each["array"]]
        all_kinds = {**SCALARS, **kinds, "StatusCode": "uint32"}
        arrays = [
            (f"index=0;{each['node']}", all_kinds[each["type"]])
            for each in offered
            if each["array"] and each["length"] and each["dimensions"] == 1 and each["type"] in all_kinds
        ]
        assert len(texts) > 20
        assert len(arrays) > 20
        async with running(plc(server), tags_of(texts + arrays)) as run:
            await until_seeded(run)
            assert run.driver.health.missing == {}
            assert {int(run.last(address)["quality"]) for address, _ in texts + arrays} == {q.GOOD}
    finally:
        server.kill()


@pytest.mark.interop
async def test_the_conformance_address_space(tmp_path):
    """Every variable that node-opcua itself offers to conformance tests, all at once."""
    server = NodeOpcua(tmp_path, conformance=True)
    server.start()
    try:
        kinds = {kind: SCALARS[kind] for kind in ("Boolean", "SByte", "Byte", "Int16", "UInt16", "Int32", "UInt32")}
        kinds |= {kind: SCALARS[kind] for kind in ("Int64", "UInt64", "Float", "Double", "String", "LocalizedText")}
        offered = [each for each in server.ask("catalogue") if each["type"] in kinds and not each["array"]]
        assert len(offered) > 100
        addresses = [(each["node"], kinds[each["type"]]) for each in offered]
        async with running(plc(server), tags_of(addresses)) as run:
            await until_seeded(run)
            compared = 0
            later = {each["node"]: each for each in server.ask("catalogue")}
            for each in offered:
                row = run.last(each["node"])
                if each["value"] != later[each["node"]]["value"] or each["source_ms"] is None:
                    continue  # it moves by itself
                if run.driver.health.missing.get(run.tag(each["node"]).index):
                    assert row["quality"] >= q.BAD
                    continue
                assert int(row["quality"]) == each["status"], each
                if each["status"] < q.BAD and row["time"] == each["source_ms"] * 1_000_000:
                    text = run.text(each["node"]) if row["flags"] & FLAG_TEXT else None
                    shown = text if text is not None else float(row["value"])
                    held = kept(each["value"] or "") if text is not None else float(each["value"])
                    assert shown == held or (shown != shown and held != held), each
                    compared += 1
            assert compared > 100
    finally:
        server.kill()
