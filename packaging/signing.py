"""Signatures of installers and of their manifests, by the key of whoever answers for the plant."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

from content import CannotBuild, Entries, Entry, Release

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))


def signature(body: bytes, key: Path, release: Release, name: str) -> bytes:
    """The text of NAME.minisig; raises CannotBuild where the key cannot be used."""
    from hmi.core.errors import HmiError
    from hmi.plantfiles import signing as plant_signing

    words = f"{name} of {release.slug} {release.version} for {release.platform}"
    try:
        secret = plant_signing.read_key(key)
    except HmiError as error:
        raise CannotBuild(str(error)) from None
    return plant_signing.signed(hashlib.blake2b(body, digest_size=64).digest(), secret, words).encode()


def trusted(key: Path, files: Entries) -> Entries:
    """What a station is given to trust: the public part of the key, for programs, and for plants if one is signed."""
    beside = key.with_name(f"{key.name}.pub")
    folder = "trusted-keys" if "plant/BUNDLE.json.minisig" in files else "trusted-keys/program"
    return {f"{folder}/{beside.name}": Entry(path=beside)} if beside.is_file() else {}
