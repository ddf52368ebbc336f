"""Pictures and files that belong to jobs: each kept once, under the hash of what is in it."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path
from typing import Final

from hmi.core.errors import StoreError

MAX_BYTES: Final = 8_000_000
_FOLDER: Final = "attachments"
_NAME: Final = re.compile(r"[0-9a-f]{40}\.(?:jpg|jpeg|png|pdf|txt|csv|svg)")
_PEOPLES: Final = ("jpg", "jpeg", "png", "pdf", "txt", "csv")  # a drawing is the plant's own, found harmless before
_BEGINNINGS: Final = {"jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n", "pdf": b"%PDF-"}


class Attachments:
    """The attachments of a data folder; may be used by several threads at once. Raises StoreError in words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / _FOLDER

    def keep(self, name: str, data: bytes) -> str:
        """Keep a file; gives the name by which it is found, which is the same for the same content."""
        ending = name.rpartition(".")[2].lower()
        if ending not in _PEOPLES:
            raise StoreError(f"{name[-60:]!r} is no picture, PDF or text: attach a .jpg, .png, .pdf, .txt or .csv file")
        if not data.startswith(_BEGINNINGS.get(ending, b"")):
            raise StoreError(f"{name[-60:]!r} is not what its name says: nothing was kept")
        if not data or len(data) > MAX_BYTES:
            raise StoreError(f"an attachment has at most {MAX_BYTES // 1_000_000} MB: take a smaller picture")
        return self._keep(ending, data)

    def keep_drawing(self, text: str) -> str:
        """Keep a drawing of the plant's files that was found harmless, like an attachment."""
        return self._keep("svg", text.encode())

    def _keep(self, ending: str, data: bytes) -> str:
        kept = f"{hashlib.blake2b(data, digest_size=20).hexdigest()}.{ending}"
        try:
            self._write(self._folder / kept, data)
        except OSError as error:
            raise StoreError(
                f"the attachment cannot be kept ({error.strerror}): make room, and attach it again"
            ) from error
        return kept

    def has(self, name: str) -> bool:
        """Whether there is an attachment of this name."""
        return bool(_NAME.fullmatch(name)) and (self._folder / name).is_file()

    def read(self, name: str) -> bytes:
        """What is in an attachment, if it is still what was kept."""
        if not _NAME.fullmatch(name):
            raise StoreError(f"{name[:60]!r} is no attachment")
        try:
            data = (self._folder / name).read_bytes()
        except OSError as error:
            raise StoreError(
                f"the attachment {name} cannot be read ({error.strerror}): look for it in a backup"
            ) from error
        if hashlib.blake2b(data, digest_size=20).hexdigest() != name.partition(".")[0]:
            raise StoreError(f"the attachment {name} was changed since it was kept: take it from a backup")
        return data

    def _write(self, path: Path, data: bytes) -> None:
        """Whole, and on the disk, or not at all."""
        if path.exists():
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.part")
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
