"""How far each instruction has come at this station: what its people have signed, over what the plant's files say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import msgspec

from hmi.core.plant import Plant
from hmi.core.steps.model import Instruction
from hmi.core.steps.releases import Deed, standing


class Releases:
    """The signatures under instructions, all that were ever given here; lives on the engine's loop."""

    def __init__(self, deeds: Mapping[str, Sequence[Deed]] | None = None) -> None:
        self._deeds = {name: list(some) for name, some in (deeds or {}).items()}

    def of(self, instruction: str) -> list[Deed]:
        """Those under one instruction, the oldest first."""
        return self._deeds.get(instruction, [])

    def add(self, deed: Deed) -> None:
        """One more, once it is on the disk."""
        self._deeds.setdefault(deed.instruction, []).append(deed)

    def over(self, plant: Plant) -> Plant:
        """The plant with each instruction as far released as its signatures say; `plant` is that of the files."""
        some = {name: self._stands(one) for name, one in plant.instructions.items()}
        return plant if some == plant.instructions else replace(plant, instructions=some)

    def _stands(self, one: Instruction) -> Instruction:
        deeds = self._deeds.get(one.id)
        release = standing(one, deeds) if deeds else one.release
        return one if release == one.release else msgspec.structs.replace(one, release=release)
