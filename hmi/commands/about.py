"""`hmi about`: which program this is, with which plant, of what it is made, and whether it is as it was made."""

from __future__ import annotations

import argparse
import hashlib
import platform
import sys
from pathlib import Path
from typing import Any

import msgspec

import hmi
from hmi import installed
from hmi.commands.libraries import Library, installed_libraries, libraries_of
from hmi.core.errors import HmiError

_QT = "pyside6-essentials"


def about(options: argparse.Namespace) -> int:
    """Tell of this program, or of the installed version in a folder; 1 when it was looked at and is not whole."""
    folder = _folder(options.folder)
    found = installed.manifest(folder)
    wrong = installed.verify(folder) if options.verify else None
    if options.verify and found is None:
        raise HmiError("This program runs from its source and has no manifest: there is nothing to verify it by")
    document = _document(folder, found, wrong)
    if options.json:
        print(msgspec.json.format(msgspec.json.encode(document), indent=1).decode())
    else:
        _tell(document, options.libraries)
    return 1 if wrong else 0


def _folder(named: Path | None) -> Path | None:
    """The version's folder that is asked about: the one that is named, or the one that runs."""
    if named is None:
        return installed.version_folder()
    for folder in (named, named / "current"):
        if (folder / installed.MANIFEST).is_file():
            return folder
    raise HmiError(f"{named} is no installation: there is no {installed.MANIFEST} in it, nor in a folder `current`")


def _document(folder: Path | None, found: installed.Manifest | None, wrong: list[str] | None) -> dict[str, Any]:
    libraries = _libraries(folder)
    made = {
        "program": hmi.__version__,
        "plant": None,
        "platform": f"{platform.system()}-{platform.machine()}".lower(),
        **(installed.document(found) if found else {}),
        "folder": None if folder is None else str(folder),
        "manifest": None if folder is None else _digest(folder / installed.MANIFEST),
        "signed": folder is not None and (folder / f"{installed.MANIFEST}.minisig").is_file(),
        "files": 0 if found is None else len(found.files),
        "python": next((one.version for one in libraries if one.name == "CPython"), platform.python_version()),
        "qt": next((one.version for one in libraries if one.name.lower().replace("_", "-") == _QT), ""),
        "system": platform.platform(),
        "libraries": [{"name": one.name, "version": one.version, "licence": one.licence} for one in libraries],
    }
    if wrong is not None:
        made |= {"whole": not wrong, "differs": wrong}
    return made


def _libraries(folder: Path | None) -> list[Library]:
    if folder is None:
        return installed_libraries()
    try:
        return libraries_of(folder / "SBOM.json")
    except (OSError, ValueError, KeyError) as error:
        raise HmiError(f"{folder / 'SBOM.json'} cannot be used ({error}): install the program again") from None


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _tell(document: dict[str, Any], libraries: bool) -> None:
    plant = document["plant"]
    print(f"hmi {document['program']}, for {document['platform']}")
    if plant:
        print(f"Plant: {plant['name']} ({plant['id']}), version {plant['version']}, packed {document['made']}")
        print(f"Folder: {document['folder']}, {document['files']} files{', signed' if document['signed'] else ''}")
        print(f"Manifest: sha256 {document['manifest']}")
    else:
        print("From its source: no plant came with it")
    print(f"Python {document['python']}, Qt {document['qt']}, on {document['system']}")
    if libraries:
        for one in document["libraries"]:
            print(f"  {one['name']} {one['version']}: {one['licence'] or 'no licence is named'}")
    else:
        print(f"Licence: Apache-2.0; {len(document['libraries'])} libraries under their own: hmi about --libraries")
    if "whole" in document:
        for text in document["differs"]:
            print(f"hmi: {text}", file=sys.stderr)
        print("Every file is as it was made" if document["whole"] else f"{len(document['differs'])} files differ")
