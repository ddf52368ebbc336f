"""The program's source as trees: each file is read by the first rule that asks for it, and once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    """The tree of one file; nobody changes it."""
    return ast.parse(path.read_text(encoding="utf-8"))


class Trees(Mapping[str, ast.Module]):
    """The trees of some files by the names that they go by."""

    def __init__(self, paths: Mapping[str, Path]) -> None:
        self._paths = dict(paths)

    def __getitem__(self, name: str) -> ast.Module:
        return tree_of(self._paths[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)
