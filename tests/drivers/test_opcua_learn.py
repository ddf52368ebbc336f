"""What a connection learns of its nodes, from a real server: texts, states by name, elements, methods and ranges."""

from __future__ import annotations

import math
import signal

import pytest

from hmi.core import quality as q
from hmi.core.plant.model import Connection
from hmi.core.properties import Properties
from hmi.core.tags import Tag
from hmi.drivers import supervise
from tests.drivers.devices import Device, Running, running, tags_of


def cell(*nodes: tuple[str, str], **columns) -> list[Tag]:
    return tags_of([(f"ns=2;s=Cell.{name}", kind) for name, kind in nodes], **columns)


def plc(device: Device) -> Connection:
    return Connection("device", "opcua", device.address, publish_ms=50)


async def until_seeded(run: Running) -> None:
    await run.until(lambda: run.driver.health.state == "live")
    await run.until(lambda: all(run.last(tag.address) is not None for tag in run.tags))


TEXTS = {
    "Guid": "09087e75-8e5e-499b-954f-f2a9603db28a",
    "Bytes": "00ff80",
    "When": "2026-03-01T12:00:00.123456Z",
    "Xml": "<a>1</a>",
    "Node": "ns=2;s=Filler",
    "Name": "2:Filler",
    "Status": "0x808C0000 BadSensorFailure",
    "Label": "Füller",
    "State": "Running",
    "Mode": "By hand",
    "Recipe": "Lager",
    "Valve": "open",
}


async def test_every_scalar_type_and_every_state_has_a_text(typed_opcua: Device):
    tags = cell(*((name, "string") for name in TEXTS))
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        assert {name: run.text(tag.address) for name, tag in zip(TEXTS, tags, strict=True)} == TEXTS
        assert {int(row["quality"]) for tag in tags for row in run.rows(tag.address)} == {q.GOOD}  # never bad before
        assert run.driver.health.missing == {}


async def test_moments_and_status_codes_have_a_number(typed_opcua: Device):
    tags = cell(("When", "float64"), ("Status", "uint32"), ("Vast", "uint64"), ("State", "int32"))
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        when, status, vast, state = (run.last(tag.address) for tag in tags)
        assert when["value"] == 1_772_366_400.123456
        assert status["raw"] == 0x808C_0000
        assert vast["raw"] == -1
        assert state["value"] == 1


async def test_what_fits_no_tag_says_both_types(typed_opcua: Device):
    tags = cell(("Structure", "string"), ("When", "int64"), ("Guid", "float64"), ("Matrix", "int32"), ("Big", "string"))
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        assert {int(run.last(tag.address)["quality"]) for tag in tags} == {q.BAD_TYPE_MISMATCH}
        reasons = [run.driver.health.missing[tag.index] for tag in tags]
        assert reasons[1] == "the device sends DateTime, the tag list says int64"
        assert reasons[3].startswith(
            "the device sends an array of Int32, the tag list says int32: for one element write"
        )
        assert "ExtensionObject" in reasons[0]


async def test_elements_of_a_server_that_sends_whole_arrays_and_an_array_that_shrinks(typed_opcua: Device):
    addresses = [f"index={at};ns=2;s=Cell.Numbers" for at in (0, 1, 3, 4)]
    tags = tags_of([(address, "float64") for address in addresses] + [("index=1;ns=2;s=Cell.Words", "string")])
    tags += [Tag(5, "only", "device", "index=1;ns=2;s=Cell.Only", "int32")]
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        assert [run.last(address)["value"] for address in addresses[:3]] == [1.5, 2.5, 4.5]
        assert run.last(addresses[3])["quality"] == q.BAD_INDEX_RANGE_NO_DATA
        assert run.driver.health.missing == {
            3: "the array has 4 elements, counted from 0: there is no element 4",
            5: "the array has 1 elements, counted from 0: there is no element 1",
        }
        assert run.text("index=1;ns=2;s=Cell.Words") == "b"
        result = await run.driver.write(tags[1], 9.0)
        assert result.outcome == "refused"
        assert "would replace the whole array" in result.text
        typed_opcua.signal(signal.SIGUSR1)
        await run.until(lambda: run.last(addresses[2])["quality"] == q.BAD_INDEX_RANGE_NO_DATA)
        assert math.isnan(run.last(addresses[2])["value"])
        assert run.last(addresses[0])["quality"] == q.GOOD
        typed_opcua.signal(signal.SIGUSR2)
        await run.until(lambda: run.last(addresses[2])["value"] == 4.5)
        assert 2 not in run.driver.health.missing


async def test_elements_are_described_by_their_array(typed_opcua: Device):
    tags = tags_of([(f"index={at};ns=2;s=Cell.Modes", kind) for at, kind in enumerate(("int32", "string"))])
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        assert run.last(tags[0].address)["value"] == 7
        assert run.text(tags[1].address) == "By hand"
        await run.until(lambda: len(run.driver.health.properties) == 2)
        assert run.driver.health.properties[0].names == {7: "Auto", 9: "By hand"}


async def test_ranges_units_and_states_are_told_after_the_first_values(typed_opcua: Device):
    plain = cell(("Level", "float64"), ("State", "int32"), ("Valve", "bool"), ("Recipe", "uint16"), ("Big", "int64"))
    scaled = tags_of([("", "")] * 5 + [("ns=2;s=Cell.Raw", "int16")], scale=-0.5, offset=10.0)[5]
    async with running(plc(typed_opcua), [*plain, scaled]) as run:
        health = run.driver.health
        await run.until(lambda: len(health.properties) == 5)
        assert health.told == 1
        assert health.properties == {
            0: Properties(0.0, 250.0, "l"),
            1: Properties(names={0: "Stopped", 1: "Running", 2: "Held"}),
            2: Properties(names={0: "closed", 1: "open"}),
            3: Properties(names={2: "Lager", 5: "Pils"}),
            5: Properties(10.0 - 13824.0, 10.0),
        }


async def test_states_are_written_by_name_or_number_and_no_others(typed_opcua: Device):
    tags = cell(("State", "string"), ("Valve", "string"), ("Recipe", "string"))
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        state, valve, recipe = tags
        result = await run.driver.write(state, "Held")
        assert (result.outcome, result.read_back) == ("confirmed", "Held")
        assert result.text == "tag0 is 'Held'"
        assert (await run.driver.write(state, "1")).read_back == "Running"
        assert (await run.driver.write(valve, "closed")).read_back == "closed"
        assert (await run.driver.write(valve, "open")).outcome == "confirmed"
        result = await run.driver.write(recipe, "Weizen")
        assert result.text == "tag2: 'Weizen' is no state of it: it has 2 Lager, 5 Pils; nothing was sent"


async def test_identifiers_bytes_and_moments_are_written_as_they_are_read(typed_opcua: Device):
    values = {
        "Guid": "00000000-0000-0000-0000-000000000007",
        "Bytes": "0102",
        "When": "2026-04-05T06:07:08.500000Z",
        "Xml": "<b/>",
        "Node": "ns=2;i=7",
        "Name": "3:Other",
        "Label": "Zeiger",
    }
    tags = cell(*((name, "string") for name in values))
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        for tag, (name, value) in zip(tags, values.items(), strict=True):
            result = await run.driver.write(tag, value)
            assert (result.outcome, result.read_back) == ("confirmed", value), name
            assert (await run.driver.write(tag, TEXTS[name])).outcome == "confirmed"
        result = await run.driver.write(tags[0], "seven")
        assert result.text == (
            "tag0: 'seven' is no Guid such as 09087e75-8e5e-499b-954f-f2a9603db28a; nothing was sent"
        )


async def test_integers_of_64_bits_are_written_to_the_last_digit(typed_opcua: Device):
    tags = cell(("Big", "int64"), ("Vast", "uint64"))
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        for tag, value in zip(tags, (2**53 + 1, 2**64 - 3), strict=True):
            result = await run.driver.write(tag, value)
            assert (result.outcome, result.read_back) == ("confirmed", value)
            assert str(value) in result.text


async def test_an_unknown_node_in_brackets_is_explained(typed_opcua: Device):
    async with running(plc(typed_opcua), cell(("Numbers[3]", "float64"))) as run:
        await run.until(lambda: bool(run.driver.health.missing))
        expected = "; for element 3 of an array write index=3;ns=2;s=Cell.Numbers"
        assert run.driver.health.missing[0].endswith(expected)


async def test_methods_are_called_once_and_say_how_it_ended(typed_opcua: Device):
    names = [("Start", "bool"), ("Dose", "float64"), ("Select", "string")]
    tags = [
        Tag(at, f"cell.{name.lower()}", "device", f"method={name};ns=2;s=Cell", kind, access="w")
        for at, (name, kind) in enumerate(names)
    ]
    tags.append(Tag(3, "cell.pushed", "device", "ns=2;s=Cell.Pushed", "int32"))
    async with running(plc(typed_opcua), tags) as run:
        await until_seeded(run)
        start, dose, select, pushed = tags
        assert {int(run.last(tag.address)["quality"]) for tag in tags[:3]} == {q.GOOD_NO_DATA}
        before = int(run.last(pushed.address)["value"])
        assert (await run.driver.write(start, 0.0)).outcome == "refused"
        assert (await run.driver.write(start, 1.0)).text == "cell.start was called"
        await run.until(lambda: run.last(pushed.address)["value"] == before + 1)
        result = await run.driver.write(dose, 2.5)
        assert (result.outcome, result.text) == ("confirmed", "cell.dose was called: Twice = 5, Said = dosed")
        result = await run.driver.write(dose, 200.0)
        assert result.outcome == "refused"
        assert "BadOutOfRange" in result.text
        assert (await run.driver.write(select, "Held")).text == "cell.select was called: Was = 2"
        assert "is no state of it" in (await run.driver.write(select, "Flying")).text


@pytest.mark.expect_log("connection to .* lost|connection refused")
async def test_a_method_that_appears_later_can_be_called_then(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(supervise, "RETRY_S", (0.2,))
    device = Device("typed_opcua")
    device.start()
    try:
        tags = tags_of([("method=Late;ns=2;s=Cell", "bool")], access="w")
        async with running(plc(device), tags) as run:
            await run.until(lambda: 0 in run.driver.health.missing)
            device.signal(signal.SIGUSR2)
            await run.until(lambda: 0 not in run.driver.health.missing)
            assert run.last(tags[0].address)["quality"] == q.GOOD_NO_DATA
            assert (await run.driver.write(tags[0], 1.0)).outcome == "confirmed"
            assert not run.driver._retry.due()
            count = len(run.rows(tags[0].address))
            device.kill()
            device.start()
            await run.until(lambda: run.driver.health.reconnects == 1 and 0 in run.driver.health.missing)
            device.signal(signal.SIGUSR2)
            await run.until(lambda: 0 not in run.driver.health.missing)
            assert len(run.rows(tags[0].address)) > count
    finally:
        device.kill()


async def test_methods_that_cannot_be_called_say_why(typed_opcua: Device):
    addresses = [("method=Stop;ns=2;s=Cell", "bool"), ("method=Mix;ns=2;s=Cell", "float64")]
    addresses += [("method=Start;ns=2;s=Cell", "float64"), ("method=Start;ns=2;s=Nowhere", "bool")]
    addresses += [("method=9:Start;ns=2;s=Cell", "bool")]
    tags = tags_of(addresses, access="w")
    async with running(plc(typed_opcua), tags) as run:
        await run.until(lambda: len(run.driver.health.missing) == 5)
        missing = run.driver.health.missing
        assert missing[0].startswith("the object has no method Stop, but 2:Start, 2:Dose, 2:Select, 2:Mix")
        assert missing[1] == "the method takes 2 arguments (A, B), and a tag gives one"
        assert missing[2] == "the method takes no argument: write type bool instead of float64, 1 calls it"
        assert missing[3].startswith("its object cannot be looked into (BadNodeId")
        assert "no method Start" in missing[4]
        await run.until(lambda: run.driver.health.state == "live")
        assert (await run.driver.write(tags[1], 1.0)).outcome == "refused"
