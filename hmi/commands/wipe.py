"""`hmi wipe`: what a station must not leave behind when it is taken out of use, erased, and said what cannot be."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from hmi.clock import MachineClock
from hmi.commands.ask import put_json, say
from hmi.commands.places import data_folder, secret, who
from hmi.commands.progress import ProgressLine
from hmi.commands.station import site_at
from hmi.core.errors import HmiError
from hmi.drivers.keystore import KEY_STORE, Secrets
from hmi.store.wipe import Wiped, to_wipe
from hmi.store.wipe import wipe as erase
from hmi.update.ownership import as_owner

# What overwriting does not reach, whatever a program does: said each time.
_FLASH = (
    "On flash (SSD, SD card, stick) and on file systems that copy on write, overwritten bytes can still be in cells "
    "that nothing but the disk's own erasure reaches: use that, or destroy the disk, unless it was encrypted"
)
_ELSEWHERE = (
    "Backups, the plant server, servers that trust this station's certificate, and memory of running programs keep "
    "what they have"
)
CANNOT = (_FLASH, _ELSEWHERE)


def wipe(options: argparse.Namespace) -> int:
    """Erase it once somebody has typed which station it is; 1 if anything of it is still there."""
    folder = data_folder(options)
    site = site_at(folder)  # while the folder still tells of which plant it is
    try:
        with as_owner(folder):  # nothing of the system's is erased through a link there
            done, stored = _erased(folder, options)
    except OSError as error:
        raise HmiError(f"{error.filename or folder}: {error.strerror}: use the engine's own account") from None
    return _report(options, folder, done, stored, [str(path) for path in _beside(site) if path.exists()])


def _erased(folder: Path, options: argparse.Namespace) -> tuple[Wiped, list[str]]:
    found, left = to_wipe(folder, options.records)
    stored = [one.name for one in Secrets(folder).kept() if one.place == KEY_STORE]
    if not options.json:
        _ask(folder, len(found), len(left), options.records)
    typed = secret(f"The name of the folder ({folder.resolve().name}), to erase it,", hidden=False)
    if typed != folder.resolve().name:
        raise HmiError(f"That is not {folder.resolve().name}: nothing was erased")
    by = who(folder)
    for name in stored:
        Secrets(folder).remove(name)
    with ProgressLine() as line:
        return erase(folder, MachineClock().now_ns(), by, records=options.records, progress=line.tell), stored


def _beside(site: Path | None) -> list[Path]:
    """What this account keeps of stations elsewhere: settings, layouts, groups of trends, steps that were not sent."""
    import platformdirs

    own = (platformdirs.user_config_dir, platformdirs.user_state_dir, platformdirs.user_cache_dir)
    return [*([site] if site else []), *dict.fromkeys(Path(where("hmi", appauthor=False)) for where in own)]


def _ask(folder: Path, count: int, left: int, records: bool) -> None:
    what = (
        "keys, passwords, people, certificates and all records" if records else "keys, passwords, people, certificates"
    )
    stay = f"; {left} files stay" if left else ""
    print(f"{folder}: {count} files will be erased for good: {what}{stay}.", file=sys.stderr)
    if records:
        print(
            "No history, alarms or journal will be left here: take a backup first if anybody needs them.",
            file=sys.stderr,
        )


def _report(options: argparse.Namespace, folder: Path, done: Wiped, stored: list[str], beside: list[str]) -> int:
    if options.json:
        put_json(_document(folder, done, stored, beside))
        return 1 if done.failed else 0
    say(f"{folder}: {done.files} files erased, {done.size / 1e6:.1f} MB overwritten")
    for name in stored:
        say(f"{name} is no longer in the key store of this account, as far as that tells")
    for name in done.shared:
        say(f"Deleted, but not overwritten, as another folder has the same file: {name}")
    for name in (*(f"{folder / one}" for one in _tops(done.left)), *beside):
        say(f"Left: {name}")
    for text in CANNOT:
        say(text)
    for text in done.failed:
        print(f"hmi: still there: {text}", file=sys.stderr)
    return 1 if done.failed else 0


def _document(folder: Path, done: Wiped, stored: list[str], beside: list[str]) -> dict[str, Any]:
    return {
        "data": str(folder),
        "files": done.files,
        "bytes_overwritten": done.size,
        "key_store": stored,
        "shared": done.shared,
        "failed": done.failed,
        "left": [*(str(folder / one) for one in done.left), *beside],
        "not_vouched_for": list(CANNOT),
    }


def _tops(names: list[str]) -> list[str]:
    """Files and folders right below the data folder."""
    return list(dict.fromkeys(name.partition("/")[0] for name in names))
