"""Some of a plant's tags, as plant.toml names them: one by its name, all below a dot, or all there are."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

PATTERN: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*(\.\*)?|\*")


def fits(tag: str, patterns: Iterable[str]) -> bool:
    """Whether a tag is one of them: by its name, by `name.*` for all below, or by `*`."""
    return any(tag.startswith(one[:-1]) if one.endswith("*") else tag == one for one in patterns)
