"""The end of a station's life: nothing that only it may know is left, nothing else is touched."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.people import Account
from hmi.drivers.keystore import Secrets
from hmi.drivers.pki import write_whole
from hmi.engine.forward import KEY
from hmi.plantfiles.staged import AGREED, LOCK, READY
from hmi.store import inbox, sent
from hmi.store import wipe as wiping
from hmi.store.people import Book, new_book, write_book
from hmi.store.query import Reader
from hmi.store.store import Store
from hmi.store.wipe import to_wipe, wipe
from tests.store.made import MIDNIGHT, TAGS, batch_of

WHO = ("a.jones", "desk-1")
SECRET = b"three grey herons"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A station's data folder: values, a journal, people, keys, a password, a crash report, and somebody's own file."""
    folder, clock = tmp_path / "data", HandClock(MIDNIGHT)
    with closing(Store(folder, TAGS, clock)) as store:
        store.append(batch_of(0, [clock.now_ns()], [1.0]))
        store.flush().result(20)
        store.seal().result(20)
    book: Book = new_book()
    write_book(folder, Book(key=book.key, accounts=(Account(number=1, name="ada", password="$argon2id$x"),)))
    Secrets(folder).put("filler", SECRET.decode(), in_file=True)
    for name in (
        "pki/own/key.pem",
        "pki/journal.key",
        "pki/journal.pub",
        "outbox.key",
        "crashes/1.txt",
        "engine.log",
        "trusted-keys/a",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(folder / name, SECRET, 0o600)
    (folder / "notes.txt").write_text("mine")
    return folder


def left(folder: Path) -> set[str]:
    return {path.relative_to(folder).parts[0] for path in folder.iterdir()}


@pytest.mark.cr("4.2")
def test_secrets_go_and_records_stay_that_can_still_be_proven(folder: Path):
    done = wipe(folder, MIDNIGHT + 5, WHO, records=False)
    assert not done.failed
    assert {"hot.db", "journal.db", "samples", "pki", "notes.txt"} <= left(folder)
    assert [path.name for path in (folder / "pki").rglob("*")] == ["journal.pub"]
    assert {"journal.db", "notes.txt", "pki/journal.pub"} <= set(done.left)
    [(_, record)] = Reader(folder).journal(newest_first=True, limit=1)
    assert (record.event, record.user, record.station) == ("wiped", *WHO)


@pytest.mark.cr("4.2")
def test_with_the_records_nothing_of_a_station_is_left(folder: Path):
    done = wipe(folder, MIDNIGHT + 5, WHO, records=True)
    assert (left(folder), done.left, done.failed) == ({"notes.txt"}, ["notes.txt"], [])
    (folder / "notes.txt").unlink()
    (folder / "people.json").write_text("{}")
    wipe(folder, MIDNIGHT + 5, WHO, records=True)
    assert not folder.exists()


def test_every_file_of_a_station_is_known(folder: Path):
    """What a newer part of the program keeps in the data folder must not be forgotten here."""
    _, stays = to_wipe(folder, records=True)
    assert [path.name for path in stays] == ["notes.txt"]


def test_bytes_are_overwritten_before_the_name_goes(folder: Path, monkeypatch: pytest.MonkeyPatch):
    seen: dict[str, bytes] = {}
    unlink = Path.unlink

    def watched(path: Path, missing_ok: bool = False) -> None:
        if path.is_file() and not path.is_symlink():
            seen[path.name] = path.read_bytes()
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", watched)
    wipe(folder, MIDNIGHT + 5, WHO, records=True)
    assert {"filler", "people.json", "key.pem", "journal.db"} <= set(seen)
    assert not any(data.strip(b"\0") for name, data in seen.items() if name != "lock")


def test_no_link_leads_out_of_the_folder(folder: Path, tmp_path: Path):
    other, place = tmp_path / "other.txt", tmp_path / "elsewhere"
    other.write_text("theirs")
    place.mkdir()
    (place / "key.pem").write_text("theirs")
    (folder / "secrets" / "plc").symlink_to(other)
    (folder / "pki" / "users").symlink_to(place)
    os.link(other, folder / "secrets" / "twin")
    done = wipe(folder, MIDNIGHT + 5, WHO, records=True)
    assert not done.failed
    assert (other.read_text(), (place / "key.pem").read_text()) == ("theirs", "theirs")
    assert done.shared == ["secrets/twin"], "deleted here, and said that its bytes live on elsewhere"
    assert not (folder / "secrets").exists()


def test_not_while_an_engine_has_it(folder: Path):
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT))), pytest.raises(StoreError, match="stop it first"):
        wipe(folder, MIDNIGHT, WHO, records=True)
    assert (folder / "people.json").exists()


def test_a_lock_that_is_a_trap_is_not_taken_for_an_engine(folder: Path, tmp_path: Path):
    other = tmp_path / "other.txt"
    other.write_text("theirs")
    (folder / "lock").unlink(missing_ok=True)
    os.link(other, folder / "lock")
    with pytest.raises(StoreError, match=r"is another file, too: delete it.* Nothing was erased"):
        wipe(folder, MIDNIGHT, WHO, records=True)
    assert (folder / "people.json").exists()


def test_what_an_attempt_before_left_can_still_be_erased(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Somebody holds a day's file: when all else is gone, the folder still counts as a station's."""
    with monkeypatch.context() as patch:
        patch.setattr(wiping, "_overwrite", busy_days)
        done = wipe(folder, MIDNIGHT + 5, WHO, records=True)
    assert [text.partition(":")[0] for text in done.failed] == [
        path.relative_to(folder).as_posix() for path in sorted((folder / "samples").iterdir())
    ]
    assert left(folder) == {"samples", "lock", "notes.txt"}
    assert wipe(folder, MIDNIGHT + 6, WHO, records=True).failed == []
    assert left(folder) == {"notes.txt"}


def busy_days(path: Path, _size: int) -> None:
    if path.parent.name == "samples":
        raise OSError(16, "Device or resource busy", str(path))


def test_a_file_that_goes_by_itself_meanwhile_is_not_said_to_be_there(folder: Path, monkeypatch: pytest.MonkeyPatch):
    overwrite = wiping._overwrite

    def and_another_goes(path: Path, size: int) -> None:
        (folder / "crashes" / "1.txt").unlink(missing_ok=True)
        overwrite(path, size)

    monkeypatch.setattr(wiping, "_overwrite", and_another_goes)
    done = wipe(folder, MIDNIGHT + 5, WHO, records=True)
    assert done.failed == []
    assert left(folder) == {"notes.txt"}


def test_what_is_no_data_folder_is_left_alone(tmp_path: Path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    for place in (tmp_path / "home", tmp_path / "nothing", tmp_path / "home" / "letter.txt"):
        with pytest.raises(StoreError, match="othing was erased"):
            wipe(place, MIDNIGHT, WHO, records=True)
    assert list((tmp_path / "home").iterdir()) == [tmp_path / "home" / "letter.txt"]


def test_what_cannot_be_erased_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def stuck(path: Path, _size: int) -> None:
        if path.name == "key.pem":
            raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(wiping, "_overwrite", stuck)
    done = wipe(folder, MIDNIGHT + 5, WHO, records=True)
    assert done.failed == ["pki/own/key.pem: Permission denied"]
    assert (folder / "pki" / "own" / "key.pem").exists()


def test_a_damaged_journal_does_not_keep_secrets_alive(folder: Path):
    (folder / "journal.db").write_bytes(b"not a database at all" * 500)
    done = wipe(folder, MIDNIGHT + 5, WHO, records=False)
    assert not (folder / "secrets").exists()
    assert not done.failed


def test_what_the_manual_says_is_in_a_data_folder_is_known_here():
    """A part of the program that keeps a new file there, and says so, must not leave it behind."""
    manual = Path(__file__).resolve().parents[2] / "resources" / "manual" / "data-folder.md"
    table = [line for line in manual.read_text("utf-8").splitlines() if line.startswith("| `")]
    named = [line.split("`")[1].replace("YYYY-MM-DD", "2026-11-22").rstrip("/") for line in table]
    named = [name for name in named if "." in name or name.islower()]  # the last tables are of figures
    assert len(named) >= 15
    named += [READY, AGREED, LOCK, sent.NOTE, f"{sent.NOTE}.tmp", inbox.FOLDER, f"{inbox.FOLDER}/0001/item.json", KEY]
    unknown = [name for name in named if not wiping._SECRET.fullmatch(name) and not wiping._RECORDS.fullmatch(name)]
    assert not unknown
