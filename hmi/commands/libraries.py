"""The libraries that this program is made of, from the source or as they are named in an installation's SBOM.json."""

from __future__ import annotations

import importlib.metadata as metadata
import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).parents[2]
_REQUIREMENT: Final = re.compile(r"([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?([^;]*)(?:;(.*))?")
_SHORT: Final = {  # as some write their licence -> as the list of SPDX calls it
    "GNU Lesser General Public License v3 or later": "LGPL-3.0-or-later",
    "GNU Lesser General Public License v3 (LGPLv3)": "LGPL-3.0-only",
    "GNU General Public License v3 or later (GPLv3+)": "GPL-3.0-or-later",
    "MIT License": "MIT",
    "The MIT License (MIT)": "MIT",
    "BSD License": "BSD-3-Clause",
    "Apache Software License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD 3-Clause": "BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}


@dataclass(frozen=True, slots=True, order=True)
class Library:
    """One library: its name, version, licence (an SPDX expression where it says one) and home page."""

    name: str
    version: str
    licence: str
    home: str = ""


def installed_libraries() -> list[Library]:
    """What the program needs of what is installed here, by name; what comes for tests and building is not in it."""
    found: dict[str, Library] = {}
    waiting = [(name, extra) for text in _needed() for name, extra in _wanted(text, frozenset())]
    asked: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in asked:
            continue
        asked.add((name, extras))
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system or another Python
        found[name] = Library(package.name, package.version, licence_of(package), _home(package))
        waiting += [one for text in package.requires or () for one in _wanted(text, extras)]
    return sorted(found.values(), key=lambda library: library.name.lower())


def libraries_of(sbom: Path) -> list[Library]:
    """What an installation's SBOM.json names; raises ValueError where it is none, OSError where it cannot be read."""
    rows = json.loads(sbom.read_bytes())["components"]
    return [Library(row["name"], row["version"], _licence_in(row)) for row in rows]


def licence_of(package: metadata.Distribution) -> str:
    """Under which licence a library says that it is, in the words of SPDX where it can be told."""
    said = _field(package, "License-Expression")
    if not said:
        told = package.metadata.get_all("Classifier") or ()
        rows = [row.rpartition(" :: ")[2] for row in told if row.startswith("License ::")]
        plain = _field(package, "License")
        said = plain if plain and "\n" not in plain and len(plain) < 80 else " AND ".join(map(_short, rows))
    return _short(said)


def _short(text: str) -> str:
    return _SHORT.get(text, text)


def _needed() -> list[str]:
    """What the program itself asks for, of an installed package or of the source."""
    try:
        return metadata.requires("hmi") or []
    except metadata.PackageNotFoundError:
        project = tomllib.loads((_SOURCE / "pyproject.toml").read_text("utf-8"))["project"]
        return list(project["dependencies"])


def _wanted(text: str, extras: frozenset[str]) -> Iterable[tuple[str, frozenset[str]]]:
    """Name and extras of a requirement, if it is wanted at all; other conditions are answered by what is installed."""
    found = _REQUIREMENT.match(text)
    if found is None:
        return
    condition = re.search(r"""extra\s*==\s*['"]([^'"]+)""", found[4] or "")
    if condition is None or condition[1] in extras:
        yield re.sub(r"[-_.]+", "-", found[1]).lower(), frozenset(re.findall(r"[\w-]+", found[2] or ""))


def _home(package: metadata.Distribution) -> str:
    rows = dict(row.split(", ", 1) for row in package.metadata.get_all("Project-URL") or () if ", " in row)
    said = {name.lower(): url for name, url in rows.items()}
    return _field(package, "Home-page") or said.get("homepage") or said.get("source") or ""


def _field(package: metadata.Distribution, name: str) -> str:
    return str((package.metadata.get_all(name) or [""])[0]).strip()


def _licence_in(row: dict[str, list[dict[str, object]]]) -> str:
    for one in row.get("licenses", ()):
        if "expression" in one:
            return str(one["expression"])
        licence = one.get("license")
        if isinstance(licence, dict):
            return str(licence.get("id") or licence.get("name") or "")
    return ""
