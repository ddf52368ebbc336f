"""What came from the plant server, kept at the station: a folder each, there whole or not at all.

inbox/0007/ holds the file as it came, its signature beside it, and item.json, which says what became of it.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from pathlib import Path
from typing import Final

import msgspec

from hmi.core.errors import StoreError
from hmi.core.incoming import Item
from hmi.store.backup import sync_folder

FOLDER: Final = "inbox"
SIGNATURE: Final = ".minisig"
_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ +-]{0,119}")
_KEPT: Final = 200  # items that are decided, of which file and words are kept


class Inbox:
    """Of one data folder; may be used by several threads. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER
        self._lock = threading.Lock()

    def items(self) -> list[Item]:
        """All there are, in the order in which they were published; one that cannot be read is left out."""
        found = []
        for path in sorted(self._folder.glob("[0-9]*/item.json")) if self._folder.is_dir() else ():
            try:
                found.append(msgspec.json.decode(path.read_bytes(), type=Item))
            except (OSError, ValueError, RecursionError):
                continue  # as if it had never come: it is fetched anew
        return found

    def bring(self, item: Item, file: bytes, signature: str) -> Path:
        """Put down what came, for whoever judges it; gives the file's place. It is no item before it is kept."""
        part = self._part(item.id)
        name = file_name(item)
        try:
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir(mode=0o700, parents=True)
            for one, data in ((name, file), (name + SIGNATURE, signature.encode())):
                if data:
                    _write(part / one, data)
        except OSError as error:
            raise StoreError(f"{part} cannot be written ({error.strerror}): it is fetched again later") from None
        return part / name

    def keep(self, item: Item) -> None:
        """What was brought is an item from now on."""
        part, place = self._part(item.id), self._folder / f"{item.id:04}"
        try:
            _write(part / "item.json", msgspec.json.encode(item))
            sync_folder(part)
            shutil.rmtree(place, ignore_errors=True)  # one that could not be read
            part.rename(place)
            sync_folder(self._folder)
        except OSError as error:
            raise StoreError(f"{place} cannot be written ({error.strerror}): it is fetched again later") from None

    def _part(self, number: int) -> Path:
        return self._folder / f".{number:04}.partial"

    def path(self, item: Item) -> Path:
        """Where its file is."""
        return self._folder / f"{item.id:04}" / file_name(item)

    def change(self, number: int, before: str, after: Item) -> bool:
        """Write what became of one, if it still is as it was; False: somebody else was faster."""
        path = self._folder / f"{number:04}" / "item.json"
        with self._lock:
            try:
                if msgspec.json.decode(path.read_bytes(), type=Item).state != before:
                    return False
                draft = path.with_suffix(".tmp")
                _write(draft, msgspec.json.encode(after))
                draft.replace(path)
                sync_folder(path.parent)
            except (OSError, ValueError, RecursionError) as error:
                raise StoreError(f"{path} cannot be written ({error}): nothing was decided") from None
        return True

    def forget_old(self) -> None:
        """Drop the files of what was decided long ago; that it came is remembered, so that it is not fetched again."""
        decided = [item for item in self.items() if item.state != "waiting"]
        for item in decided[:-_KEPT]:
            for path in (self.path(item), Path(f"{self.path(item)}{SIGNATURE}")):
                path.unlink(missing_ok=True)


def file_name(item: Item) -> str:
    """What its file is called here: as it was, where that is a name and nothing more."""
    plain = item.name if _NAME.fullmatch(item.name) and item.name != "item.json" else f"{item.kind}.file"
    return plain.rstrip(" .") or f"{item.kind}.file"


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
