"""What one tag of a machine is called on its faceplate, and what it reads, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping

from hmi.client import words
from hmi.client.choices import states_of, title_of
from hmi.client.language import plant_text, tr
from hmi.client.mimic.ink import number_text
from hmi.client.page import Desk
from hmi.core import quality as q
from hmi.core.plant.equipment import Equipment
from hmi.core.tags import Tag


class Reading:
    """One tag as the machine's type calls it; states have the words of the screens, numbers are written as there."""

    def __init__(self, desk: Desk, tag: Tag, labels: Mapping[int, str]) -> None:
        self.desk, self.tag = desk, tag
        self.name = labels.get(tag.index) or title_of(tag)
        self.unit = words.unit(tag)
        self._words = {} if tag.is_text else states_of(desk.plant, tag)
        if tag.type == "bool" and not self._words:
            self._words = {0: tr("no"), 1: tr("yes")}

    @property
    def quality(self) -> int:
        """How far it can be trusted now."""
        return int(self.desk.mirror.table.quality[self.tag.index])

    def value(self) -> str:
        """What it reads now, without its unit; ???? when it is bad."""
        table, tag = self.desk.mirror.table, self.tag
        value = float(table.value[tag.index])
        if tag.is_text or q.is_bad(self.quality) or math.isnan(value):
            return words.value_text(table, tag)
        raw = int(table.raw[tag.index])
        named = self._words.get(int(value)) or table.names.get(tag.index, {}).get(raw)
        return named or number_text(tag, table, value, self.quality, words.decimals(tag))

    def text(self) -> str:
        """What it reads now, with its unit."""
        value = self.value()
        return value if value == words.NO_VALUE else f"{value} {self.unit}".rstrip()


def labels_of(equipment: Equipment) -> dict[int, str]:
    """What the machine's type calls its tags, by their index."""
    members, labels = equipment.members, equipment.labels
    return {members[name]: plant_text(label) for name, label in labels.items() if name in members and label}
