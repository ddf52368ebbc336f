"""The engine's way to the plant's photographs: a window that shows one asks for it, and keeps it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

from hmi.core.plant.model import Plant
from hmi.link.messages import Reply
from hmi.link.street import Session
from hmi.plantfiles.folder import Seal
from hmi.plantfiles.picture import read_picture

_DIGEST: Final = 16  # hexadecimal digits, enough to tell two pictures of one file apart


class PictureVerbs:
    """Answers `picture`; on the engine's loop, the disk is read in `pool`. Only what a screen shows is given out."""

    def __init__(
        self, files: Path | None, plant: Callable[[], Plant], pool: Executor, seal: Seal | None = None
    ) -> None:
        """With a `seal` only what a trusted key has signed is given out."""
        self._files, self._plant, self._pool, self._seal = files, plant, pool, seal

    @property
    def verbs(self) -> Mapping[str, Callable[[Session, dict[str, Any]], Awaitable[Reply]]]:
        """What the link may ask."""
        return {"picture": self._picture}

    async def _picture(self, session: Session, args: dict[str, Any]) -> Reply:
        """A picture by its file; without its bytes when the window `have`s it already."""
        file = str(args["file"])
        if self._files is None or file not in pictures_of(self._plant()):
            return Reply(0, False, f"No screen of this plant shows a picture {file[:200]!r}")
        data = await asyncio.wrap_future(self._pool.submit(read_picture, self._files, file))
        hashed = hashlib.sha256(data).hexdigest()
        signed = self._seal(self._files) if self._seal is not None else None
        if signed is not None and signed.get(file) != hashed:
            return Reply(0, False, f"The picture {file} is not as it was signed: put the signed one back")
        digest = hashed[:_DIGEST]
        body: dict[str, Any] = {"file": file, "digest": digest}
        return Reply(0, True, "", body if digest == args.get("have") else body | {"data": data})


def pictures_of(plant: Plant) -> set[str]:
    """The files of the photographs that its screens and faceplates show."""
    plates = (one.faceplate.operate for one in plant.equipment.values() if one.faceplate is not None)
    screens = [*plant.screens.values(), *(one for one in plates if one is not None)]
    named = (str(element.options.get("picture", "")) for screen in screens for element in screen.elements)
    return {file for file in named if file}
