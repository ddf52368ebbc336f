"""What Windows shows of hmi.exe in its properties: its version resource, for PyInstaller on Windows."""

from __future__ import annotations

from typing import Any

WORDS = {
    "CompanyName": "Plant engineering",
    "FileDescription": "The operator's window on a plant, and its engine",
    "InternalName": "hmi",
    "LegalCopyright": "Apache-2.0; of its parts, see LICENCES.txt",
    "OriginalFilename": "hmi.exe",
    "ProductName": "hmi",
}
ENGLISH, UNICODE = 1033, 1200


def numbers(version: str) -> tuple[int, int, int, int]:
    """Four numbers of a version, as Windows wants them."""
    parts = [min(int(part), 65535) for part in version.split(".")[:4]]
    first, second, third, fourth = (*parts, 0, 0, 0, 0)[:4]
    return first, second, third, fourth


def resource(version: str) -> Any:
    """PyInstaller's VSVersionInfo of a version of the program."""
    from PyInstaller.utils.win32 import versioninfo as info

    words = {**WORDS, "FileVersion": version, "ProductVersion": version}
    table = info.StringTable(f"{ENGLISH:04x}{UNICODE:04x}", [info.StringStruct(*row) for row in sorted(words.items())])
    fixed = info.FixedFileInfo(filevers=numbers(version), prodvers=numbers(version), mask=0x3F, OS=0x40004, fileType=1)
    kids = [info.StringFileInfo([table]), info.VarFileInfo([info.VarStruct("Translation", [ENGLISH, UNICODE])])]
    return info.VSVersionInfo(ffi=fixed, kids=kids)
