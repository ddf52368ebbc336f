"""The trend groups that one person keeps at one station, in files like those of the plant."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hmi.client.page import Desk
from hmi.core.errors import Mistake
from hmi.core.plant.trends_toml import read_group
from hmi.core.trends import TrendGroup, written

log = logging.getLogger(__name__)

_LARGEST_BYTES: Final = 100_000
_MOST: Final = 200


class OwnGroups:
    """Groups by id, each in a file of its own that can be put into the plant's `trends/` folder as it is."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        parts = ("".join(letter if letter.isalnum() else "_" for letter in one) for one in (desk.station, desk.user))
        self._folder = None if desk.own is None else desk.own / f"trends-{'-'.join(parts)}" / desk.plant.id

    @property
    def are_kept(self) -> bool:
        """Whether this station keeps anything for anybody."""
        return self._folder is not None

    def read(self) -> dict[str, TrendGroup]:
        """The groups there are, by title; those that name tags the plant no longer has are left out."""
        found: dict[str, TrendGroup] = {}
        index = self._desk.plant.tag_index
        for file in self._files():
            mistakes: list[Mistake] = []
            try:
                with file.open("rb") as opened:
                    text = opened.read(_LARGEST_BYTES).decode("utf-8")
                group = read_group(file.name, text, self._desk.plant.tags, index, mistakes)
            except (OSError, UnicodeDecodeError) as error:
                log.warning("%s cannot be read (%s): this trend group is not offered", file, error)
                continue
            if group is None:
                log.info("%s is not offered: %s", file, next(iter(mistakes), ""))
            else:
                found[file.stem] = group
        return dict(sorted(found.items(), key=lambda pair: pair[1].title.casefold()))

    def keep(self, group: TrendGroup) -> str:
        """Keep a group, in place of one with the same id; returns why it could not be, "" when it was."""
        if self._folder is None:
            return "nothing is kept at this station"
        beside = self._folder / f"{group.id}.{os.getpid()}.new"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(written(group), "utf-8")
            beside.replace(self._folder / f"{group.id}.toml")
        except OSError as error:
            return f"{self._folder} cannot be written ({error.strerror or error})"
        return ""

    def drop(self, key: str) -> str:
        """Keep a group no longer; returns why it still is, "" when it is gone."""
        file: Mapping[str, Path] = {file.stem: file for file in self._files()}
        try:
            if key in file:
                file[key].unlink()
        except OSError as error:
            return f"{file[key]} cannot be removed ({error.strerror or error})"
        return ""

    def _files(self) -> list[Path]:
        if self._folder is None or not self._folder.is_dir():
            return []
        return sorted(self._folder.glob("*.toml"))[:_MOST]
