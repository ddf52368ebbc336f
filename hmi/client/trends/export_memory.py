"""What a station remembers of its exports: the folder, the form and what of history was taken."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import msgspec

log = logging.getLogger(__name__)


class Remembered(msgspec.Struct, frozen=True):
    """How the last export was made."""

    folder: str = ""
    form: str = "csv"  # csv | parquet | png | pdf
    values: str = "raw"  # raw | drawn | a step such as 15m


def usual_file(station: str) -> Path:
    """Where that is kept, in the user's own configuration."""
    import platformdirs

    name = "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in station) or "station"
    return platformdirs.user_config_path("hmi", appauthor=False) / f"exports-{name}.json"


def usual_folder() -> Path:
    """Where a person looks for documents."""
    import platformdirs

    return Path(platformdirs.user_documents_dir())


def recall(file: Path) -> Remembered:
    """What was remembered; the defaults where there is nothing that can be read."""
    try:
        return msgspec.json.decode(file.read_bytes()[:100_000], type=Remembered)
    except (OSError, ValueError, RecursionError):
        return Remembered()


def remember(file: Path, what: Remembered) -> None:
    """Remember; a disk that does not take it costs nothing but the memory."""
    beside = file.with_suffix(f".{os.getpid()}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(msgspec.json.encode(what))
        beside.replace(file)
    except OSError as error:
        log.info("%s cannot be written (%s): the next export asks for its folder again", file, error)
