"""What a station says of itself, read and written beside what others keep in the same file."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.core.errors import HmiError, PlantError
from hmi.plantfiles.site import read_site
from hmi.plantfiles.station import StationSettings, read_station, station_file, write_station

OTHERS = '# Ours.\n[site]\nmode = "engineering"\n\n[maintenance]\nfrom = "02:00"\nto = "03:00"\n'
PANEL = StationSettings("filler-panel", "de", "night")


def test_nothing_is_said_where_there_is_no_file(tmp_path: Path) -> None:
    assert read_station(tmp_path / "site.toml") == StationSettings()


def test_written_and_read_and_written_again(tmp_path: Path) -> None:
    path = tmp_path / "etc" / "site.toml"
    write_station(path, PANEL)
    assert read_station(path) == PANEL
    write_station(path, StationSettings("other"))
    assert path.read_text() == '[station]\nname = "other"\n'


@pytest.mark.parametrize(
    "before", [OTHERS, '[station]\nname = "old"\n\n' + OTHERS, OTHERS + '\n[station]\nname = "old"']
)
def test_what_others_keep_there_stays(tmp_path: Path, before: str) -> None:
    path = tmp_path / "site.toml"
    path.write_text(before)
    site = read_site(path)
    write_station(path, PANEL)
    assert read_station(path) == PANEL
    assert (read_site(path), "# Ours." in path.read_text()) == (site, True)
    assert path.read_text().count("[station]") == 1
    assert [one.name for one in tmp_path.iterdir()] == ["site.toml"]


def test_mistakes_are_told_and_a_folder_that_takes_nothing_is(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[station]\nlanguage = "fr"\nnmae = "x"\n')
    with pytest.raises(PlantError) as told:
        read_station(path)
    assert len(told.value.mistakes) == 2
    (tmp_path / "file").touch()
    with pytest.raises(HmiError, match="as they were"):
        write_station(tmp_path / "file" / "site.toml", PANEL)


def test_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HMI_SITE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert station_file("small") == tmp_path / "hmi-small" / "site.toml"
    assert station_file("small", str(tmp_path / "x.toml")) == tmp_path / "x.toml"
    monkeypatch.setenv("HMI_SITE", str(tmp_path / "y.toml"))
    assert station_file("small") == tmp_path / "y.toml"
