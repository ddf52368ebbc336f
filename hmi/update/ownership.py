"""Who a data folder belongs to: an administrator's command works in it as that account, never as root.

The account of an engine may be taken over. What root wrote, renamed or gave away in a folder of that account would go
where a link there leads: to a file of the system's.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def owner(data: Path) -> dict[str, Any]:
    """How a process is made to work as the owner of a data folder; nothing where it is us already, or nobody's yet."""
    if os.name != "posix" or os.geteuid() != 0:
        return {}
    try:
        info = data.stat()
    except FileNotFoundError:
        return {}
    if info.st_uid == 0:
        return {}
    return {"user": info.st_uid, "group": info.st_gid, "extra_groups": []}


@contextmanager
def as_owner(data: Path) -> Iterator[None]:
    """What is done meanwhile, is done as the owner of a data folder; for programs with one thread of their own."""
    own = owner(data)
    if not own:
        yield
        return
    groups, group = os.getgroups(), os.getegid()
    os.setgroups(own["extra_groups"])
    os.setegid(own["group"])
    os.seteuid(own["user"])
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(group)
        os.setgroups(groups)


@contextmanager
def as_caller() -> Iterator[None]:
    """Inside of `as_owner`: as whoever called the program again, for the files that he named."""
    user = os.geteuid() if os.name == "posix" else 0
    if user == 0 or os.getuid() != 0:
        yield
        return
    os.seteuid(0)
    try:
        yield
    finally:
        os.seteuid(user)
