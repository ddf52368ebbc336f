"""[server] of plant.toml: the plant server, who signed its certificate, and which tags it gets as rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest
from hmi.core.plant.model import Server
from hmi.core.plant.tag_patterns import PATTERN, fits

SECTION: Final = "server"
_URL: Final = re.compile(r"postgres(ql)?://[^\s/]+/[^\s/?]+(\?\S*)?")


class _Server(Struct, frozen=True):
    url: Annotated[str, Meta(examples=["postgresql://hmi@plant-server/plant"])]
    ca: Annotated[
        str, Meta(pattern=r"\A([A-Za-z0-9_][A-Za-z0-9._-]{0,99})?\Z", description="a file name", examples=["ca.pem"])
    ] = ""
    rows: Annotated[tuple[str, ...], Meta(examples=[["line1.filler.*"]])] = ()
    late_h: Annotated[float, Meta(gt=0, le=8760, examples=[24])] = 24.0


def read_server(table: toml.Table, mistakes: list[Mistake]) -> Server:
    """The section by itself; every mistake goes on the list."""
    section = table.table(SECTION)
    made = toml.fill(_Server, section, mistakes) if section else None
    if made is None or section is None:
        return Server()
    if not _URL.fullmatch(made.url):
        mend = 'Write url = "postgresql://user@host/database"'
        mistakes.append(section.mistake("url", "the server's url is not a PostgreSQL address", mend))
    elif re.match(r"\w+://[^/@]*:[^/@]*@", made.url) or "password=" in made.url:
        mend = "Take the password out; it belongs in the station's key store"
        mistakes.append(section.mistake("url", "a password in a plant file is readable by everybody", mend))
    if made.ca and re.search(r"[?&]ssl(mode|rootcert)=", made.url):
        what = "`ca` wants a server that proves who it is, and the url has its own word on that"
        mistakes.append(section.mistake("ca", what, "Take sslmode and sslrootcert out of the url, or remove `ca`"))
    return Server(made.url, made.ca, _patterns(section, made.rows, mistakes), made.late_h)


def _patterns(section: toml.Table, rows: tuple[str, ...], mistakes: list[Mistake]) -> tuple[str, ...]:
    for pattern in rows:
        if not PATTERN.fullmatch(pattern):
            what = f"{pattern!r} is neither a tag nor all tags below a dot"
            mistakes.append(section.mistake("rows", what, 'Write rows = ["line1.filler.level", "line1.drives.*"]'))
    return tuple(pattern for pattern in rows if PATTERN.fullmatch(pattern))


def check_rows(server: Server, line: int, kept: Mapping[str, bool], mistakes: list[Mistake]) -> None:
    """Tags that are to be sent as rows must be there; `kept`: by tag, whether its history is kept at all."""
    for pattern in server.rows:
        found = [name for name in kept if fits(name, (pattern,))]
        if not found:
            near = nearest(pattern, kept)
            mend = f'Write "{near[0]}"' if near else "Remove it"
            mistakes.append(Mistake("plant.toml", line, f"there is no tag {pattern} to send as rows", mend))
        elif not any(kept[name] for name in found):
            what = f"no history is kept of {pattern}, so there are no rows of it to send"
            mistakes.append(Mistake("plant.toml", line, what, "Keep its history in tags.csv, or remove it", "warning"))
