"""Releases of instructions out of the journal: who signed which text, and every revision that this station has kept."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import msgspec

from hmi.core.steps.kept import INSTRUCTION, procedure_in
from hmi.core.steps.model import Procedure
from hmi.core.steps.releases import RELEASE, Deed, deed_of
from hmi.store.journal import SELECT, record_of
from hmi.store.reading import journal_read

log = logging.getLogger(__name__)

_RELEASES: Final = "WHERE category = ?1 ORDER BY id"
_KEPT: Final = "WHERE category = ?1 AND value LIKE ?2 ORDER BY id DESC LIMIT ?3"


class Kept(msgspec.Struct, frozen=True):
    """One text of an instruction that was carried out or signed at this station."""

    key: str
    time_ns: int  # when it was kept first
    procedure: Procedure


class ReleaseReader:
    """Questions about releases to the journal of a data folder; for any thread. StoreError in words."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deeds(self) -> dict[str, list[Deed]]:
        """The signatures under each instruction, the oldest first."""
        found: dict[str, list[Deed]] = {}
        with journal_read(self._folder) as file:
            rows = file.execute(SELECT + _RELEASES, (RELEASE,)).fetchall() if file else []
        for row in rows:
            record = record_of(row[1:-1])
            try:
                deed = deed_of(record)
            except ValueError as error:
                log.warning("a release of %s cannot be read (%s): it does not count", record.subject, error)
                continue
            found.setdefault(deed.instruction, []).append(deed)
        return found

    def revisions(self, instruction: str, most: int = 50) -> list[Kept]:
        """The texts of an instruction that were kept, the newest first, each once."""
        found: dict[tuple[tuple[str, str], ...], Kept] = {}
        with journal_read(self._folder) as file:
            named = f'%"instruction":"{instruction}"%'
            rows = file.execute(SELECT + _KEPT, (INSTRUCTION, named, most)).fetchall() if file else []
        for row in rows:
            record = record_of(row[1:-1])
            try:
                procedure = procedure_in(record)
            except ValueError:
                continue  # of a program newer than this: nothing to compare with
            if procedure.instruction == instruction:
                text = tuple(sorted(procedure.sources.items()))  # the same one is kept anew as it is released
                found.setdefault(text, Kept(record.subject, record.time_ns, procedure))
        return list(found.values())
