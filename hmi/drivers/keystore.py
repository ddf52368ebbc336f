"""What a station keeps secret, such as passwords for servers: in the operating system's key store, else in a file.

`secrets/NAME` below the data folder holds a secret itself and is readable by the engine's account only;
`secrets/NAME.stored` says that the key store has it. The key store's library is read in when one is asked for: it
costs a tenth of a second. Its backends may wait for a person who unlocks them: never ask one on an event loop.
"""

from __future__ import annotations

import contextlib
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from hmi.core.errors import DeviceError
from hmi.core.plant.security import NAME_FORM
from hmi.drivers.pki import write_whole

FILE, KEY_STORE = "file", "key store"
LONGEST: Final = 4096  # bytes
WAIT_S: Final = 60.0  # for a person who unlocks the store; where nobody is, it would wait for ever
_STORED: Final = ".stored"
_LEAST_PRIORITY: Final = 1.0  # of a backend: below it the library itself advises against it
_HARMFUL: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")  # no store, or one in the clear


class SecretError(DeviceError):
    """A secret cannot be kept or had: in words, without the secret."""


@dataclass(frozen=True, slots=True)
class Kept:
    """One secret of the station, and where it is; never the secret."""

    name: str
    place: str  # FILE | KEY_STORE
    where: str  # the file, or what the key store calls itself


class Secrets:
    """The secrets of one data folder. Reads the disk at each call: what a person changes counts at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "secrets"
        self._service = f"hmi {folder.resolve()}"

    def kept(self) -> list[Kept]:
        """What there is, by name."""
        if not self.folder.is_dir():
            return []
        found = []
        for path in sorted(self.folder.iterdir()):
            name = path.name.removesuffix(_STORED)
            if re.fullmatch(NAME_FORM, name) and path.is_file():
                is_stored = path.name.endswith(_STORED)
                where = path.read_text("utf-8", "replace").strip() if is_stored else str(path)
                found.append(Kept(name, KEY_STORE if is_stored else FILE, where))
        return found

    def is_stored(self, name: str) -> bool:
        """Whether the operating system's key store is to be asked for it."""
        return self._mark(name).exists()

    def put(self, name: str, secret: str, in_file: bool = False) -> Kept:
        """Keep a secret in place of the one before, where it is safest; raises SecretError: then nothing changed."""
        _check(name, secret)
        store = None if in_file else key_store()
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if store is not None and self._stored(store, name, secret):
                write_whole(self._mark(name), f"{store.name}\n".encode(), 0o600)
                (self.folder / name).unlink(missing_ok=True)
                return Kept(name, KEY_STORE, store.name)
            write_whole(self.folder / name, f"{secret}\n".encode(), 0o600)
            self._forget(name)
        except OSError as error:
            raise SecretError(f"{error.filename or self.folder}: {error.strerror}: nothing was kept") from None
        return Kept(name, FILE, str(self.folder / name))

    def stored(self, name: str) -> str:
        """What the key store has; raises SecretError where it cannot be had. May take long."""
        import keyring
        from keyring.errors import KeyringError

        again = f"unlock it, or give the secret anew: hmi secret set {name}"
        try:
            found = begun(keyring.get_password, self._service, name).result(WAIT_S)
        except (KeyringError, OSError, RuntimeError, TimeoutError) as error:
            raise SecretError(f"the key store does not give {name!r} ({type(error).__name__}): {again}") from None
        if found is None:
            raise SecretError(f"the key store of this account does not have {name!r}: hmi secret set {name}")
        return found

    def remove(self, name: str) -> bool:
        """Forget a secret; False where there was none."""
        was = (self.folder / name).exists() or self.is_stored(name)
        try:
            (self.folder / name).unlink(missing_ok=True)
            self._forget(name)
        except OSError as error:
            raise SecretError(f"{error.filename}: {error.strerror}: it is still there") from None
        return was

    def _stored(self, store: Any, name: str, secret: str) -> bool:
        """Whether the key store took it, and gives it back."""
        from keyring.errors import KeyringError

        try:
            begun(store.set_password, self._service, name, secret).result(WAIT_S)
            return bool(begun(store.get_password, self._service, name).result(WAIT_S) == secret)
        except (KeyringError, OSError, RuntimeError, TimeoutError):
            return False

    def _forget(self, name: str) -> None:
        if not self.is_stored(name):
            return
        import keyring
        from keyring.errors import KeyringError

        # Where the store is locked, or another one, it keeps what nobody asks it for any more.
        with contextlib.suppress(KeyringError, OSError, RuntimeError, TimeoutError):
            begun(keyring.delete_password, self._service, name).result(WAIT_S)
        self._mark(name).unlink(missing_ok=True)

    def _mark(self, name: str) -> Path:
        return self.folder / f"{name}{_STORED}"


def begun(what: Callable[..., Any], *args: Any) -> Future[Any]:
    """Do it on a thread that nobody waits for at the end: a store that never answers must not keep us from ending."""
    promise: Future[Any] = Future()

    def do() -> None:
        try:
            found, wrong = what(*args), None
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for it
            found, wrong = None, error
        with contextlib.suppress(InvalidStateError):  # nobody waits for it any more
            promise.set_result(found) if wrong is None else promise.set_exception(wrong)

    threading.Thread(target=do, name="hmi-key-store", daemon=True).start()
    return promise


def key_store() -> Any:
    """The operating system's key store, if this account has one that is fit to keep a secret; else None."""
    try:
        import keyring
    except ImportError:  # a program that was packed for a panel without it
        return None
    store = keyring.get_keyring()
    parts = list(getattr(store, "backends", None) or [store])
    fit = [one for one in parts if not type(one).__module__.startswith(_HARMFUL)]
    priority = float(getattr(store, "priority", 0))
    return store if fit == parts and priority >= _LEAST_PRIORITY else None


def _check(name: str, secret: str) -> None:
    if not re.fullmatch(NAME_FORM, name):
        raise SecretError(f"{name[:40]!r} is no name of a secret: a word of a-z 0-9 _ -, such as that of a connection")
    if not secret or len(secret.encode("utf-8", "surrogatepass")) > LONGEST or not secret.isprintable():
        raise SecretError(f"a secret has 1 to {LONGEST} bytes and no line ends in it: nothing was kept")


def is_private(path: Path) -> bool:
    """Whether nobody but its owner can read a file, as far as the operating system tells."""
    return os.name != "posix" or not path.stat().st_mode & 0o077
