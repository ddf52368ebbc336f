"""The papers of an installer: what it is made of (CycloneDX 1.5), and under which licences."""

from __future__ import annotations

import hashlib
import importlib.metadata as metadata
import json
import platform
import re
import sys
import tomllib
import uuid
from datetime import UTC, datetime
from functools import cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from content import Release

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT))

from hmi.commands.libraries import Library, installed_libraries  # noqa: E402 - found by the line above

FOR_WINDOWS = re.compile(r"(cp311-cp311|cp3\d+-abi3|py3-none)-win_amd64|py3-none-any")
LEFT_OUT = {"pip"}  # sqlite-utils asks for it, to install plugins: nothing installs plugins into a station
LGPL = """\
Libraries under the LGPL (Qt, PySide6, shiboken6, asyncua, psycopg and those marked so below) may be replaced by others
that fit: those that are files of their own, such as app/_internal/libQt6Core.so.6, by putting another file in their
place; those in Python by building the program anew from its source, which is free (Apache-2.0), with `make base`. The
manifest will then say that the installation is not as it was made: make one of your own with `make installer`.
"""


@cache
def components(base: Path) -> tuple[dict[str, Any], ...]:
    """What is in a base, each with version, licence and hash."""
    foreign = (base / "hmi.exe").is_file() and sys.platform != "win32"  # packed here, frozen there
    found = [*_of_pypi(foreign), *(_of_debian(*row) for row in _debian_packages(base))]
    return tuple(sorted(found, key=lambda one: one["bom-ref"]))


@cache
def _of_pypi(foreign: bool) -> tuple[dict[str, Any], ...]:
    """Python, its libraries, and what starts the frozen program."""
    rows = tomllib.loads((ROOT / "uv.lock").read_text("utf-8"))["package"]
    wheels = {row["name"]: row.get("wheels", ()) for row in rows}
    starter = next(row["version"] for row in rows if row["name"] == "pyinstaller")
    licence = "GPL-2.0-or-later WITH Bootloader-exception"
    return (
        *(_of_python(one, wheels, foreign) for one in _libraries()),
        _component("CPython", platform.python_version(), "PSF-2.0", "https://www.python.org"),
        _component("PyInstaller bootloader", starter, licence, "https://pyinstaller.org"),
    )


def document(release: Release, base: Path, parts: tuple[dict[str, Any], ...]) -> bytes:
    """SBOM.json: the same for the same parts, so its serial number is made of them."""
    name = release.stem
    serial = uuid.uuid5(uuid.NAMESPACE_URL, name + hashlib.sha256(json.dumps(parts).encode()).hexdigest())
    body = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.fromtimestamp(release.made, UTC).isoformat().replace("+00:00", "Z"),
            "component": {
                "type": "application",
                "bom-ref": "hmi",
                "name": release.slug,
                "version": release.version,
                "licenses": [{"license": {"id": "Apache-2.0"}}],
            },
        },
        "components": list(parts),
        "dependencies": [{"ref": "hmi", "dependsOn": [one["bom-ref"] for one in parts]}],
    }
    return json.dumps(body, indent=1, ensure_ascii=False).encode() + b"\n"


def notices(base: Path) -> bytes:
    """LICENCES.txt: what is in it, and the text of every licence that came with it."""
    parts = [f"{'Licences of this program and of what is in it':^100}".rstrip(), "", LGPL]
    parts += [f"{one['name']} {one['version']}: {_said(one)}" for one in components(base)]
    parts += ["", "", *_texts_of_python()]
    for path in sorted((base / "licences").glob("*.txt")):  # of Debian's libraries and of the fonts
        parts.append(_titled(path.stem, path.read_text("utf-8", "replace")))
    for name in ("LGPL-3", "GPL-3"):  # Qt's own packages name them and do not bring them
        place = Path("/usr/share/common-licenses", name)
        if place.is_file():
            parts.append(_titled(name, place.read_text("utf-8", "replace")))
    return "\n".join(parts).encode() + b"\n"


@cache
def _texts_of_python() -> tuple[str, ...]:
    """The licences of the program, of Python and of its libraries."""
    parts = [_titled("hmi", (ROOT / "LICENSE").read_text("utf-8"))]
    python = Path(sys.base_prefix, "lib", f"python{sys.version_info[0]}.{sys.version_info[1]}", "LICENSE.txt")
    if python.is_file():
        parts.append(_titled("CPython", python.read_text("utf-8")))
    for one in _libraries():
        parts += [_titled(one.name, text) for text in _texts(metadata.distribution(one.name))]
    return tuple(parts)


@cache
def _libraries() -> tuple[Library, ...]:
    return tuple(one for one in installed_libraries() if one.name.lower() not in LEFT_OUT)


def _component(name: str, version: str, licence: str, home: str = "", purl: str = "") -> dict[str, Any]:
    made: dict[str, Any] = {"type": "library", "bom-ref": purl or f"{name}@{version}", "name": name, "version": version}
    if licence:
        simple = re.fullmatch(r"[A-Za-z0-9.+-]+", licence)
        compound = any(word in licence for word in (" OR ", " AND ", " WITH "))
        made["licenses"] = [{"expression": licence} if compound else {"license": {"id" if simple else "name": licence}}]
    if purl:
        made["purl"] = purl
    if home.startswith("http"):
        made["externalReferences"] = [{"type": "website", "url": home}]
    return made


def _of_python(one: Library, wheels: dict[str, Any], foreign: bool) -> dict[str, Any]:
    name = re.sub(r"[-_.]+", "-", one.name).lower()
    made = _component(one.name, one.version, one.licence, one.home, f"pkg:pypi/{name}@{one.version}")
    tags = set(re.findall(r"^Tag: (\S+)$", metadata.distribution(one.name).read_text("WHEEL") or "", re.MULTILINE))
    for wheel in wheels.get(name, ()):
        if any(map(FOR_WINDOWS.fullmatch, _tags(wheel["url"]))) if foreign else tags & _tags(wheel["url"]):
            made["hashes"] = [{"alg": "SHA-256", "content": wheel["hash"].removeprefix("sha256:")}]
            made.setdefault("externalReferences", []).append({"type": "distribution", "url": wheel["url"]})
            break
    return made


def _tags(url: str) -> set[str]:
    """What a wheel fits, as its name says it: cp310-abi3-manylinux_2_34_x86_64."""
    parts = url.removesuffix(".whl").rsplit("-", 3)[1:]
    return {"-".join(one) for one in product(*(part.split(".") for part in parts))}


def _debian_packages(base: Path) -> list[tuple[str, str]]:
    """Packages whose libraries are in a base, and their versions: it says so itself, in base.json."""
    if not (base / "base.json").is_file():
        return []
    rows = json.loads((base / "base.json").read_bytes())["libraries"]
    return sorted({(row["package"], row["version"]) for row in rows if row["package"]})


def _of_debian(name: str, version: str) -> dict[str, Any]:
    purl = f"pkg:deb/debian/{name}@{version}"
    return _component(name, version, f"see {name} in LICENCES.txt", purl=purl)


def _said(one: dict[str, Any]) -> str:
    for licence in one.get("licenses", ()):
        inner = licence.get("license", {})
        return str(licence.get("expression") or inner.get("id") or inner.get("name"))
    return "no licence is named"


def _texts(package: metadata.Distribution) -> list[str]:
    paths = [
        path for path in package.files or () if re.search(r"(?i)(^|/)(licen[cs]e|copying|notice)[^/]*$", str(path))
    ]
    inside = [path for path in paths if ".dist-info/" in str(path)] or paths
    return [path.read_text("utf-8") for path in inside if path.locate().is_file()]


def _titled(name: str, text: str) -> str:
    return f"{'=' * 100}\n{name}\n{'=' * 100}\n\n{text.strip()}\n"
