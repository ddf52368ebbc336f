import argparse

import pytest

from hmi.commands import places
from hmi.core.errors import HmiError

NOW = 1_772_000_000_123_456_789


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        (None, NOW),
        ("now", NOW),
        ("-10m", NOW - 600 * 10**9),
        ("-1.5h", NOW - 5400 * 10**9),
        ("2026-02-25T06:13:20", 1_772_000_000 * 10**9),
        ("2026-02-25T07:13:20+01:00", 1_772_000_000 * 10**9),
    ],
)
def test_moments_as_people_type_them(text, ns):
    assert places.moment(text, NOW) == ns


def test_a_moment_of_the_plant_s_own_time_zone():
    berlin = places.zone_of("Europe/Berlin")
    assert places.moment("2026-02-25T07:13:20", NOW, berlin) == 1_772_000_000 * 10**9
    assert places.moment("2026-02-25T06:13:20+00:00", NOW, berlin) == 1_772_000_000 * 10**9
    for name in ("Europe/Nowhere", "../etc/passwd", ""):
        with pytest.raises(HmiError, match="such as Europe/Berlin"):
            places.zone_of(name)


@pytest.mark.parametrize("text", ["yesterday", "-10", "10m", "2026-13-01"])
def test_a_moment_that_is_none_says_how_to_write_one(text):
    with pytest.raises(HmiError, match="-10m"):
        places.moment(text, NOW)


def test_the_data_folder_is_the_one_that_was_named(monkeypatch, tmp_path):
    monkeypatch.setenv("HMI_DATA", str(tmp_path / "b"))
    assert places.data_folder(argparse.Namespace(data=tmp_path / "a")) == tmp_path / "a"
    assert places.data_folder(argparse.Namespace(data=None)) == tmp_path / "b"


def test_the_usual_place_is_one_folder_a_plant(monkeypatch, tmp_path):
    monkeypatch.delenv("HMI_DATA", raising=False)
    monkeypatch.setattr("platformdirs.user_data_dir", lambda *_, **__: str(tmp_path))
    none = argparse.Namespace(data=None)
    assert places.data_folder(none, "bottling") == tmp_path / "bottling"
    (tmp_path / "bottling").mkdir()
    assert places.data_folder(none) == tmp_path / "bottling"
    (tmp_path / "brewery").mkdir()
    with pytest.raises(HmiError, match="bottling, brewery"):
        places.data_folder(none)
    (tmp_path / "brewery" / "link.json").touch()
    assert places.data_folder(none) == tmp_path / "brewery"


def test_addresses_hosts_and_sizes():
    assert places.addresses(["a=tcp://h:1"]) == {"a": "tcp://h:1"}
    assert places.host_port("127.0.0.1:80") == ("127.0.0.1", 80)
    assert places.size("1280x800") == (1280, 800)
    for wrong in (
        lambda: places.addresses(["a"]),
        lambda: places.host_port("80"),
        lambda: places.host_port("h:99999"),
        lambda: places.size("big"),
    ):
        with pytest.raises(HmiError):
            wrong()


def test_somebody_is_always_at_some_station():
    assert all(places.who())
    assert isinstance(places.who()[1], str)
