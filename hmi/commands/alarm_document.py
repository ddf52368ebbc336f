"""`hmi alarms document`: the master alarm database as a page to read, as paper, or as a table for a spreadsheet."""

from __future__ import annotations

import argparse
import csv
import os
from io import StringIO
from pathlib import Path

from hmi.clock import MachineClock
from hmi.commands.ask import say
from hmi.core.alarms.document import COLUMNS, page, rows
from hmi.core.errors import HmiError, PlantError
from hmi.core.listing import iso
from hmi.core.plant import Plant
from hmi.core.spreadsheet import safe
from hmi.plantfiles.folder import check_folder, find_plant


def document(options: argparse.Namespace) -> int:
    """Write every alarm of a plant with its whole rationalisation."""
    plant, mistakes = check_folder(find_plant(options.plant))
    if plant is None:
        raise PlantError([mistake for mistake in mistakes if mistake.severity == "error"])
    ending = options.out.suffix.lower()
    if ending not in (".html", ".pdf", ".csv"):
        raise HmiError(f"{options.out} is neither a page nor a table: write --out FILE.pdf, FILE.html or FILE.csv")
    made = iso(MachineClock().now_ns())[:16] + "Z"
    text = table(plant) if ending == ".csv" else page(plant, made)
    write_whole(options.out, _paper(plant, text, made) if ending == ".pdf" else text.encode())
    say(f"{len(plant.all_rules)} alarms of {plant.name} are in {options.out}")
    return 0


def table(plant: Plant) -> str:
    """The database as CSV, a row for each alarm."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([safe(row[key]) for key in COLUMNS] for row in rows(plant))
    return file.getvalue()


def _paper(plant: Plant, text: str, made: str) -> bytes:
    """The page as PDF; the only part of the command line that draws needs no display."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from hmi.client.printing import pdf_of

    title = f"Master alarm database: {plant.name}"
    return pdf_of(text, title, f"{title} · made {made} from files with the digest {plant.digest[:16]}")


def write_whole(path: Path, data: bytes) -> None:
    """The file appears only when it is whole; raises HmiError where it cannot."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True) if part.parent.is_dir() else None
        raise HmiError(f"{path} cannot be written: {error.strerror}. Name a file in a folder that exists") from None
