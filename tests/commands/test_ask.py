import asyncio
from dataclasses import replace

import msgspec
import numpy as np
import pytest

from hmi.cli import main
from hmi.clock import MachineClock
from hmi.commands import ask
from hmi.core import quality as q
from hmi.core.batch import FLAG_CLAMPED, FLAG_TEXT, ROW, Batch
from hmi.core.clamp import ABOVE
from hmi.core.properties import Properties
from hmi.core.tags import Tag
from hmi.link.messages import ConnectionRow, Reply
from hmi.link.server import Server
from tests.engine.toy import plant

NOW = 1_772_000_000_000_000_000


def row(batch):
    return next(iter(ask.told(plant(), batch, NOW + 10**9)))


def test_a_value_is_told_with_quality_age_and_time():
    told = row(Batch.of([0], [42.5], NOW, NOW))
    assert told == {
        "tag": "a.level",
        "value": 42.5,
        "state": "",
        "unit": "%",
        "quality": 0,
        "quality_word": "good",
        "reason": "good",
        "time": "2026-02-25T06:13:20.000000000Z",
        "age_s": 1.0,
        "flags": [],
    }


def test_what_only_the_device_knows_is_told_too():
    properties = {"a.count": Properties(unit="pcs", names={3: "Held"}), "a.run": Properties(names={1: "open"})}

    def told(tag, number):
        batch = Batch.of([tag], [number], NOW, NOW)
        batch.rows["raw"] = number
        return next(iter(ask.told(plant(), batch, NOW, properties)))

    assert (told(4, 3)["state"], told(4, 3)["unit"], told(4, 4)["state"]) == ("Held", "pcs", "")
    assert told(2, 1)["state"] == "open"
    assert " 3 Held pcs" in ask.line_of(told(4, 3))
    assert " true open" in ask.line_of(told(2, 1))


def test_a_method_has_no_value_to_be_missed():
    line = ask.line_of(row(Batch.of([2], [np.nan], NOW, NOW, quality=q.GOOD_NO_DATA)))
    assert " - " in line and "?" not in line


@pytest.mark.parametrize(("number", "tag", "value"), [(np.nan, 0, None), (1.0, 2, True), (0.0, 2, False)])
def test_values_by_type(number, tag, value):
    assert row(Batch.of([tag], [number], NOW, NOW))["value"] is value


def test_a_clamped_value_says_so():
    told = row(Batch.of([0], [100.0], NOW, NOW, quality=ABOVE, flags=FLAG_CLAMPED))
    assert (told["flags"], told["quality_word"]) == (["clamped"], "uncertain")
    assert ask.line_of(told).endswith("uncertain: outside the sensor's range, clamped")


@pytest.mark.parametrize(("kind", "number"), [("int64", -(2**53) - 1), ("uint64", 2**64 - 1)])
def test_whole_numbers_of_64_bits_are_told_to_the_last_digit(kind, number):
    batch = Batch.of([0], [float(number)], NOW, NOW)
    batch.rows["raw"] = number if number < 2**63 else number - 2**64
    made = replace(plant(), tags=(Tag(0, "a.serial", "plc", "x", kind),))
    told = next(iter(ask.told(made, batch, NOW)))
    assert told["value"] == number
    assert f" {number} " in ask.line_of(told)


def test_text_and_a_bad_value_on_one_line():
    rows = np.zeros(1, ROW)
    rows["tag"], rows["flags"], rows["value"] = 3, FLAG_TEXT, np.nan
    assert " LOT-7 " in ask.line_of(row(Batch(rows, ("LOT-7",))))
    line = ask.line_of(row(Batch.of([0], [42.5], NOW, NOW, quality=q.BAD_SENSOR_FAILURE)))
    assert "????" in line and "42" not in line and "sensor failure" in line


def test_a_connection_says_how_it_is_how_it_is_asked_and_what_is_not_as_it_should_be():
    connection = ConnectionRow(
        "filler",
        "opcua",
        "opc.tcp://b:4840",
        "live",
        "",
        58,
        2,
        0.2,
        412.5,
        1,
        3.0,
        "keeps 5 values of 3 tags instead of 10",
        "none",
        200,
        {"queue": 3},
        4,
        ("opc.tcp://a:4840",),
        1,
        0.4,
        2.1,
        14.9,
    )
    assert [" ".join(line.split()) for line in ask.connection_lines(msgspec.to_builtins(connection))] == [
        "filler opcua live 58 live 2 missing 4 bad 412.5/s heard 0.2 s ago 1 reconnects 1 gaps",
        (
            "opc.tcp://b:4840 level 200 not secured backup opc.tcp://a:4840 "
            "0.4 requests/s median 2.1 ms p99 14.9 ms other queue than asked: 3"
        ),
        "keeps 5 values of 3 tags instead of 10",
    ]


def test_a_connection_that_was_never_heard_says_why():
    connection = ConnectionRow("p", "modbus", "tcp://x", "down", "no answer", 0, 3, -1.0, 0.0, 2, 0.0)
    first, asked, why = ask.connection_lines(msgspec.to_builtins(connection))
    assert "never heard" in first
    assert asked.split() == ["tcp://x", "0.0", "requests/s"]
    assert why.strip() == "no answer"


def test_what_a_device_says_does_not_steer_the_terminal(capsys):
    row = {"tag": "a", "value": "\x1b[2J", "state": "\x07", "unit": "\x9b1m", "quality": 0, "quality_word": "good",
           "reason": "", "time": "", "flags": []}  # fmt: skip
    ask.say(ask.line_of(row))
    ask.no("read back \x1b]0;title\x07")
    out, err = capsys.readouterr()
    assert out.rstrip("\n").isprintable() and r"\x1b[2J \x07 \x9b1m" in " ".join(out.split())
    assert err == "hmi: read back \\x1b]0;title\\x07\n"


class Door:
    """An engine's door that answers a write as the test says, or hangs up."""

    def __init__(self, reply):
        self.reply, self.asked = reply, []

    def opened(self, session):
        pass

    def received(self, session, message):
        self.asked.append(message.args)
        if self.reply is None:
            session.close("the engine stops")
        else:
            session.send(msgspec.structs.replace(self.reply, number=message.number))

    def closed(self, session):
        pass


REFUSED = {"outcome": "refused", "code": "confirmation", "needs": ["confirmation"], "confirm": "Sure?"}


@pytest.mark.parametrize(
    ("reply", "words", "code", "says"),
    [
        (Reply(0, True, "a.speed is 5", {"outcome": "confirmed"}), [], 0, "confirmed: a.speed is 5"),
        (
            Reply(0, False, "Needs confirmation: Sure?", REFUSED),
            [],
            1,
            "hmi: refused (confirmation): Needs confirmation: Sure?. Repeat it with --confirm if that is meant",
        ),
        (Reply(0, False, "check", {"outcome": "unknown"}), ["--confirm"], 1, "hmi: unknown: check"),
        (None, [], 1, "hmi: unknown: the engine's answer never came"),
    ],
)
async def test_put_says_how_it_ended_also_when_the_engine_goes_away(tmp_path, capsys, reply, words, code, says):
    door = Door(reply)
    server = Server(door, MachineClock(), tmp_path)
    await server.start()
    try:
        arguments = ["put", "a.speed", "5", "--why", "x", "--data", str(tmp_path), *words]
        assert await asyncio.to_thread(main, arguments) == code
    finally:
        await server.stop()
    out, err = capsys.readouterr()
    assert (out or err).startswith(says)
    assert len((out + err).splitlines()) == 1
    assert door.asked == [{"tag": "a.speed", "value": "5", "why": "x", "confirmed": bool(words)}]


MISTAKE = "a.toml:3: wrong. Mend"
WAITS = "changed in what the engine itself runs (tags, alarms): restart it to use them"


@pytest.mark.parametrize(
    ("state", "mistakes", "waits", "lines"),
    [
        ("current", [], [], []),
        ("mistakes", [MISTAKE], [], [f"1 mistake, so nothing of them is shown: {MISTAKE}"]),
        ("mistakes", [MISTAKE, "b"], [], [f"2 mistakes, so nothing of them is shown: {MISTAKE}"]),
        ("restart", [], ["tags", "alarms"], [WAITS]),
    ],
)
def test_status_says_when_the_plants_files_are_not_what_runs(state, mistakes, waits, lines):
    body = {"state": state, "mistakes": mistakes, "mistakes_in_all": len(mistakes), "waits_for_restart": waits}
    assert list(ask._plant_files(body)) == lines
