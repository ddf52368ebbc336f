"""Pictures of instructions: kept by the station as a job or a signature found them, and handed to who asks for one."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from hmi.core.errors import HmiError
from hmi.core.plant import Plant
from hmi.core.steps.model import Instruction, Picture, Procedure
from hmi.plantfiles.photographs import FOLDER, read_photograph
from hmi.store.attachments import Attachments

_log = logging.getLogger("hmi.engine.jobs")


class Pictures:
    """Reads the plant's folder and writes attachments: for a thread that may wait."""

    def __init__(self, files: Path | None, kept: Attachments) -> None:
        self._files = files
        self._kept = kept

    def pictured(self, procedure: Procedure, plant: Plant) -> Procedure:
        """The procedure with its pictures kept; one that cannot be had is left out: work does not wait for it."""
        found: dict[str, str] = {}
        for name in _names(procedure, plant):
            try:
                found[name] = self._keep(plant, name)
            except HmiError as error:
                _log.info("%s is carried out without the picture %s: %s", procedure.title, name, error)
        return msgspec.structs.replace(procedure, drawings=found) if found else procedure

    def read(self, plant: Plant, file: str) -> bytes:
        """A picture that an instruction of the plant shows; raises HmiError in words."""
        if file not in {one.file for instruction in plant.instructions.values() for one in pictures_of(instruction)}:
            raise HmiError(f"no instruction of this plant shows a picture {file[:100]!r}")
        drawing = plant.pictures.get(f"{FOLDER}/{file}")
        return drawing.encode() if drawing is not None else self._photograph(plant, file)

    def _keep(self, plant: Plant, file: str) -> str:
        drawing = plant.pictures.get(f"{FOLDER}/{file}")
        if drawing is not None:
            return self._kept.keep_drawing(drawing)
        return self._kept.keep(file, self._photograph(plant, file))

    def _photograph(self, plant: Plant, file: str) -> bytes:
        mark = plant.texts.get(f"{FOLDER}/{file}", "")
        if self._files is None or not mark:
            raise HmiError(f"the picture {file} is not in the plant's folder")
        return read_photograph(self._files, file, mark)


def pictures_of(instruction: Instruction) -> Iterable[Picture]:
    """Every picture that an instruction shows."""
    yield from instruction.pictures
    for step in instruction.steps:
        yield from step.pictures


def _names(procedure: Procedure, plant: Plant) -> list[str]:
    own = plant.instructions.get(procedure.instruction)
    intro = own.pictures if own is not None else ()
    some = [*intro, *(picture for step in procedure.steps for picture in step.pictures)]
    return list(dict.fromkeys(one.file for one in some))
