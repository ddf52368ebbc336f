"""The station's own settings: read, judged, and found where they are."""

from pathlib import Path

import pytest

from hmi.core.errors import PlantError
from hmi.plantfiles.site import Site, Window, read_site, site_file

WHOLE = """
[site]
mode = "engineering"
[maintenance]
days = ["sat", "sun"]
from = "22:00"
to = "04:30"
[update]
stop = ["systemctl", "stop", "hmi-mill"]
start = ["systemctl", "start", "hmi-mill"]
backups = "/srv/backups"
[screen]
of = "somebody else's"
"""


def test_no_file_is_the_usual_station() -> None:
    assert read_site(None) == Site()


def test_all_settings_are_read_and_those_of_others_let_be(tmp_path: Path) -> None:
    (file := tmp_path / "site.toml").write_text(WHOLE)
    assert read_site(file) == Site(
        engineering=True,
        maintenance=Window(frozenset({5, 6}), 22 * 60, 4 * 60 + 30),
        stop=("systemctl", "stop", "hmi-mill"),
        start=("systemctl", "start", "hmi-mill"),
        backups="/srv/backups",
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[site]\nmode = 'free'", "`mode` must be"),
        ("[site]\nmod = 'engineering'", "Write `mode`"),
        ("site = 3", "must be a table"),
        ("[maintenance]\nfrom = '2:00'\nto = '04:00'", "`from` must be a time of day"),
        ("[maintenance]\nfrom = '02:00'", "`to` is missing"),
        ("[maintenance]\nfrom = '02:00'\nto = '24:00'", "`to` must be a time of day"),
        ("[maintenance]\nfrom = '02:00'\nto = '03:00'\ndays = ['someday']", "days"),
        ("[update]\nstop = ['x']", "belong together"),
        ("rubbish", "not TOML"),
        (b"\xff\xfe", "cannot be read"),
    ],
)
def test_mistakes_are_told_with_their_place(tmp_path: Path, text: str | bytes, why: str) -> None:
    file = tmp_path / "site.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(PlantError, match=why) as error:
        read_site(file)
    assert str(file) in str(error.value)


def test_it_is_found_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HMI_SITE", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert site_file("mill") is None
    (usual := tmp_path / "hmi-mill" / "site.toml").parent.mkdir()
    usual.write_text("")
    assert site_file("mill") == usual
    (told := tmp_path / "other.toml").write_text("")
    monkeypatch.setenv("HMI_SITE", str(told))
    assert site_file("mill") == told
    assert site_file("mill", str(usual)) == usual
    assert site_file("mill", str(tmp_path / "none.toml")) is None
