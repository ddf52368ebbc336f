"""How a plant's files stand to the keys that a station trusts: signed and checked, or free to be changed.

Where a station trusts a key, only a plant that this key has signed runs, byte for byte. To work on a plant there it
takes engineering mode, which everybody sees and the journal records. A station that trusts no key is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hmi.core.errors import HmiError, Mistake, PlantError
from hmi.plantfiles.bundle import FILE, Bundle, signed_list, verified
from hmi.plantfiles.folder import Seal
from hmi.plantfiles.signing import Keys, SignatureError, trusted_keys

SIGNED: Final = "signed"  # every file is as a trusted key signed it
OPEN: Final = "open"  # no key is trusted: any plant runs, as in development and in the demo
ENGINEERING: Final = "engineering"  # keys are trusted, and somebody has put them out of force here
_MEND: Final = "Sign it (hmi plant sign), put the signed files back, or work in engineering mode (--engineering)"


@dataclass(frozen=True, slots=True)
class Standing:
    """What is in force at a station, and in words for the journal and `hmi status`."""

    mode: str
    words: str
    version: int = 0  # of the plant, as it was signed; 0 it is not, or nobody asked
    key: str = ""  # the numbers of the keys that are trusted
    seal: Seal | None = None  # what files may say from now on; None whatever they like


NOBODY_ASKED: Final = Standing(OPEN, "the station trusts no plant key: any plant files run (engineering by definition)")


def standing(folder: Path, places: tuple[Path | None, ...], engineering: str = "") -> Standing:
    """Judge a plant folder at the start; raises HmiError, in words, for one that must not run here.

    `places` are the installation and the data folder, which hold trusted keys; `engineering` says who put them out
    of force ("--engineering"), "" nobody.
    """
    keys = trusted_keys(places, "plant")
    if not keys:
        return NOBODY_ASKED
    try:
        bundle = verified(folder, keys)
    except SignatureError as error:
        if engineering:
            return Standing(ENGINEERING, f"engineering mode by {engineering}: {error}", key=keys.names)
        damaged = f" ({'; '.join(keys.unusable)})" if keys.unusable else ""
        raise HmiError(f"{error}{damaged}. The plant was not started. {_MEND}") from None
    if engineering:
        words = (
            f"engineering mode by {engineering}: plant files may be changed; version {bundle.plant.version} is signed"
        )
        return Standing(ENGINEERING, words, bundle.plant.version, keys.names)
    words = f"plant version {bundle.plant.version}, {len(bundle.files)} files as they were signed"
    return Standing(SIGNED, words, bundle.plant.version, keys.names, _seal(keys, bundle))


def _seal(keys: Keys, first: Bundle) -> Seal:
    """Which files a folder may hold, by the list that is in it then: never of another plant, nor an older one."""
    newest = first.plant.version

    def seal(folder: Path) -> Mapping[str, str]:
        nonlocal newest
        try:
            bundle = signed_list(folder, keys)
        except SignatureError as error:
            raise PlantError([Mistake(FILE, 0, str(error), _MEND)]) from None
        if bundle.plant.id != first.plant.id or bundle.plant.version < newest:
            what = f"it is of plant {bundle.plant.id} version {bundle.plant.version}, where {newest} was in force"
            raise PlantError([Mistake(FILE, 0, what, "An older plant takes a restart of the engine")])
        newest = bundle.plant.version
        return bundle.files

    return seal
