"""The checks of a data folder, of which a COPY is named: can this program read all of it, and go on with it?"""

from __future__ import annotations

from typing import Final

from hmi.selftest.checks import Check, Failed, Ground, NotChecked
from hmi.store.people import FILE, read_book
from hmi.store.query import Reader
from hmi.store.store import Store
from hmi.store.verify import check

_HOURS: Final = 3600.0
_WAIT_S: Final = 60.0


def _history(ground: Ground) -> str:
    """Every file and every block of it."""
    found = check(ground.named_data())
    if found.findings:
        first = found.findings[0]
        more = f" and {len(found.findings) - 1} more" if len(found.findings) > 1 else ""
        raise Failed(f"{first.path.name}: {first.what}{more}. hmi history check lists all")
    return f"{found.files} files, {found.blocks} blocks, {found.samples} samples"


def _journal(ground: Ground) -> str:
    reader = Reader(ground.named_data())
    intact, count, text = reader.verify_journal()
    if not intact:
        raise Failed(text)
    newest = reader.journal(limit=1)
    return f"{count} records, {text}" if newest else "no records yet"


def _people(ground: Ground) -> str:
    folder = ground.named_data()
    if not (folder / FILE).exists():
        raise NotChecked("nobody has an account here")
    return f"{len(read_book(folder).accounts)} accounts"


def _taken_over(ground: Ground) -> str:
    """Open it as an engine does: files of an older program are brought to what this one needs."""
    Store(ground.named_data(), (), ground.clock).close()
    return "an engine of this program can go on with it"


CHECKS: Final = (
    Check("data history", "every block of history can be read", _history, _HOURS),
    Check("data journal", "the journal's chain is whole", _journal, _HOURS),
    Check("data people", "the accounts can be read", _people),
    Check("data taken over", "an engine can open the folder", _taken_over, 600.0),
)
