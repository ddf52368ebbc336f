"""Every line that leads to a Modbus device, with real servers at the other end."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hmi.clock import MachineClock
from hmi.core import quality as q
from hmi.core.errors import DeviceError
from hmi.core.plant.addresses import endpoint
from hmi.core.plant.model import Connection, Modbus
from hmi.drivers.modbus_client import Lost, ModbusLine, NoAnswer
from hmi.drivers.modbus_wire import on_the_line_s, wire_to
from tests.drivers.devices import Device, running, tags_of

TLS = Modbus(ca="ca.pem", certificate="hmi.pem", key="hmi.key")
PLACES = tags_of([("holding:3", "uint16"), ("holding:19", "uint16")])


def make_papers(folder: Path) -> None:
    """A maker of certificates, and what it signed: the device's, the station's, and a device's of another name."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "plant")])
    _paper(folder / "ca", name, key, name, key, "")
    for file, host in (("device", "127.0.0.1"), ("hmi", "127.0.0.1"), ("elsewhere", "10.9.8.7")):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, file)])
        _paper(folder / file, subject, ec.generate_private_key(ec.SECP256R1()), name, key, host)


def _paper(file: Path, subject: x509.Name, key, issuer: x509.Name, issuer_key, host: str) -> None:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not host, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if host:
        names = x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
        builder = builder.add_extension(names, critical=False)
    certificate = builder.sign(issuer_key, hashes.SHA256())
    file.with_suffix(".pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    file.with_suffix(".key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with certificates and keys."""
    folder = tmp_path_factory.mktemp("papers")
    make_papers(folder)
    return folder


@contextmanager
def started(*arguments: str) -> Iterator[Device]:
    device = Device("modbus_lines", *arguments)
    device.start()
    try:
        yield device
    finally:
        device.kill()


@pytest.fixture(scope="module")
def secure(papers: Path) -> Iterator[Device]:
    """A device that speaks TLS and wants to see a certificate."""
    with started("tls", str(papers)) as device:
        yield device


@pytest.fixture(scope="module")
def gateway() -> Iterator[Device]:
    """RTU frames over TCP."""
    with started("rtutcp") as device:
        yield device


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A serial port with two units behind it."""
    folder = tmp_path_factory.mktemp("line")
    with started("serial", str(folder)):
        yield folder / "line"


def connection(scheme: str, device: Device, unit: int = 1, **settings) -> Connection:
    address = f"{scheme}://127.0.0.1:{device.port}"
    return Connection("device", "modbus", address, scan_ms=50, unit=unit, modbus=Modbus(**settings))


@pytest.mark.cr("1.2", "3.1")
async def test_tls_with_certificates_on_both_sides(secure: Device, papers: Path):
    made = connection("tls", secure, ca="ca.pem", certificate="hmi.pem", key="hmi.key")
    async with running(made, PLACES, papers) as run:
        await run.until_live()
        assert [run.last(tag.address)["value"] for tag in PLACES] == [103, 119]
        result = await run.driver.write(run.tag("holding:19"), 119)
        assert result.outcome == "confirmed"


@pytest.mark.parametrize(
    ("device", "settings", "reason"),
    [
        ("device", {"ca": "hmi.pem"}, "is not trusted (self-signed certificate in certificate chain)"),
        ("elsewhere", {"ca": "ca.pem"}, "is not trusted (IP address mismatch"),
        ("device", {"ca": "ca.pem"}, "does it want a certificate of this station?"),
        ("device", {"ca": "nowhere.pem"}, "nowhere.pem, which plant.toml names for tls://"),
        ("device", {"ca": "ca.key"}, "ca.key cannot be used for tls://"),
    ],
)
@pytest.mark.expect_log("not live until it answers")
async def test_a_device_that_is_not_trusted_gets_no_request(papers: Path, tmp_path: Path, device, settings, reason):
    for ending in (".pem", ".key"):
        (tmp_path / f"device{ending}").write_bytes(papers.joinpath(device).with_suffix(ending).read_bytes())
    (tmp_path / "ca.pem").write_bytes((papers / "ca.pem").read_bytes())
    with started("tls", str(tmp_path)) as server:
        async with running(connection("tls", server, **settings), PLACES, papers) as run:
            await run.until(lambda: run.driver.health.state == "down")
            await run.until(lambda: reason in run.driver.health.reason)
            assert run.driver.health.requests == 0
            assert all(q.is_bad(batch.rows["quality"]).all() for batch in run.batches)


async def test_a_device_without_tls_is_said_to_have_none(shared_modbus: Device, papers: Path):
    wire = wire_to(endpoint("modbus", shared_modbus.address.replace("tcp", "tls")), TLS, papers)
    try:
        with pytest.raises(DeviceError, match="TLS|no answer|closed"):
            await wire.open()
    finally:
        wire.close()


async def test_rtu_frames_over_tcp(gateway: Device):
    async with running(connection("rtutcp", gateway, unit=2), PLACES) as run:
        await run.until_live()
        assert [run.last(tag.address)["value"] for tag in PLACES] == [203, 219]
        assert (await run.driver.write(run.tag("holding:3"), 203)).outcome == "confirmed"


async def test_rtu_over_tcp_is_closed_after_every_timeout(gateway: Device):
    modbus = Modbus(timeout_ms=100)
    way = ModbusLine(f"rtutcp://127.0.0.1:{gateway.port}", 9, MachineClock(), lambda _: None, modbus)
    try:
        await way.open()
        for _ in range(2):  # there is no unit 9; the second time nothing is sent any more
            async with way.polling():
                with pytest.raises(Lost):
                    await way.read("holding", 0, 1)
        assert way.timeouts == 1
    finally:
        way.close()


async def test_two_units_share_a_serial_line(line: Path):
    address = f"rtu://{line}?baud=115200"
    first, second = (
        Connection(f"unit{unit}", "modbus", address, scan_ms=20, unit=unit, modbus=Modbus(timeout_ms=500))
        for unit in (1, 2)
    )
    async with running(first, PLACES) as one, running(second, PLACES) as two:
        await one.until_live()
        await two.until_live()
        await one.until(lambda: len(one.rows("holding:3")) > 10 and len(two.rows("holding:3")) > 10)
        assert {float(row["value"]) for row in one.rows("holding:3")} == {103}
        assert {float(row["value"]) for row in two.rows("holding:19")} == {219}
        assert (await two.driver.write(two.tag("holding:3"), 203)).outcome == "confirmed"
        assert one.driver.health.reconnects == two.driver.health.reconnects == 0
    assert not open_files(line)  # the last one out has closed it


@pytest.mark.expect_log("dead: no answer from .*line unit 7 in")
async def test_a_dead_unit_does_not_stop_its_neighbour(line: Path):
    address = f"rtu://{line}?baud=115200"
    modbus = Modbus(timeout_ms=100)
    dead = Connection("dead", "modbus", address, scan_ms=20, unit=7, modbus=modbus)
    well = Connection("well", "modbus", address, scan_ms=20, unit=1, modbus=modbus)
    async with running(dead, PLACES) as one, running(well, PLACES) as two:
        await one.until(lambda: one.driver.health.reconnects >= 2)
        await two.until_live()
        count = len(two.rows("holding:3"))
        await two.until(lambda: len(two.rows("holding:3")) > count + 20)
        assert {float(row["value"]) for row in two.rows("holding:3")} == {103}
        assert not one.rows("holding:3")
        assert two.driver.health.reconnects == 0


def open_files(path: Path) -> list[str]:
    """Descriptors of this process that lead to a file."""
    target = os.path.realpath(path)
    return [str(name) for name in Path("/proc/self/fd").iterdir() if os.path.realpath(name) == target]


async def test_a_serial_line_stays_open_after_a_timeout_for_the_others_on_it(line: Path):
    modbus = Modbus(timeout_ms=100)
    address = f"rtu://{line}?baud=115200"
    nobody, somebody = (ModbusLine(address, unit, MachineClock(), lambda _: None, modbus) for unit in (7, 2))
    try:
        await nobody.open()
        await somebody.open()
        async with nobody.polling():
            with pytest.raises(NoAnswer, match="unit 7"):
                await nobody.read("holding", 0, 1)
        async with somebody.polling():
            assert (await somebody.read("holding", 0, 2)).tolist() == [200, 201]
    finally:
        nobody.close()
        somebody.close()


@pytest.mark.parametrize(
    ("kind", "reason"), [("missing", "there is no serial port"), ("file", "cannot be opened: is another program")]
)
async def test_why_a_serial_port_cannot_be_had(tmp_path: Path, kind: str, reason: str):
    if kind == "file":
        (tmp_path / kind).touch()
    wire = wire_to(endpoint("modbus", f"rtu://{tmp_path / kind}"), Modbus(), None)
    try:
        with pytest.raises(DeviceError, match=reason):
            await wire.open()
    finally:
        wire.close()


def test_a_slow_line_is_given_its_time():
    assert on_the_line_s(endpoint("modbus", "rtu:///dev/ttyS0?baud=1200")) > 5
    assert on_the_line_s(endpoint("modbus", "rtu:///dev/ttyS0?baud=115200")) < 0.1
    assert on_the_line_s(endpoint("modbus", "tcp://plc")) == 0


async def test_an_answer_that_nobody_waits_for_any_more_is_no_other_s(line: Path):
    address = f"rtu://{line}?baud=115200"
    way = ModbusLine(address, 1, MachineClock(), lambda _: None, Modbus(timeout_ms=200))
    try:
        await way.open()
        for _ in range(5):
            given_up = asyncio.ensure_future(way.read("holding", 0, 1))
            await asyncio.sleep(0)  # it is on its way
            await asyncio.sleep(0)
            given_up.cancel()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            assert (await way.read("holding", 7, 1)).tolist() == [107]
    finally:
        way.close()
