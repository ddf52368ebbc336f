"""Whatever stands in a file that somebody else wrote: it is read, or refused in words, and nothing else happens."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import hmi
from hmi.client.layout import LayoutFile
from hmi.client.manual.book import Book
from hmi.client.received import plant_of
from hmi.commands.history_files import csv_cells
from hmi.core.errors import HmiError, Mistake, PlantError
from hmi.core.minisign import read_public, read_secret, read_signature
from hmi.core.plant import Plant, load
from hmi.core.screens.svg import read_drawing
from hmi.drivers.decisions import laid_down
from hmi.engine.welcome import welcome_of
from hmi.installed import manifest
from hmi.link import address as addresses
from hmi.plantfiles.bundle import decoded
from hmi.plantfiles.station import read_station
from hmi.store.people import read_book
from tests.client.conftest import library
from tests.security.guarded import ALARM, EQUIPMENT, OVERVIEW, SCREEN, SETPOINT, STATIONS
from tests.security.mutation import fuzz, mutated, mutated_bytes

MOST_MISTAKES = 5000  # a file of mistakes must not become a memory of mistakes
SVG = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20" width="40" height="20"><title>x</title>
<defs><linearGradient id="g"><stop offset="0" stop-color="#fff"/></linearGradient></defs>
<g transform="translate(1 2)"><rect width="30" height="10" fill="url(#g)" style="stroke:#123"/><path d="M0 0L9 9z"/></g>
</svg>"""
JOB = """+++
title = "Change the seal"
revision = "3"
minutes = 12
hazards = ["Hot water"]
ask = ["lot"]
+++

# Change the seal

![The pump](pump.svg)

## Put on gloves

Both of them. <b>now</b> See [the screen](screen:doors).

- one
- two

## Pressure

```step
id = "pressure"
type = "number"
low = 1
high = 5
```

## Send it

```step
id = "send"
type = "write"
tag = "door.speed"
from = "pressure"
confirm = "Sets it"
```

## It stands

```step
id = "stands"
type = "verify"
needs = "door.speed < 1 and not door.enable"
blocked = "It still turns"
```
"""
USED = ("button", "pump", "setpoint", "value")  # of the library: reading all of it takes longer than the rest
SYMBOLS = {name: text for name, text in library().items() if name.partition("/")[2].removesuffix(".toml") in USED}
RULES = """[[policy]]
tags = ["door.engineers"]
role = "engineer"

[[policy]]
tags = ["door.locked", "door.locked_register"]
max_step = 5
confirm = "Sure"
interlock = [{ needs = "door.count < 1", blocked = "The machine turns: stop it first" }]
"""
MACHINE = """[template]
id = "cell"
symbol = "pump"

[[member]]
name = "speed"

[[part]]
name = "faceplate"
size = [384, 300]

[[part.element]]
symbol = "setpoint"
at = [20, 20]
size = [340, 40]
label = "Speed"
tag = ".speed"
write = ".speed"
"""
FILES = {
    "plant.toml": '[plant]\nid = "p"\nname = "P"\ntimezone = "UTC"\n'
    + STATIONS
    + '[[connection]]\nid = "plc"\ndriver = "opcua"\naddress = "opc.tcp://127.0.0.1:1"\n'
    '[[connection]]\nid = "device"\ndriver = "modbus"\naddress = "tcp://127.0.0.1:1"\n',
    "tags.csv": "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
    "door.count,plc,ns=2;i=1,uint32,,,,,,,,change,r,Count\n"
    "door.speed,plc,ns=2;s=Speed,float32,1/min,0,60,,,,,change,rw,Speed\n"
    "door.engineers,plc,/2:Cell/2:Speed,float32,,0,60,,,,,change,rw,Speed\n"
    "door.locked,plc,ns=2;s=Speed,float32,,0,60,,,,,change,rw,Speed\n"
    "door.locked_register,device,holding:1,uint16,,0,60,0.1,,,500,every:5,rw,Speed\n"
    'door.push,plc,ns=2;s=Enable,bool,,,,,,,,off,rw,"Push, once"\n'
    "door.enable,device,coil:1,bool,,,,,,,,change,rw,Enable\n"
    'door.sum,,"= door.count + door.speed * 2",float64,,,,,,,,change,,Sum\n',
    "policies.toml": RULES,
    "alarms.toml": ALARM,
    "equipment.toml": EQUIPMENT,
    "templates/cell.toml": MACHINE,
    "screens/overview.toml": OVERVIEW,
    "screens/doors.toml": SCREEN + SETPOINT.format(y=20, name="door.speed"),
    "screens/hall.svg": SVG,
    "instructions/seal.md": JOB,
    "instructions/pump.svg": SVG,
    "lang/de.toml": '"Doors" = "Türen"\n',
}


def loaded(files: dict[str, str]) -> Plant | None:
    """The plant, or None where its mistakes are listed."""
    try:
        return load(files, SYMBOLS)
    except PlantError as error:
        assert 0 < len(error.mistakes) < MOST_MISTAKES
        for mistake in error.mistakes:
            line = str(mistake)
            assert "\n" not in line and len(line) < 3000, line[:200]
        return None


def test_what_is_made_bad_is_good_to_begin_with() -> None:
    plant = loaded(FILES)
    assert plant is not None
    assert plant.screens and plant.instructions and plant.policies and plant.rules and plant.equipment


@pytest.mark.cr("3.5", "SAR 2.4")
@pytest.mark.parametrize("name", FILES)
def test_plant_files(name: str) -> None:
    @fuzz(40)
    @given(mutated(FILES[name]))
    def any_text(text: str) -> None:
        plant = loaded(FILES | {name: text})
        assert plant is None or isinstance(plant, Plant)

    any_text()


@fuzz(150)
@given(mutated(SVG))
def test_drawings(text: str) -> None:
    mistakes: list[Mistake] = []
    drawing = read_drawing("hall.svg", text, mistakes)
    assert drawing is not None or mistakes
    if drawing is not None:
        assert "<script" not in str(drawing).lower() and "file:" not in str(drawing).lower()


@fuzz(100)
@given(
    mutated("# A title\n\nText with **words** and [a link](screen:x).\n\n## More\n\n| a | b |\n|---|---|\n| 1 | 2 |\n")
)
def test_manuals(text: str) -> None:
    book = Book({"a.md": text})
    assert book is not None


def test_a_plant_as_another_program_compiled_it(caplog: pytest.LogCaptureFixture) -> None:
    files = {name: FILES[name] for name in ("plant.toml", "tags.csv", "policies.toml", "alarms.toml")}
    files["plant.toml"] = files["plant.toml"].replace(STATIONS, "")
    welcome = welcome_of(load(files, {}), {}, 0, 0)
    assert welcome.compiled and welcome.engine == hmi.__version__
    logging.getLogger("hmi.client.received").setLevel(logging.ERROR)

    @fuzz(300)
    @given(mutated_bytes(welcome.compiled))
    def any_bytes(data: bytes) -> None:
        plant = plant_of(msgspec.structs.replace(welcome, compiled=data))
        assert isinstance(plant, Plant)

    try:
        any_bytes()
    finally:
        logging.getLogger("hmi.client.received").setLevel(logging.NOTSET)


# -- files of a station, of an installation, of a person


def people() -> bytes:
    account = {"number": 1, "name": "ada", "roles": {"": "administer"}, "password": "$argon2id$x", "expires_ns": 5}
    return msgspec.json.encode({"version": 1, "key": "00" * 32, "next_number": 2, "accounts": [account], "tries": {}})


MANIFEST: dict[str, Any] = {
    "format": 1,
    "program": "0.1.0",
    "plant": {"id": "p", "name": "P", "version": 3},
    "platform": "linux-x86_64",
    "made": "2026-01-01T00:00:00Z",
    "files": {"app/hmi": "00" * 32},
}
LINK = {"address": "unix:/x", "token": "t" * 64, "pid": 1, "version": 1, "listen": "", "started_ns": 1}
LAYOUT = {"version": 1, "theme": "day", "windows": [{"screen": "x", "x": 1, "faceplates": [["p", 1, 2, True, "t"]]}]}
DECISION = {"time_ns": 1, "event": "accepted", "subject": "x"}
KINDS: dict[str, tuple[str, bytes, Callable[[Path], Any]]] = {
    "people.json": ("people.json", people(), read_book),
    "link.json": ("link.json", msgspec.json.encode(LINK), addresses.read),
    "MANIFEST.json": ("MANIFEST.json", msgspec.json.encode(MANIFEST), manifest),
    "site.toml": ("site.toml", b'[station]\nname = "desk"\nlanguage = "de"\n', lambda f: read_station(f / "site.toml")),
    "a decision": ("pki/decided/1.json", msgspec.json.encode(DECISION), laid_down),
    "a window's layout": ("layout.json", msgspec.json.encode(LAYOUT), lambda f: LayoutFile(f / "layout.json").read()),
    "a bundle's list": (
        "BUNDLE.json",
        msgspec.json.encode(MANIFEST),
        lambda f: decoded((f / "BUNDLE.json").read_bytes(), "BUNDLE.json"),
    ),
    "history to import": (
        "old.csv",
        b'tag,time,value,quality\na.level,2026-02-15T00:00:00Z,1.5,good\n"a,b",2026-02-15T00:00:01Z,"x ""y""",bad\n',
        lambda f: list(csv_cells(f / "old.csv", lambda _: None)),
    ),
}


@pytest.mark.cr("3.5")
@pytest.mark.expect_log
@pytest.mark.parametrize("kind", KINDS)
def test_files_of_the_station(tmp_path: Path, kind: str) -> None:
    name, good, read = KINDS[kind]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(good)
    with suppress(HmiError):  # the account's hash is none: that is found when it is used
        read(tmp_path)

    @fuzz(120)
    @given(st.one_of(mutated_bytes(good), st.binary(max_size=200)))
    @example(b"[" * 100_000)
    @example(b'{"a":' * 50_000)
    @example(good[:-1] + b"[" * 100_000)
    @example(b"\xff\xfe" + good)
    def any_bytes(data: bytes) -> None:
        path.write_bytes(data)
        try:
            read(tmp_path)
        except HmiError as error:
            assert "\n" not in str(error) or isinstance(error, PlantError), str(error)[:200]

    any_bytes()


PUBLIC = "untrusted comment: minisign public key 0\nRWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3\n"


@pytest.mark.parametrize("read", [read_public, read_secret, read_signature])
def test_keys_and_signatures(read: Callable[[str], Any]) -> None:
    @fuzz(150)
    @given(st.one_of(mutated(PUBLIC), st.text(max_size=200)))
    def any_text(text: str) -> None:
        with suppress(ValueError):
            read(text)

    any_text()
