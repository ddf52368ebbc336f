"""A new station made ready out of a file, by a real engine in a process of its own; and what is refused whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from cryptography import x509
from keyring.backends import fail

from hmi import cli
from hmi.commands.first_start import read
from hmi.core.errors import HmiError, PlantError
from hmi.plantfiles.folder import load_folder
from hmi.plantfiles.station import StationSettings, read_station
from hmi.store.people import read_book
from hmi.store.query import Reader

PASSWORD, SECRET = "three grey herons", "nine pale storks"
PLANT = """
[plant]
id = "small"
name = "Small plant"
timezone = "Europe/Berlin"

[people]
accounts = true

[server]
url = "postgresql://desk1@127.0.0.1:1/plant"

[[station]]
id = "panel"
"""
TAGS = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
FILE = """
[station]
name = "panel"
language = "de"

[first_account]
name = "ada"
full_name = "Ada Lund"
password_file = "ada.txt"

[secrets]
server = "server.txt"

[certificate]
export = "panel.der"
"""


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A plant, a file for its new station, and no key store."""
    (tmp_path / "plant").mkdir()
    (tmp_path / "plant" / "plant.toml").write_text(PLANT)
    (tmp_path / "plant" / "tags.csv").write_text(TAGS)
    (tmp_path / "setup.toml").write_text(FILE)
    for name, text in (("ada.txt", PASSWORD), ("server.txt", SECRET)):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(text + "\n")
    monkeypatch.setenv("HMI_SITE", str(tmp_path / "site.toml"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield tmp_path
    keyring.set_keyring(before)


@pytest.fixture
def setup(room: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(*words: str) -> tuple[int, str, str]:
        named = ["--from", str(room / "setup.toml"), "--data", str(room / "data")]
        code = cli.main(["setup", str(room / "plant"), *named, *words])
        said = capfd.readouterr()
        return code, said.out, said.err

    return run


def test_a_station_is_ready_after_one_command(room: Path, setup: Callable[..., tuple[int, str, str]]) -> None:
    code, out, err = setup("--json")
    assert code == 0, err
    told, data = json.loads(out), room / "data"
    assert (told["account"], told["station"]) == ("ada", "panel")
    book = read_book(data)
    assert [(one.name, one.full_name, one.roles, one.must_change) for one in book.accounts] == [
        ("ada", "Ada Lund", {"": "administer"}, False)
    ]
    assert read_station(room / "site.toml") == StationSettings("panel", "de")
    own = x509.load_der_x509_certificate((room / "panel.der").read_bytes())
    assert own == x509.load_der_x509_certificate((data / "pki" / "own" / "cert.der").read_bytes())
    assert (data / "secrets" / "server").read_text().strip() == SECRET
    assert told["server"].startswith("away"), "nobody answers there, and it says so"
    assert told["delete"] == [str(room / "ada.txt"), str(room / "server.txt")]
    records = [record for _, record in Reader(data).journal(limit=100)]
    assert {("person", "added", "ada"), ("system", "set", "secrets")} <= {
        (one.category, one.event, one.subject) for one in records
    }
    files = [path for path in data.rglob("*") if path.is_file() and path != data / "secrets" / "server"]
    for path in files:
        assert PASSWORD.encode() not in path.read_bytes() and SECRET.encode() not in path.read_bytes(), path
    assert PASSWORD not in out + err and SECRET not in out + err
    code, out, err = setup()
    assert code == 1 and "has its people already" in err
    assert read_book(data) == book


@pytest.mark.parametrize(
    ("wrong", "right", "says"),
    [
        ('name = "ada"', 'nmae = "ada"', "nmae"),
        ("[first_account]", "[account]", "not a section"),
        ("server =", "filler =", "asks for server"),
        ('language = "de"', 'language = "fr"', "language"),
        ('name = "panel"', 'name = "../panel"', "name"),
        ("password_file", "password", "password"),
    ],
)
def test_a_mistake_in_the_file_is_named_and_nothing_is_done(room: Path, wrong: str, right: str, says: str) -> None:
    (room / "setup.toml").write_text(FILE.replace(wrong, right, 1))
    with pytest.raises(PlantError) as told:
        read(room / "setup.toml", load_folder(room / "plant"))
    assert any(says in str(one) for one in told.value.mistakes)


def test_a_password_is_no_bad_one_and_nobody_elses(room: Path) -> None:
    plant = load_folder(room / "plant")
    (room / "ada.txt").write_text("ada123")
    with pytest.raises(HmiError, match="10 to 256"):
        read(room / "setup.toml", plant)
    (room / "ada.txt").write_text(PASSWORD)
    (room / "ada.txt").chmod(0o644)
    with pytest.raises(HmiError, match="Others can read"):
        read(room / "setup.toml", plant)
    (room / "ada.txt").unlink()
    with pytest.raises(HmiError, match="cannot be read"):
        read(room / "setup.toml", plant)
    assert not (room / "data").exists()


def test_a_password_from_the_input(room: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    (room / "setup.toml").write_text(FILE.replace('password_file = "ada.txt"\n', ""))
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert read(room / "setup.toml", load_folder(room / "plant")).password == PASSWORD
