"""Which station this is, as the window and the setup find it."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.commands.station import station_of, station_place
from hmi.plantfiles.folder import find_plant
from hmi.plantfiles.station import StationSettings, write_station


def test_what_the_settings_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HMI_SITE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    plant = find_plant("bottling")
    assert station_of(plant) == (StationSettings(), tmp_path / "hmi-bottling" / "site.toml")
    write_station(station_place(plant), StationSettings("filler-panel", "zh"))
    assert station_of(plant)[0] == StationSettings("filler-panel", "zh")
