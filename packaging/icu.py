"""The tables of ICU, of which Qt brings those of 700 languages: cut down to the program's own, from 32 MB to 3.

What is left out are other languages' names of countries, moneys and units, old character sets, dictionaries and
transliterations; a program that asks for them gets the root's, as for a language that ICU does not know.
"""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

LANGUAGES = ("en", "de", "zh")
LEFT_OUT = re.compile(r"^(translit|rbnf|unit)/|\.(cnv|dict)$")
_LOCALE = re.compile(r"^([a-z]{2,3})(_\w+)?\.res$")
_INDEX = "res_index.res"
_FORMAT = b"CmnD"
_FORMAT_AT = 12  # in the header of a package of ICU's: its size, magic, and what it is
_ALIGNED = 16

Items = dict[str, bytes]


def is_wanted(name: str) -> bool:
    """Whether a table stays; its name stands without that of the package: coll/de.res."""
    if LEFT_OUT.search(name):
        return False
    file = name.rpartition("/")[2]
    locale = _LOCALE.match(file)
    return file == _INDEX or locale is None or locale[1] in LANGUAGES


def read(data: bytes) -> tuple[bytes, Items]:
    """The header of a package and its tables by their names; ValueError where there is none."""
    at = data.index(_FORMAT) - _FORMAT_AT
    (header,) = struct.unpack_from("<H", data, at)
    base = at + header
    (count,) = struct.unpack_from("<I", data, base)
    places = [struct.unpack_from("<II", data, base + 4 + 8 * number) for number in range(count)]
    names = [data[base + name : data.index(b"\0", base + name)].decode("ascii") for name, _ in places]
    starts = [start for _, start in places]
    ends = [*starts[1:], len(data) - base]
    tables = (data[base + start : base + end] for start, end in zip(starts, ends, strict=True))
    return data[at:base], dict(zip(names, tables, strict=True))


def write(header: bytes, items: Items) -> bytes:
    """A package with these tables, in the order of their names, as ICU looks for them."""
    names = sorted(items)
    told, places = bytearray(), []
    first = 4 + 8 * len(names)
    for name in names:
        places.append(first + len(told))
        told += name.encode("ascii") + b"\0"
    body = bytearray(struct.pack("<I", len(names)) + bytes(8 * len(names)) + told)
    for number, name in enumerate(names):
        body += b"\xaa" * (-(len(header) + len(body)) % _ALIGNED)
        struct.pack_into("<II", body, 4 + 8 * number, places[number], len(body))
        body += items[name]
    return header + bytes(body)


def cut(library: Path, work: Path) -> int:
    """Cut the tables in a libicudata down, in place; how many stay. Needs as and ld."""
    soname, symbol = library.name, f"icudt{library.name.rpartition('.')[2]}_dat"
    header, items = read(_package(library, symbol))
    kept = {name: table for name, table in items.items() if is_wanted(name.partition("/")[2])}
    work.mkdir(parents=True, exist_ok=True)
    (work / "icu.dat").write_bytes(write(header, kept))
    (work / "icu.s").write_text(
        f'.section .rodata\n.balign 16\n.globl {symbol}\n.type {symbol}, @object\n{symbol}:\n.incbin "icu.dat"\n'
        f'.size {symbol}, . - {symbol}\n.section .note.GNU-stack, "", @progbits\n'
    )
    subprocess.run(["as", "-o", "icu.o", "icu.s"], cwd=work, check=True)
    linked = ["ld", "-shared", "--build-id=none", "-z", "noexecstack", "-soname", soname, "-o", "icu.so", "icu.o"]
    subprocess.run(linked, cwd=work, check=True)
    library.write_bytes((work / "icu.so").read_bytes())
    return len(kept)


def _package(library: Path, symbol: str) -> bytes:
    """The bytes of the package in the library: all that its one symbol names."""
    command = ["readelf", "--dyn-syms", "-W", str(library)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(rf"^\s+\d+: ([0-9a-f]+)\s+(\w+) OBJECT .* {symbol}$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"{library.name} has no {symbol}")
    data, size = library.read_bytes(), int(found[2], 0)
    start = data.index(_FORMAT) - _FORMAT_AT
    return data[start : start + size]
