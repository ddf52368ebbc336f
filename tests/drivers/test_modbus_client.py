from __future__ import annotations

import asyncio
import struct

import numpy as np
import pytest

from hmi.clock import MachineClock
from hmi.core import quality as q
from hmi.core.errors import DeviceError
from hmi.drivers.modbus_client import Lost, ModbusLine, NoAnswer, Nonsense, Refusal, endpoint_of
from hmi.drivers.supervise import Misconfigured
from tests.drivers.devices import Device, free_port, until_reset


def line_to(address: str, answered: list[float] | None = None) -> ModbusLine:
    return ModbusLine(address, 1, MachineClock(), ([] if answered is None else answered).append)


async def test_all_four_areas_are_read(shared_modbus: Device):
    answered: list[float] = []
    line = line_to(shared_modbus.address, answered)
    await line.open()
    try:
        assert (await line.read("coil", 0, 4)).tolist() == [True, False, True, True]
        assert (await line.read("discrete", 0, 2)).tolist() == [False, True]
        assert (await line.read("input", 0, 3)).tolist() == [11, 22, 33]
        words = await line.read("holding", 0, 2)
        assert words.dtype == np.uint16
        assert struct.unpack(">f", words.astype(">u2").tobytes()) == (12.5,)
        assert len(answered) == line.answers == 4
        with pytest.raises(Refusal, match="does not know this address") as refused:
            await line.read("holding", 59, 3)
        assert refused.value.quality == q.BAD_NODE_ID_UNKNOWN
        assert line.answers == 5  # a refusal is a sign of life
    finally:
        line.close()


class Peer:
    """A device that answers each request with what the test says: bytes to send, or None for silence."""

    def __init__(self, *answers: bytes | None) -> None:
        self.requests: list[bytes] = []
        self._answers = list(answers)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until it goes or the answers are used up."""
        while head := await reader.read(6):
            request = head + await reader.readexactly(int.from_bytes(head[4:6], "big"))
            self.requests.append(request)
            if not self._answers:
                break
            answer = self._answers.pop(0)
            if answer is not None:
                body = request[6:7] + answer
                writer.write(request[:4] + struct.pack(">H", len(body)) + body)
        writer.close()


async def read_from(peer: Peer, count: int = 2, times: int = 1):
    async with await asyncio.start_server(until_reset(peer.serve), "127.0.0.1", 0) as server:
        line = line_to(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await line.open()
        try:
            for _ in range(times):
                found = await line.read("holding", 0, count)
            return found
        finally:
            line.close()


async def test_an_answer_of_another_length_is_never_taken_for_values():
    with pytest.raises(DeviceError) as error:
        await read_from(Peer(b"\x03\x02\x00\x01"))
    assert isinstance(error.value, Nonsense | NoAnswer)
    with pytest.raises(DeviceError):
        await read_from(Peer(b"\x03\x06\x00\x01\x00\x02\x00\x03"))


async def test_an_answer_to_another_function_is_never_taken_for_values():
    with pytest.raises(
        DeviceError, match="answered function 4 when asked for 3, so nothing of it is taken: is another"
    ):
        await read_from(Peer(b"\x04\x04\x00\x01\x00\x02"))


@pytest.mark.parametrize(
    ("code", "quality"),
    [
        (1, q.BAD_NOT_SUPPORTED),
        (2, q.BAD_NODE_ID_UNKNOWN),
        (3, q.BAD_OUT_OF_RANGE),
        (4, q.BAD_DEVICE_FAILURE),
        (5, q.BAD_WAITING),
        (6, q.BAD_WAITING),
        (7, q.BAD_OUT_OF_SERVICE),
        (8, q.BAD_DEVICE_FAILURE),
        (9, q.BAD),
        (10, q.BAD_NO_COMMUNICATION),
        (11, q.BAD_NO_COMMUNICATION),
        (99, q.BAD),
    ],
)
async def test_the_device_s_refusals_have_their_quality_and_sentence(code: int, quality: int):
    with pytest.raises(Refusal) as refused:
        await read_from(Peer(bytes([0x83, code])))
    assert (refused.value.code, refused.value.quality) == (code, quality)
    sentence = str(refused.value)
    assert sentence.startswith(("the device ", "the gateway "))
    assert ": " in sentence  # what is to be done
    others = {str(Refusal(other)) for other in range(12) if other != code}
    assert sentence not in others  # no two codes read the same


class Stranger(Peer):
    """Answers with the wrong unit, or to the wrong request."""

    def __init__(self, unit: int = 1, number: int = 0) -> None:
        super().__init__()
        self.unit, self.number = unit, number

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One answer to each request."""
        while request := await reader.read(12):
            number = (int.from_bytes(request[:2], "big") + self.number) % 65_536
            writer.write(struct.pack(">HHHBBBHH", number, 0, 7, self.unit, 3, 4, 7, 7))
        writer.close()


@pytest.mark.parametrize(
    ("stranger", "says"),
    [
        (Stranger(unit=255), "answers for unit 255 when asked for unit 1, so nothing of it is taken: set `unit` in"),
        (Stranger(number=5), "answers a request that is not this one .*does another master share the connection"),
    ],
)
async def test_an_answer_of_another_unit_or_to_another_request_is_not_taken_and_named(stranger: Stranger, says: str):
    with pytest.raises(NoAnswer, match=says):
        await read_from(stranger)


async def test_silence_is_no_answer_and_nothing_is_sent_again():
    peer = Peer(None)
    with pytest.raises(NoAnswer, match="no answer from"):
        await read_from(peer)
    assert len(peer.requests) == 1


async def test_a_connection_that_the_device_closes_is_lost():
    with pytest.raises(Lost, match=r"connection to .* lost"):
        await read_from(Peer(), times=2)


async def written_to(peer: Peer, write) -> None:
    async with await asyncio.start_server(until_reset(peer.serve), "127.0.0.1", 0) as server:
        line = line_to(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await line.open()
        try:
            await write(line)
            await write(line)
        finally:
            line.close()


@pytest.mark.parametrize("area", ["coil", "holding"])
async def test_a_device_that_knows_only_the_function_for_several_places_is_written_to_with_that(area: str):
    one, several = (5, 15) if area == "coil" else (6, 16)
    echo = struct.pack(">BHH", several, 7, 1)
    peer = Peer(bytes([one | 0x80, 1]), echo, echo)

    async def write(line: ModbusLine) -> None:
        await (line.write_coil(7, True) if area == "coil" else line.write_registers(7, [1]))

    await written_to(peer, write)
    assert [request[7] for request in peer.requests] == [one, several, several]  # it is not asked twice


async def test_another_refusal_of_a_write_is_not_tried_in_another_way():
    peer = Peer(b"\x86\x04")
    with pytest.raises(Refusal, match="a failure of its own"):
        await written_to(peer, lambda line: line.write_registers(7, [1]))
    assert len(peer.requests) == 1


async def test_a_refused_connection_says_so():
    line = line_to(f"tcp://127.0.0.1:{free_port()}")
    with pytest.raises(DeviceError, match="connection refused by"):
        await line.open()
    with pytest.raises(Lost):
        await line.read("holding", 0, 1)
    line.close()


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("rtu://?baud=19200", "names no serial port"),
        ("udp://plc:502", "not how modbus is reached"),
        ("plc:502", "is not an address for modbus"),
        ("tcp://", "names no host"),
    ],
)
def test_addresses_that_cannot_be_used(address: str, reason: str):
    with pytest.raises(Misconfigured, match=reason):
        endpoint_of(address)
    assert endpoint_of("tcp://plc").where == "plc:502"
