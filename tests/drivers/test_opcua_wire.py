"""A server that is broken or hostile: it costs its own connection, some memory, and nobody else anything."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import struct
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.ua_binary import variant_from_binary, variant_to_binary
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.plant.model import Connection
from hmi.drivers import opcua_client, supervise
from hmi.drivers.opcua_wire import MOST_CHUNK, MOST_CHUNKS, MOST_PIECES, Excess, Frames, Ration, understood
from tests.drivers.devices import SCHEME, Device, running, tags_of
from tests.drivers.servers.opcua_replay_server import BOMBS, name_of, read_chunk, request_of

SEEDS = int(os.environ.get("HMI_FUZZ_SEEDS", "200"))  # 10000 for a long look
LEVEL = "ns=2;s=Filler.Level"
TAGS = tags_of([(LEVEL, "float64"), ("ns=2;s=Filler.Recipe", "string"), ("ns=2;s=Filler.Bomb", "string")])
MOST_MB = 128  # at once, of all the troubles of a test together
SCHEME["opcua_replay"] = "opc.tcp"


def chunk(kind: bytes = b"MSG", part: bytes = b"F", body: bytes = b"x" * 40) -> bytes:
    return struct.pack("<3scI", kind, part, 8 + len(body)) + body


# ---------------------------------------------------------------------------------------------------- frames


@given(st.lists(st.binary(min_size=16, max_size=300), max_size=20), st.lists(st.integers(1, 400)))
def test_chunks_are_whole_however_they_come(bodies: list[bytes], cuts: list[int]):
    wanted = [chunk(body=body) for body in bodies]
    stream, frames, found = b"".join(wanted), Frames(), []
    for size in [*cuts, len(stream)]:
        found += frames.feed(stream[:size])
        stream = stream[size:]
    assert found == wanted


@given(st.binary(max_size=5000))
def test_garbage_is_refused_or_held_and_never_much_of_it(noise: bytes):
    frames = Frames()
    try:
        assert all(len(found) <= MOST_CHUNK for found in frames.feed(noise))
    except Excess as error:
        assert str(error)
    assert len(frames._held) <= MOST_CHUNK


@pytest.mark.parametrize(
    ("stream", "said"),
    [
        (b"HTTP/1.1 400 Bad Request", "no OPC UA"),
        (chunk(b"HEL"), "no OPC UA"),
        (chunk(part=b"X"), "no OPC UA"),
        (chunk(b"OPN", b"C"), "no OPC UA"),
        (struct.pack("<3scI", b"MSG", b"F", 0xFFFF_FFFF), "announces 4294967295 bytes"),
        (struct.pack("<3scI", b"MSG", b"F", MOST_CHUNK + 1), "announces 65536 bytes"),
        (struct.pack("<3scI", b"MSG", b"F", 7), "announces 7 bytes"),
        (chunk(b"ACK", body=b""), "announces 8 bytes"),
        (chunk(part=b"C") * (MOST_CHUNKS + 1), "2048 parts"),
        (chunk(part=b"C", body=b"x" * 60_000) * 140, "8 MB"),
    ],
)
def test_what_nobody_agreed_to_is_refused_at_the_header(stream: bytes, said: str):
    with pytest.raises(Excess, match=said):
        list(Frames().feed(stream))


def test_each_message_has_the_whole_allowance():
    frames, most = Frames(), chunk(part=b"C", body=b"x" * 60_000) * 138 + chunk(body=b"x" * 60_000)
    for _ in range(2):
        assert len(list(frames.feed(most))) == 139


# -------------------------------------------------------------------------------------------------- decoding


@pytest.mark.parametrize("bomb", [BOMBS["nothings"], BOMBS["shape"], b"\x18" * 5000, b"\x8c\xff\xff\xff\x7f"])
def test_lengths_that_cannot_be_true_are_not_believed(bomb: bytes):
    with pytest.raises((Excess, ua.UaError)), understood():
        variant_from_binary(Ration(bomb))


def test_an_answer_of_too_many_pieces_is_left():
    many = b"\x98" + struct.pack("<i", MOST_PIECES) + bytes(MOST_PIECES)
    with pytest.raises(Excess, match="pieces"):
        variant_from_binary(Ration(many))
    parts = Ration(bytes(8), left=[3])
    parts.copy(4).read(1)
    parts.copy().read(1)
    parts.read(1)
    with pytest.raises(Excess, match="pieces"):
        parts.read(1)


@pytest.mark.parametrize(
    "variant",
    [
        ua.Variant(None, ua.VariantType.Null),
        ua.Variant([None, None], ua.VariantType.Null, is_array=True),
        ua.Variant([[1, 2, 3], [4, 5, 6]], ua.VariantType.Int32),
        ua.Variant([], ua.VariantType.Int32, is_array=True),
        ua.Variant(["a", "b"], ua.VariantType.String),
    ],
)
def test_honest_values_are_decoded_as_ever(variant: ua.Variant):
    assert variant_from_binary(Ration(variant_to_binary(variant))) == variant
    assert variant_from_binary(Buffer(variant_to_binary(variant))) == variant


# ------------------------------------------------------------------------------------------- hostile servers


async def recorded(address: str) -> dict[str, list[str]]:
    """What a real server says to a driver, chunk by chunk, by the names of the requests."""
    answers: dict[str, list[str]] = defaultdict(list)
    names: dict[int, str] = {0: "HEL"}

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asks: bool) -> None:
        try:
            while data := await read_chunk(reader):
                if asks:
                    names[request_of(data)] = name_of(data)
                else:
                    answers[names[request_of(data)]].append(data.hex())
                writer.write(data)
        except (OSError, EOFError):
            writer.close()

    async def call(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", int(address.rpartition(":")[2]))
        async with asyncio.TaskGroup() as group:
            group.create_task(carry(reader, there_writer, True))
            group.create_task(carry(there_reader, writer, False))

    async with await asyncio.start_server(call, "127.0.0.1", 0) as proxy:
        port = proxy.sockets[0].getsockname()[1]
        async with running(Connection("device", "opcua", f"opc.tcp://127.0.0.1:{port}", publish_ms=50), TAGS) as run:
            await run.until_live()
            await run.until(lambda: len(run.rows(LEVEL)) > 20)  # what comes after the values, too
        proxy.close()
        await asyncio.sleep(0.05)
    return {name: chunks for name, chunks in answers.items() if name[:3] not in ("CLO", "473")}  # no goodbyes


class Hostile(Device):
    """A server that answers as a real one did, with trouble."""

    def __init__(self, file: Path, *trouble: str) -> None:
        super().__init__("opcua_replay", str(file), *trouble)
        self.file = file

    @property
    def visits(self) -> int:
        """How often somebody connected."""
        count = self.file.with_suffix(".count")
        return int(count.read_text() or 0) if count.exists() else 0


@pytest.fixture(scope="module")
def answers(shared_opcua: Device, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of what a real server says."""
    file = tmp_path_factory.mktemp("answers") / "answers.json"
    file.write_text(json.dumps(asyncio.run(recorded(shared_opcua.address))))
    return file


@contextmanager
def hostile(answers: Path, name: str, *trouble: str) -> Iterator[Hostile]:
    file = answers.with_name(f"{name}.json")
    file.write_text(answers.read_text())
    server = Hostile(file, *trouble)
    server.start()
    try:
        yield server
    finally:
        server.kill()


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that does not wait as long as it does in a plant."""
    monkeypatch.setattr(supervise, "BACK_OFF_S", (0.1,))
    monkeypatch.setattr(opcua_client, "REQUEST_LIMIT_S", 1.0)
    monkeypatch.setattr(opcua_client, "GOODBYE_LIMIT_S", 0.1)


@pytest.mark.expect_log("device:")  # where it is asked what it was not asked before
async def test_a_conversation_that_is_not_spoilt_works(answers: Path):
    """Else the tests below would test nothing."""
    with hostile(answers, "honest", "none", "") as server:
        async with running(Connection("device", "opcua", server.address, publish_ms=50), TAGS) as run:
            await run.until(lambda: run.driver.health.state == "live")
            assert run.text("ns=2;s=Filler.Recipe") == "Löwenbräu"


@pytest.mark.expect_log(
    "device: 127.0.0.1",
    "device: (connection to|no answer from) 127",
    "device: the connection ended without a reason",
    "history has a gap",
    "history of what was missed",
)
async def test_whatever_a_server_sends_others_go_on(shared_opcua: Device, answers: Path, hasty: None):
    """A few hundred ways to be broken, eight at a time, beside a server that is sound."""
    before = peak_mb()
    good = Connection("good", "opcua", shared_opcua.address, publish_ms=100)
    with hostile(answers, "fuzz") as server:
        bad = Connection("device", "opcua", server.address, publish_ms=50)
        async with running(good, tags_of([(LEVEL, "float64")])) as sound:
            await sound.until_live()
            async with asyncio.timeout(60 + SEEDS), asyncio.TaskGroup() as group:
                drivers = [group.create_task(visit(bad, server)) for _ in range(8)]
            assert all(driver.result() for driver in drivers)
            count = len(sound.batches)
            await sound.until(lambda: len(sound.batches) > count)
            assert sound.driver.health.reconnects == 0
    assert peak_mb() - before < MOST_MB


async def visit(connection: Connection, server: Hostile) -> bool:
    async with running(connection, TAGS) as run:
        while server.visits < SEEDS:
            await asyncio.sleep(0.05)
            assert "fault in this program" not in run.driver.health.reason
        return True


TROUBLES = [
    ("huge", "OPN", "announces 4294967295 bytes"),
    ("huge", "826", "announces 4294967295 bytes"),
    ("endless", "631", "more than 8 MB"),
    ("endless", "826", "more than 8 MB"),
    ("slow", "HEL", "no answer"),
    ("slow", "OPN", "no answer"),
    ("slow", "461", "no answer"),
    ("slow", "826", "no answer"),
    ("silent", "751", "no answer"),
    ("nothings", "", "sends an array of 2147483647 times nothing"),
    ("shape", "", "sends an array of 0 values that shall have the dimensions"),
    ("pieces", "", "sends an answer of more than"),
]


@pytest.mark.expect_log("device: 127.0.0.1", "no answer from", "history of what was missed", "client is disconnected")
@pytest.mark.expect_log("device: the connection ended without a reason")  # before the next try has named it
async def test_each_trouble_is_named_and_costs_its_own_connection_only(
    shared_opcua: Device, answers: Path, hasty: None
):
    before, tasks = peak_mb(), asyncio.all_tasks()
    good = Connection("good", "opcua", shared_opcua.address, publish_ms=100)
    async with running(good, tags_of([(LEVEL, "float64")])) as sound:
        await sound.until_live()
        async with asyncio.TaskGroup() as group:
            for kind, where, said in TROUBLES:
                group.create_task(suffer(answers, kind, where, said))
        count = len(sound.batches)
        await sound.until(lambda: len(sound.batches) > count)
        assert sound.driver.health.reconnects == 0
    assert peak_mb() - before < MOST_MB
    await asyncio.sleep(0.05)
    assert asyncio.all_tasks() == tasks


async def suffer(answers: Path, kind: str, where: str, said: str) -> None:
    """A driver at a server with one trouble, until it has named it."""
    with hostile(answers, f"{kind}-{where}", kind, where) as server:
        async with running(Connection("device", "opcua", server.address, publish_ms=50), TAGS) as run:
            await run.until(lambda: said in run.driver.health.reason)
