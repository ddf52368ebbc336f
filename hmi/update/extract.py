"""One entry of an archive onto the disk, inside one folder and nowhere else: plain files, folders, links within.

Python's own filters for that came with 3.11.4, and Debian 12 has 3.11.2.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from pathlib import Path, PurePosixPath
from typing import Final

KINDS: Final = (tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE)
_CHUNK: Final = 1 << 20
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def extract(archive: tarfile.TarFile, member: tarfile.TarInfo, name: str, folder: Path) -> None:
    """Put an entry into the folder under a name; raises tarfile.TarError for what would leave it, OSError."""
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\0" in name:
        raise tarfile.TarError(f"{name[:100]!r} would lie outside")
    target = folder.joinpath(*parts)
    if member.type == tarfile.DIRTYPE:
        _inside(target, folder)
        target.mkdir(mode=0o755, parents=True, exist_ok=True)
        return
    _inside(target.parent, folder)
    target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    if os.path.lexists(target):
        raise tarfile.TarError(f"{name[:100]!r} is in it twice")
    if member.type == tarfile.SYMTYPE:
        _link(member.linkname, target, folder)
    else:
        _file(archive, member, target)


def _inside(path: Path, folder: Path) -> None:
    """Links on the way to it, which came out of the same archive, must not lead out of the folder."""
    if not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
        raise tarfile.TarError(f"{path.name[:100]!r} would lie outside")


def _link(leads_to: str, target: Path, folder: Path) -> None:
    if not leads_to or leads_to.startswith("/") or "\0" in leads_to:
        raise tarfile.TarError(f"the link {target.name[:100]!r} leads outside")
    _inside(target.parent / leads_to, folder)
    target.symlink_to(leads_to)


def _file(archive: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Its bytes, and of its rights whether it may be run; nobody but its owner may write it."""
    source = archive.extractfile(member)
    if source is None:
        raise tarfile.TarError(f"{target.name[:100]!r} is no file")
    mode = 0o755 if member.mode & 0o100 else 0o644
    with source, os.fdopen(os.open(target, _NEW, mode), "wb") as out:
        shutil.copyfileobj(source, out, _CHUNK)
        os.fchmod(out.fileno(), mode)  # whatever the umask says: the engine's own account runs it
