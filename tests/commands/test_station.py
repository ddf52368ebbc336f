"""Which station this is, as the window and the setup find it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from hmi import cli
from hmi.commands.places import who
from hmi.commands.station import PLANT, keep_plant, name_at, station_of, station_place
from hmi.drivers.certificates import fingerprint
from hmi.drivers.decisions import laid_down
from hmi.drivers.pki import Pki
from hmi.plantfiles.folder import find_plant
from hmi.plantfiles.station import StationSettings, write_station
from tests.drivers.papers import paper


def test_what_the_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HMI_SITE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    plant = find_plant("bottling")
    assert station_of(plant) == (StationSettings(), tmp_path / "hmi-bottling" / "site.toml")
    write_station(station_place(plant), StationSettings("filler-panel", "zh"))
    assert station_of(plant)[0] == StationSettings("filler-panel", "zh")


@pytest.fixture
def named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the demo plant, at a station that is called filler-panel."""
    monkeypatch.delenv("HMI_SITE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    write_station(station_place(find_plant("bottling")), StationSettings("filler-panel"))
    keep_plant(tmp_path / "data", "bottling")
    return tmp_path / "data"


def test_a_command_calls_the_station_as_its_window_does(named: Path) -> None:
    """A station that its window has locked under its name is not open to a command under its computer's."""
    assert name_at(named) == who(named)[1] == "filler-panel"
    assert who()[1] == socket.gethostname()
    filler = paper("Filler")
    Pki(named).reject(filler)
    assert cli.main(["trust", "refuse", fingerprint(filler), "--data", str(named)]) == 0
    [(_, decision)] = laid_down(named)
    assert decision.station == "filler-panel"


def test_without_a_name_or_with_one_that_cannot_be_read_it_is_the_computers(named: Path, tmp_path: Path) -> None:
    station_place(find_plant("bottling")).write_text("[station]\nname = 3\n")
    assert who(named)[1] == socket.gethostname()
    (named / PLANT).write_text("../../etc")
    assert name_at(named) == ""
    assert name_at(tmp_path / "nothing") == ""


def test_the_usual_folder_of_an_engine_of_before_is_called_as_its_plant(named: Path) -> None:
    (named / PLANT).unlink()
    assert name_at(named) == ""
    assert name_at(named.rename(named.parent / "bottling")) == "filler-panel"
