"""`hmi new` and `hmi discover` beside a real server: what is written can be run, and what is there is left alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi import cli
from tests.drivers.devices import Device


@pytest.fixture(scope="module")
def device() -> Iterator[Device]:
    found = Device("typed_opcua")
    found.start()
    yield found
    found.kill()


def test_from_nothing_to_tags_and_a_screen(device: Device, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant = str(tmp_path / "cell")
    assert cli.main(["new", plant, "--timezone", "Europe/Berlin"]) == 0
    assert "is a plant now. Next: hmi discover" in capsys.readouterr().out
    words = ["discover", device.address, plant, "--under", "/2:Cell", "--connection", "cell", "--screen", "cell"]
    assert cli.main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"cell.level", "cell.valve"} <= {row["tag"] for row in found["tags"]}
    assert found["cut"] is False and found["skipped"]
    assert cli.main(["check", plant]) == 0
    assert " no mistakes" in capsys.readouterr().out
    assert cli.main(words) == 1
    assert "cell.csv is there already" in capsys.readouterr().err
    assert (tmp_path / "cell" / "plant.toml").read_text().count("[[connection]]") == 1


def test_more_of_a_known_server_joins_its_connection(
    device: Device, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = tmp_path / "cell"
    cli.main(["new", str(plant)])
    assert cli.main(["discover", device.address, str(plant), "--most", "12"]) == 0
    assert "There is more than that" in capsys.readouterr().out
    (plant / "tags" / "device.csv").rename(plant / "tags" / "first.csv")
    assert cli.main(["discover", device.address, str(plant), "--prefix", "more", "--most", "12"]) == 0
    assert (plant / "plant.toml").read_text().count("[[connection]]") == 1
    assert cli.main(["check", str(plant)]) == 0


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("tcp://127.0.0.1:502", "a Modbus device cannot say what it holds"),
        ("http://127.0.0.1", "is not an OPC UA address"),
        ("opc.tcp://127.0.0.1:1", "127.0.0.1:1"),
    ],
)
def test_what_cannot_be_asked_is_said_and_nothing_is_written(
    url: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant = tmp_path / "cell"
    cli.main(["new", str(plant)])
    before = {path: path.read_bytes() for path in plant.rglob("*") if path.is_file()}
    capsys.readouterr()
    assert cli.main(["discover", url, str(plant)]) == 1
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
    assert {path: path.read_bytes() for path in plant.rglob("*") if path.is_file()} == before


def test_a_folder_that_is_no_plant_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["discover", "opc.tcp://127.0.0.1:1", str(tmp_path)]) == 1
    assert "plant.toml" in capsys.readouterr().err
