"""How a Modbus device is reached: TCP, TLS, RTU frames over TCP, or a serial line that several units share.

The only file that makes pymodbus' clients. A serial port belongs to one `Wire` however many connections name it, for
two programs' requests at once would garble each other on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.client.base import ModbusBaseClient
from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerType
from pymodbus.transport import CommParams, CommType

from hmi.core.errors import DeviceError
from hmi.core.plant.addresses import SERIAL, Endpoint
from hmi.core.plant.model import Modbus
from hmi.drivers.modbus_pdu import ANSWERS
from hmi.drivers.modbus_turn import Turn
from hmi.drivers.supervise import why_unreachable

RTU_SCHEMES: Final = (SERIAL, "rtutcp")
_LONGEST_FRAME: Final = 256
_HEAD: Final = 8  # bytes that say of which unit a frame is, and the answer to which request
_BITS_A_BYTE: Final = 12  # start, eight, parity, two stop
_shared: dict[str, Wire] = {}  # serial ports in use, by device

# Every failure it logs is also raised or returned, and ends up in our own one line.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL + 1)


class Wire:
    """One physical way to devices; hold its `turn` around every request. Belongs to one event loop."""

    def __init__(self, endpoint: Endpoint, modbus: Modbus, folder: Path | None) -> None:
        self.turn = Turn()
        self.endpoint = endpoint
        self.timeout_s = modbus.timeout_ms / 1000 + on_the_line_s(endpoint)
        self.client: ModbusBaseClient = _client(endpoint, self.timeout_s, modbus, folder)
        self.strange = b""  # what came of late that is not the answer to the request that is under way
        _shield(self.client, self._note_strange)
        for answer in ANSWERS:
            self.client.register(answer)
        self.quiet_until = 0.0  # monotonic seconds: until then a late answer may come, and nothing may be asked
        self._users = 0
        self._opening = asyncio.Lock()

    def _note_strange(self, data: bytes) -> None:
        self.strange = data[:_HEAD]

    @property
    def without_number(self) -> bool:
        """Whether its frames carry no transaction number: a late answer looks like the answer to the next request."""
        return self.endpoint.scheme in RTU_SCHEMES

    async def open(self) -> None:
        """Connect, or join those who are connected; raises DeviceError with the reason. Always close afterwards."""
        self._users += 1
        async with self._opening:
            if self.client.connected:
                return
            if not await self.client.connect():
                raise DeviceError(await self._why_not())
            await asyncio.sleep(0)  # a serial port is set up in the loop's next round

    def close(self) -> None:
        """Drop the connection, once nobody uses it any more."""
        self._users = max(0, self._users - 1)
        if not self._users:
            if _shared.get(self.endpoint.device) is self:
                del _shared[self.endpoint.device]
            self.cut()

    def cut(self) -> None:
        """Drop the connection at once, whoever uses it."""
        transport = self.client.ctx.transport
        self.client.close()
        if isinstance(transport, asyncio.Transport) and self.endpoint.scheme == "tls":
            transport.abort()  # a polite TLS goodbye would wait for the device's own

    async def _why_not(self) -> str:
        endpoint = self.endpoint
        if endpoint.scheme == SERIAL:
            return _why_no_port(endpoint.device)
        context = self.client.ctx.comm_params.sslctx
        if context is not None and (reason := await _why_not_trusted(endpoint, context, self.timeout_s)):
            return reason
        return await why_unreachable(endpoint.host, endpoint.port, self.timeout_s)


def wire_to(endpoint: Endpoint, modbus: Modbus, folder: Path | None) -> Wire:
    """A wire of one's own, or the serial line's only one; raises DeviceError where certificates cannot be read."""
    if endpoint.scheme != SERIAL:
        return Wire(endpoint, modbus, folder)
    if endpoint.device not in _shared:
        _shared[endpoint.device] = Wire(endpoint, modbus, folder)
    return _shared[endpoint.device]


def on_the_line_s(endpoint: Endpoint) -> float:
    """How long the longest request and answer take on a serial line; 0 on a network."""
    return 2 * _LONGEST_FRAME * _BITS_A_BYTE / endpoint.baud if endpoint.scheme == SERIAL else 0.0


class _SecureClient(AsyncModbusTcpClient):
    """Modbus/TCP Security: the frames of Modbus TCP inside TLS.

    WORKAROUND: pymodbus 3.16's own TLS framer takes whatever arrives at once for one whole frame, so a frame in two
    TLS records is lost and two in one are garbled; its TCP framer counts bytes.
    """

    def __init__(self, endpoint: Endpoint, context: ssl.SSLContext, timeout: float, **options: Any) -> None:
        self.comm_params = CommParams(
            comm_type=CommType.TLS,
            host=endpoint.host,
            port=endpoint.port,
            sslctx=context,
            timeout_connect=timeout,
            reconnect_delay=0,
            comm_name="hmi",
        )
        super().__init__(endpoint.host, framer=FramerType.SOCKET, timeout=timeout, **options)


def _client(endpoint: Endpoint, timeout_s: float, modbus: Modbus, folder: Path | None) -> ModbusBaseClient:
    if endpoint.scheme == "tls":
        return _SecureClient(endpoint, tls_context(modbus, folder), timeout_s, retries=0)
    options: dict[str, Any] = {"timeout": timeout_s, "retries": 0, "reconnect_delay": 0, "name": "hmi"}
    if endpoint.scheme == SERIAL:
        return AsyncModbusSerialClient(
            endpoint.device, baudrate=endpoint.baud, parity=endpoint.parity, stopbits=endpoint.stop, **options
        )
    framer = FramerType.RTU if endpoint.scheme in RTU_SCHEMES else FramerType.SOCKET
    return AsyncModbusTcpClient(endpoint.host, port=endpoint.port, framer=framer, **options)


def _shield(client: ModbusBaseClient, strange: Callable[[bytes], None]) -> None:
    """Tell whoever waits that the answer cannot be read; `strange` gets what is an answer to something else.

    WORKAROUND: pymodbus 3.16 raises it into the event loop instead, which logs a traceback and leaves the request
    to time out. What has the wrong unit or number it passes over, and says only that nothing came.
    """
    ctx = client.ctx
    decode = ctx.callback_data

    def callback_data(data: bytes, addr: tuple[Any, ...] | None = None) -> int:
        try:
            used = decode(data, addr)
            if used and not ctx.response_future.done():
                strange(data[:used])
            return used
        except (ModbusException, ValueError, IndexError) as error:
            if not ctx.response_future.done():
                ctx.response_future.set_exception(ValueError(str(error)))
            return len(data)

    ctx.callback_data = callback_data  # type: ignore[method-assign]


def tls_context(modbus: Modbus, folder: Path | None) -> ssl.SSLContext:
    """TLS that always verifies the device's certificate and name; raises DeviceError with the file that is at fault."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    path = _found(modbus.ca, folder)
    try:
        context.load_verify_locations(path)
        if modbus.certificate:
            path = _found(modbus.certificate, folder)
            context.load_cert_chain(path, _found(modbus.key, folder), password=lambda: b"")
    except (OSError, ValueError) as error:  # an SSLError is an OSError
        raise DeviceError(f"{path} cannot be used for tls:// ({error}): check the file, and that it is PEM") from error
    return context


def _found(name: str, folder: Path | None) -> Path:
    path = (folder or Path()) / name
    if not path.is_file():
        raise DeviceError(f"there is no file {path}, which plant.toml names for tls://: put it there")
    return path


def _why_no_port(device: str) -> str:
    if not Path(device).exists() and not device.startswith("COM"):
        return f"there is no serial port {device}: is the adapter plugged in?"
    if os.name == "posix" and not os.access(device, os.R_OK | os.W_OK):
        return f"the serial port {device} may not be used: put this user into the group that may (often dialout)"
    return f"the serial port {device} cannot be opened: is another program using it?"


async def _why_not_trusted(endpoint: Endpoint, context: ssl.SSLContext, limit_s: float) -> str:
    try:
        async with asyncio.timeout(limit_s):
            _, writer = await asyncio.open_connection(endpoint.host, endpoint.port, ssl=context)
    except ssl.SSLCertVerificationError as error:
        what = error.verify_message.rstrip(".")
        return f"{endpoint.where} is not trusted ({what}): check its certificate and `ca`; nothing was sent to it"
    except ssl.SSLError as error:
        return f"{endpoint.where} does not agree on TLS ({error.reason or error}): check its certificates and versions"
    except OSError:
        return ""
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return ""
