"""What a plant folder consists of, with the hash of each file, signed: BUNDLE.json and BUNDLE.json.minisig in it.

Whoever changes one byte of a signed plant, adds a file or takes one away is found out before the plant runs.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from hmi.core import minisign
from hmi.core.errors import HmiError
from hmi.core.minisign import SecretKey
from hmi.plantfiles.bundle_names import clash, wrong_name
from hmi.plantfiles.folder import MAX_BYTES, MAX_FILES, load_folder
from hmi.plantfiles.signing import SUFFIX, Keys, SignatureError, proven, signature_text, signed

FILE: Final = "BUNDLE.json"
SIGNATURE: Final = FILE + SUFFIX
FORMAT: Final = 1
BIGGEST: Final = 1_000_000  # bytes of a bundle's own list
_TOLD: Final = 3  # differing files named in one line


class BundlePlant(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which plant, and which edition of its files."""

    id: str
    name: str
    version: int


class Bundle(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The list of a plant's files: BUNDLE.json."""

    format: int
    plant: BundlePlant
    files: dict[str, str]  # path -> sha256


def survey(folder: Path) -> Bundle:
    """The list of a plant folder as it is now; raises PlantError for a plant with mistakes, HmiError for its files."""
    plant = load_folder(folder)
    return Bundle(FORMAT, BundlePlant(plant.id, plant.name, plant.version), hashes(folder))


def hashes(folder: Path) -> dict[str, str]:
    """Each file of a plant folder with its sha256; hidden files and the bundle's own are no part of it."""
    found: dict[str, str] = {}
    total = 0
    for path in _files(folder, folder):
        name = path.relative_to(folder).as_posix()
        if why := wrong_name(name):
            raise HmiError(f"{name!r} cannot be signed: {why}. Rename it or move it out of the plant's folder")
        total += path.stat().st_size
        if len(found) >= MAX_FILES or total > MAX_BYTES:
            raise HmiError(f"{folder} holds more than {MAX_FILES} files or {MAX_BYTES // 10**6} MB: that is no plant")
        with path.open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    if why := clash(found):
        raise HmiError(f"{folder} cannot be signed: {why} on some systems. Rename one")
    return dict(sorted(found.items()))


def _files(top: Path, folder: Path) -> Iterator[Path]:
    for entry in sorted(os.scandir(folder), key=lambda one: one.name):
        path = Path(entry.path)
        if entry.name.startswith(".") or (folder == top and entry.name in (FILE, SIGNATURE)):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _files(top, path)
        elif entry.is_file(follow_symlinks=False):
            yield path
        else:
            raise HmiError(
                f"{path.relative_to(top)} is no ordinary file, so it cannot be signed: put the file itself there"
            )


def encoded(bundle: Bundle) -> bytes:
    """The bytes that are signed: the same for the same plant, whoever makes them."""
    return msgspec.json.encode(msgspec.to_builtins(bundle), order="sorted") + b"\n"


def write(folder: Path) -> Bundle:
    """Put the list of its files into a plant folder, and take an old signature away; raises HmiError."""
    made = survey(folder)
    try:
        (folder / SIGNATURE).unlink(missing_ok=True)
        (folder / FILE).write_bytes(encoded(made))
    except OSError as error:
        raise HmiError(f"{folder} cannot be written into: {error.strerror}") from None
    return made


def sign(folder: Path, key: SecretKey) -> Bundle:
    """Sign a plant folder as it is now; raises PlantError, HmiError."""
    made = write(folder)
    (folder / SIGNATURE).write_text(signature_of(made, key), "utf-8")
    return made


def signature_of(bundle: Bundle, key: SecretKey) -> str:
    """The signature of a list, as the text of its .minisig file."""
    words = f"plant {bundle.plant.id} version {bundle.plant.version}"
    return signed(minisign.digest(encoded(bundle)), key, words)


def decoded(data: bytes, where: str) -> Bundle:
    """A bundle's list out of its bytes; raises SignatureError."""
    try:
        found = msgspec.json.decode(data, type=Bundle)
    except ValueError as error:
        raise SignatureError(f"{where} cannot be used ({error})") from None
    if found.format != FORMAT:
        raise SignatureError(f"{where} is of format {found.format}, this program reads {FORMAT}: update the program")
    return found


def read(folder: Path) -> tuple[Bundle, bytes]:
    """The list in a plant folder, and its bytes; raises SignatureError. Nothing is proven by that."""
    try:
        with (folder / FILE).open("rb") as file:
            data = file.read(BIGGEST + 1)
    except FileNotFoundError:
        raise SignatureError(f"{folder} is not signed: it has no {FILE}") from None
    except OSError as error:
        raise SignatureError(f"{folder / FILE} cannot be read: {error.strerror}") from None
    if len(data) > BIGGEST:
        raise SignatureError(f"{folder / FILE} is too large to be the list of a plant")
    return decoded(data, str(folder / FILE)), data


def signed_list(folder: Path, keys: Keys) -> Bundle:
    """The list in a plant folder, proven by a trusted key; raises SignatureError."""
    bundle, data = read(folder)
    proven(minisign.digest(data), signature_text(folder / FILE), keys, f"the plant {bundle.plant.id!r} ({FILE})")
    return bundle


def verified(folder: Path, keys: Keys) -> Bundle:
    """A plant folder of which every file is as it was signed by a trusted key; raises SignatureError, naming files."""
    bundle = signed_list(folder, keys)
    if wrong := differences(folder, bundle):
        more = f" and {len(wrong) - _TOLD} more" if len(wrong) > _TOLD else ""
        raise SignatureError(f"{folder} is not as it was signed: {'; '.join(wrong[:_TOLD])}{more}")
    return bundle


def differences(folder: Path, bundle: Bundle) -> list[str]:
    """In what a folder differs from the list, file by file."""
    try:
        now = hashes(folder)
    except HmiError as error:
        return [str(error)]
    except OSError as error:
        return [f"{error.filename or folder} cannot be read ({error.strerror})"]
    missing = [f"{name} is missing" for name in bundle.files if name not in now]
    changed = [f"{name} was changed" for name, hashed in now.items() if bundle.files.get(name, hashed) != hashed]
    return sorted(missing + changed + [f"{name} was not signed" for name in now if name not in bundle.files])
