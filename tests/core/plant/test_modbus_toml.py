"""What plant.toml says of a Modbus device: limits, forbidden places, signature, certificates."""

from __future__ import annotations

import pytest

from hmi.core.plant import check
from hmi.core.plant.modbus_addresses import Span
from hmi.core.plant.model import Modbus, Signature

HEADER = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
HEAD = '[plant]\nid = "demo"\nname = "Demo"\ntimezone = "UTC"\n'


def plant_of(settings: str, address: str = "tcp://plc", tag: str = "holding:10,float32", more: str = ""):
    texts = {
        "plant.toml": f'{HEAD}[[connection]]\nid = "plc"\ndriver = "modbus"\naddress = "{address}"\n{settings}\n{more}',
        "tags.csv": f"{HEADER}\nline1.speed,plc,{tag},1/min,,,,,,,change,r,Speed\n",
    }
    return check(texts, {})


def test_everything_that_can_be_said() -> None:
    settings = """timeout_ms = 300
max_registers = 60
max_gap = 0
max_requests_per_s = 20
forbidden = ["holding:200-299", "coil:7"]
signature = { address = "holding:0", type = "uint32", value = 4711 }
ca = "ca.pem"
certificate = "hmi.pem"
key = "hmi.key"
"""
    plant, mistakes = plant_of(settings, "tls://plc:802")
    assert plant is not None
    assert not mistakes
    (connection,) = plant.connections
    assert connection.modbus == Modbus(
        timeout_ms=300,
        max_registers=60,
        max_gap=0,
        max_requests_per_s=20,
        forbidden=(Span("holding", 200, 300), Span("coil", 7, 8)),
        signature=Signature("holding:0", "uint32", 4711),
        ca="ca.pem",
        certificate="hmi.pem",
        key="hmi.key",
    )


def test_nothing_need_be_said() -> None:
    plant, mistakes = plant_of("")
    assert plant is not None
    assert not mistakes
    assert plant.connections[0].modbus == Modbus()


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ("max_registers = 126", "`max_registers` must be"),
        ("max_gap = -1", "`max_gap` must be"),
        ("timeout_ms = 10", "`timeout_ms` must be"),
        ("max_requests_per_s = -1", "`max_requests_per_s` must be"),
        ("max_register = 10", "`max_register` is not a key"),
        ('forbidden = ["holding:9-3"]', "ends before it begins"),
        ('forbidden = ["4x1"]', "not a range of Modbus addresses"),
        ('forbidden = ["holding:11"]', "holding:10-11 is in the range holding:11 that plant.toml forbids"),
        ("max_registers = 1", "holding:10-11 is more than the 1 registers"),
        ("signature = 4711", "`signature` must be"),
        ('signature = { address = "holding:0", type = "uint16" }', "`value` is missing"),
        ('signature = { address = "holding:0", type = "float32", value = 1 }', "`type` must be"),
        ('signature = { address = "holding:0", type = "uint16", value = 70000 }', "does not fit a uint16"),
        ('signature = { address = "holding:0.1", type = "uint16", value = 1 }', "is a bool, not uint16"),
        ('signature = { address = "coil:0", type = "uint16", value = 1 }', "a coil holds a bool"),
        (
            'forbidden = ["holding:0"]\nsignature = { address = "holding:0", type = "uint16", value = 1 }',
            "the signature is in a forbidden range",
        ),
        ('key = "k.pem"\nca = "ca.pem"', "`key` is of no use without `certificate`"),
    ],
)
def test_mistakes(settings: str, what: str) -> None:
    plant, mistakes = plant_of(settings)
    assert plant is None
    assert any(what in mistake.what for mistake in mistakes), mistakes


def test_tls_without_knowing_the_device_is_refused() -> None:
    plant, mistakes = plant_of("", "tls://plc")
    assert plant is None
    assert "tls:// needs `ca`" in mistakes[0].what
    assert mistakes[0].line == 8


def test_a_standby_in_clear_beside_tls_is_refused() -> None:
    plant, mistakes = plant_of('ca = "ca.pem"\nbackup = ["tcp://plc"]', "tls://plc")
    assert plant is None
    assert "would be spoken to in clear" in mistakes[0].what


def test_certificates_without_tls_are_warned_about() -> None:
    plant, mistakes = plant_of('ca = "ca.pem"')
    assert plant is not None
    assert [(m.severity, m.what) for m in mistakes] == [("warning", "`ca` does nothing without tls://")]


def test_modbus_settings_of_another_driver_are_warned_about() -> None:
    texts = {
        "plant.toml": f'{HEAD}[[connection]]\nid = "plc"\ndriver = "opcua"\naddress = "opc.tcp://plc"\nmax_gap = 3\n',
        "tags.csv": f"{HEADER}\nline1.speed,plc,ns=2;s=Speed,float64,1/min,,,,,,,change,r,Speed\n",
    }
    plant, mistakes = check(texts, {})
    assert plant is not None
    assert [mistake.what for mistake in mistakes] == ["`max_gap` does nothing for opcua"]


@pytest.mark.parametrize(("baud", "good"), [("9600", True), ("19200", False)])
def test_units_of_one_serial_line_share_its_speed(baud: str, good: bool) -> None:
    other = f'[[connection]]\nid = "b"\ndriver = "modbus"\nunit = 2\naddress = "rtu:///dev/ttyUSB0?baud={baud}"\n'
    plant, mistakes = plant_of("", "rtu:///dev/ttyUSB0?baud=9600", more=other)
    assert (plant is not None) == good
    assert any("on one serial line but at different settings" in mistake.what for mistake in mistakes) != good
