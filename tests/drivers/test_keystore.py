"""Where a station's secrets are: in a key store that gives them back, else in a file that nobody else can read."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends import fail
from keyring.errors import InitError, KeyringLocked

from hmi.drivers import keystore, passwords
from hmi.drivers.keystore import FILE, KEY_STORE, LONGEST, SecretError, Secrets, key_store
from hmi.drivers.passwords import password_of, password_soon
from hmi.drivers.supervise import Refused

SECRET = "nine pale storks"


class Safe(KeyringBackend):
    """A key store as an operating system has one; it may be locked, or forget."""

    priority = 5.0

    def __init__(self) -> None:
        super().__init__()
        self.has: dict[tuple[str, str], str] = {}
        self.locked = False
        self.awake = threading.Event()  # unset: it waits for somebody who unlocks it
        self.awake.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.awake.wait()
        if self.locked:
            raise KeyringLocked("locked")
        return self.has.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.awake.wait()
        if self.locked:
            raise InitError("locked")
        self.has[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.has[service, username]


@pytest.fixture
def none() -> Iterator[None]:
    """An account without a key store, as that of a service is."""
    before = keyring.get_keyring()
    keyring.set_keyring(fail.Keyring())
    yield
    keyring.set_keyring(before)


@pytest.fixture
def safe(none: None) -> Safe:
    """An account with a key store."""
    made = Safe()
    keyring.set_keyring(made)
    return made


def everything_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_in_a_file_of_this_account_where_there_is_no_key_store(none: None, tmp_path: Path) -> None:
    kept = Secrets(tmp_path)
    assert key_store() is None
    one = kept.put("line-1", SECRET)
    path = tmp_path / "secrets" / "line-1"
    assert (one.place, one.where) == (FILE, str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert password_of("line-1", "op", tmp_path) == SECRET
    assert kept.remove("line-1") and not kept.remove("line-1")
    assert kept.kept() == []


async def test_in_the_key_store_and_nowhere_else(safe: Safe, tmp_path: Path) -> None:
    kept = Secrets(tmp_path)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "line-1").write_text("an old one")
    assert kept.put("line-1", SECRET).place == KEY_STORE
    assert SECRET.encode() not in everything_below(tmp_path)
    assert b"an old one" not in everything_below(tmp_path), "the file of before goes"
    assert [(one.name, one.place) for one in kept.kept()] == [("line-1", KEY_STORE)]
    assert password_of("line-1", "op", tmp_path) == SECRET
    assert await password_soon("line-1", "op", tmp_path) == SECRET
    assert Secrets(tmp_path / "elsewhere").kept() == [], "another station on this computer has its own"
    assert kept.put("line-1", SECRET, in_file=True).place == FILE
    assert safe.has == {}
    assert password_of("line-1", "op", tmp_path) == SECRET


async def test_a_locked_store_is_said_and_asked_again(safe: Safe, tmp_path: Path) -> None:
    kept = Secrets(tmp_path)
    kept.put("line-1", SECRET)
    safe.locked = True
    for ask in (password_of, password_soon):
        with pytest.raises(Refused, match="unlock it") as caught:
            answer = ask("line-1", "op", tmp_path)
            if not isinstance(answer, str):
                await answer
        assert SECRET not in str(caught.value)
    safe.locked = False
    safe.has.clear()
    with pytest.raises(Refused, match="hmi secret set line-1"):
        password_of("line-1", "op", tmp_path)


def test_a_store_that_takes_nothing_is_not_relied_on(safe: Safe, tmp_path: Path) -> None:
    safe.locked = True
    assert Secrets(tmp_path).put("line-1", SECRET).place == FILE


async def test_a_store_that_waits_for_somebody_holds_nothing_up(
    safe: Safe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keystore, "WAIT_S", 0.05)
    monkeypatch.setattr(passwords, "KEY_STORE_S", 0.05)
    kept = Secrets(tmp_path)
    kept.put("line-1", SECRET)
    safe.awake.clear()
    try:
        with pytest.raises(Refused, match="unlock it"):
            await password_soon("line-1", "op", tmp_path)
        with pytest.raises(SecretError, match="unlock it"):
            kept.stored("line-1")
        assert kept.put("line-2", SECRET).place == FILE
    finally:
        safe.awake.set()


@pytest.mark.parametrize("name", ["", "../other", "Line", "a/b", "a.stored", "a" * 65, "-x"])
def test_a_name_is_no_way_out_of_the_folder(none: None, tmp_path: Path, name: str) -> None:
    with pytest.raises(SecretError, match="no name of a secret"):
        Secrets(tmp_path / "data").put(name, SECRET)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret", ["", "a\nb", "x" * (LONGEST + 1)])
def test_what_is_no_secret_is_not_kept(none: None, tmp_path: Path, secret: str) -> None:
    with pytest.raises(SecretError, match="nothing was kept"):
        Secrets(tmp_path).put("line-1", secret)


def test_nobody_waits_for_the_library_who_has_nothing_in_a_key_store() -> None:
    code = "import sys, hmi.drivers.keystore, hmi.drivers.passwords; print('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
