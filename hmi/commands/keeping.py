"""`hmi backup`, `hmi restore`, `hmi history check`: a data folder kept safe, made anew, and looked at for damage."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import msgspec

from hmi.clock import MachineClock
from hmi.commands.places import data_folder, who
from hmi.commands.progress import ProgressLine
from hmi.core.errors import HmiError
from hmi.core.listing import iso
from hmi.store.backup import backup as take
from hmi.store.quarantine import put_aside
from hmi.store.restore import restore as put_back
from hmi.store.verify import Checked
from hmi.store.verify import check as look
from hmi.update.ownership import as_owner


def backup(options: argparse.Namespace) -> int:
    """Copy the data folder into one file; the engine may run."""
    folder, archive = data_folder(options), Path(options.file)
    if not archive.parent.is_dir():
        raise HmiError(f"There is no folder {archive.parent}: make it first, best on another disk")
    with ProgressLine() as line:
        taken = take(folder, archive, MachineClock().now_ns(), secrets=options.secrets, progress=line.tell)
    files = taken.manifest.files
    if options.json:
        taken_at = iso(taken.manifest.taken_ns)
        body = {"file": str(archive), "bytes": taken.size, "files": len(files), "taken": taken_at}
        return _print({**body, "secrets": options.secrets, "left_out": list(taken.manifest.left_out)})
    print(f"{archive}: {len(files)} files of {folder}, {taken.size / 1e6:.1f} MB")
    left_out = taken.manifest.left_out
    if left_out:
        print(
            f"hmi: not in it: the station's own keys and passwords ({len(left_out)} files). Without them a "
            "restored station is a stranger to its servers: --secrets puts them in; keep the file secret then",
            file=sys.stderr,
        )
    elif options.secrets:
        print(
            "hmi: the station's keys and passwords are in it: keep the file where nobody else can read", file=sys.stderr
        )
    return 0


def restore(options: argparse.Namespace) -> int:
    """Make a data folder out of a backup; every byte is verified first."""
    if not options.data and not os.environ.get("HMI_DATA"):
        raise HmiError("Say where the data folder is to be made: --data DIR")
    folder = data_folder(options)
    with ProgressLine() as line:
        manifest, aside = put_back(
            Path(options.file),
            folder,
            MachineClock().now_ns(),
            who(folder),
            replace=options.replace,
            progress=line.tell,
        )
    taken = iso(manifest.taken_ns)
    if options.json:
        body: dict[str, Any] = {"data": str(folder), "taken": taken, "files": len(manifest.files)}
        return _print({**body, "secrets": manifest.secrets, "before": str(aside) if aside else None})
    print(f"{folder}: as it was on {taken[:19]}Z, {len(manifest.files)} files, all verified")
    if aside is not None:
        print(f"The folder that was there is now {aside}")
    if manifest.left_out:
        print(f"hmi: not in the backup, to be put back by hand: {', '.join(manifest.left_out)}", file=sys.stderr)
    return 0


def check(options: argparse.Namespace) -> int:
    """Look at every file and block of history; 1 when something is damaged."""
    folder = data_folder(options)
    with ProgressLine() as line:
        found = look(folder, line.tell)
    done = []
    if options.set_aside and found.findings:
        with as_owner(folder):
            done = put_aside(folder, found.findings, MachineClock().now_ns(), who(folder))
    if options.json:
        _print(_document(folder, found, done))
        return 1 if found.findings else 0
    for finding in found.findings:
        print(f"hmi: {finding.path}: {finding.what}", file=sys.stderr)
    for text in done:
        print(text)
    print(
        f"{found.files} files, {found.blocks} blocks, {found.samples} samples: "
        f"{'nothing is damaged' if not found.findings else f'{len(found.findings)} findings'}"
    )
    if not any(finding.path.name == "journal.db" for finding in found.findings):
        print(found.journal)
    if found.findings and not options.set_aside:
        print(
            "hmi: everything else can be read. Stop the engine and run hmi history check --set-aside: it moves what is "
            "damaged away and declares the gap; or put a backup in its place (hmi restore)",
            file=sys.stderr,
        )
    return 1 if found.findings else 0


def _document(folder: Path, found: Checked, done: list[str]) -> dict[str, Any]:
    findings = [
        {
            "file": finding.path.relative_to(folder).as_posix(),
            "what": finding.what,
            "blocks": [{"tag": key.name, "from": iso(key.from_ns), "to": iso(key.to_ns)} for key in finding.blocks],
        }
        for finding in found.findings
    ]
    counts = {"files": found.files, "blocks": found.blocks, "samples": found.samples, "records": found.records}
    return {"data": str(folder), **counts, "journal": found.journal, "findings": findings, "set_aside": done}


def _print(document: dict[str, Any]) -> int:
    print(msgspec.json.format(msgspec.json.encode(document), indent=1).decode())
    return 0
