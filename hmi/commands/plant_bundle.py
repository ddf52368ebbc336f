"""`hmi plant`: a plant's files signed by whoever answers for them, packed, and put into force at stations."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import msgspec

from hmi.clock import MachineClock
from hmi.commands.places import named_folder, who
from hmi.core import minisign
from hmi.core.errors import HmiError
from hmi.drivers.decisions import Decision, lay_down
from hmi.installed import root
from hmi.plantfiles import bundle as bundles
from hmi.plantfiles.bundle import Bundle
from hmi.plantfiles.bundle_install import install as put_into_force
from hmi.plantfiles.bundle_pack import opened, pack
from hmi.plantfiles.signing import FOLDER, Keys, new_key, read_key, trusted_keys, write_key
from hmi.update.ownership import as_owner


def plant(options: argparse.Namespace) -> int:
    """Do what was asked with a plant's files; 1 if the answer is no."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "key": _key,
        "sign": _sign,
        "pack": _pack,
        "verify": _verify,
        "trust": _trust,
        "install": _install,
    }
    return actions[options.action](options)


def _key(options: argparse.Namespace) -> int:
    key = new_key()
    public = write_key(options.file, key)
    print(f"key {key.public_key.name}: keep {options.file} where nobody else can read it, and off the stations")
    print(f"Give {public} to the stations: hmi plant trust {public}")
    return 0


def _sign(options: argparse.Namespace) -> int:
    made = bundles.sign(options.folder, read_key(options.key)) if options.key else bundles.write(options.folder)
    if options.json:
        return _print(made, options.folder, signed=bool(options.key))
    plant = made.plant
    print(f"{options.folder}: plant {plant.id} version {plant.version}, {len(made.files)} files")
    if not options.key:
        file = options.folder / bundles.FILE
        print(f"It is listed and not signed yet: minisign -Sm {file}, or hmi plant sign with --key")
    return 0


def _pack(options: argparse.Namespace) -> int:
    made = pack(options.folder, options.out)
    size = f"{options.out.stat().st_size / 1e3:.0f} kB"
    print(f"{options.out}: plant {made.plant.id} version {made.plant.version}, {len(made.files)} files, {size}")
    return 0


def _verify(options: argparse.Namespace) -> int:
    keys = _named_keys(options.key) if options.key else _station_keys(options)
    if not keys:
        raise HmiError("No key is trusted here, so nothing can be verified: name one with --key FILE.pub")
    if options.what.is_dir():
        found = bundles.verified(options.what, keys)
    else:
        found = opened(options.what, keys).bundle
    if options.json:
        return _print(found, options.what, signed=True)
    plant = found.plant
    print(f"{options.what}: plant {plant.id} version {plant.version}, {len(found.files)} files as they were signed")
    return 0


def _trust(options: argparse.Namespace) -> int:
    """Copy a public key to the keys of the data folder; the journal is told."""
    data = _data(options)
    try:
        key = minisign.read_public(options.file.read_text("utf-8"))
        place = data / FOLDER / (options.use or "")
        uses = {"plant": "plants", "program": "programs"}.get(options.use, "plants and programs")
        user, station = who(data)
        text = f"the key {key.name} is trusted for {uses}"
        with as_owner(data):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            (place / f"{key.name}.pub").write_text(minisign.write_public(key), "utf-8")
            lay_down(data, Decision(MachineClock().now_ns(), "key trusted", text, user, station, "plant keys"))
    except (OSError, ValueError) as error:
        raise HmiError(f"{options.file}: {getattr(error, 'strerror', None) or error}: nothing was changed") from None
    print(f"Key {key.name} is trusted for {uses}, from the engine's next start on: compare its number with its owner")
    return 0


def _install(options: argparse.Namespace) -> int:
    if options.into is None:
        from hmi.commands.update import install_pack

        return install_pack(options)
    keys = _station_keys(options) if options.data or root() else Keys()
    made = put_into_force(opened(options.file, keys or None), options.into, downgrade=options.downgrade)
    print(f"{options.into} is now {made.name}" + ("" if keys else "; no key is trusted here, so nobody vouches for it"))
    return 0


def _station_keys(options: argparse.Namespace) -> Keys:
    return trusted_keys((root(), named_folder(options)), "plant")


def _named_keys(files: list[Path]) -> Keys:
    try:
        return Keys(tuple(minisign.read_public(file.read_text("utf-8")) for file in files))
    except (OSError, ValueError) as error:
        raise HmiError(f"{getattr(error, 'filename', None) or files[0]}: {error}") from None


def _data(options: argparse.Namespace) -> Path:
    folder = named_folder(options)
    if folder is None or not folder.is_dir():
        raise HmiError("Say which station: --data DIR, the data folder of its engine")
    return folder


def _print(found: Bundle, where: Path, signed: bool) -> int:
    facts = {"file": str(where), "plant": found.plant, "signed": signed, "files": found.files}
    print(msgspec.json.format(msgspec.json.encode(facts), indent=1).decode())
    return 0
