"""The part of an engine that carries out work instructions, put together: room, verbs, signatures, pictures."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path

from hmi.clock import Clock
from hmi.core.journal import Record
from hmi.core.plant import Plant
from hmi.core.tags import TagTable
from hmi.engine.gate import Gate
from hmi.engine.jobs import JobRoom
from hmi.engine.jobs_pictures import Pictures
from hmi.engine.jobs_releases import Releases
from hmi.engine.jobs_revisions import RevisionVerbs
from hmi.engine.jobs_signing import Accounts, Signing
from hmi.engine.jobs_verbs import JobVerbs, Verb
from hmi.store.attachments import Attachments
from hmi.store.jobs import JobReader
from hmi.store.jobs_releases import ReleaseReader


class Jobs:
    """Jobs of one engine: `room` holds them, `verbs` is what the link may ask; lives on the engine's loop."""

    def __init__(
        self,
        plant: Plant,
        table: TagTable,
        clock: Clock,
        record: Callable[[Record], Future[int]],
        people: Accounts,
        gate: Gate,
        pool: Executor,
        folders: tuple[Path, Path | None],
    ) -> None:
        """`folders` are where the data lie, and where the plant's files do."""
        folder, files = folders
        self._reader, signed, kept = JobReader(folder), ReleaseReader(folder), Attachments(folder)
        releases, signing, pictures = Releases(signed.deeds()), Signing(people, clock), Pictures(files, kept)
        self.room = JobRoom(plant, table, clock, record, releases)
        acts = JobVerbs(self.room, self._reader, gate, signing, kept, clock, pool, pictures)
        texts = RevisionVerbs(self.room, releases, signed, signing, pictures, clock, pool, record)
        self.verbs: dict[str, Verb] = {**acts.verbs, **texts.verbs}

    def restore(self) -> None:
        """Jobs that were open when the engine stopped go on where they stood."""
        found = self._reader.open_jobs()
        self.room.restore(found, {job.procedure: self._reader.procedure(job.procedure) for job in found})
