"""The texts of a plant's files -> one frozen Plant, or every mistake in all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Final

from hmi.core.errors import Mistake, PlantError
from hmi.core.nearest import nearest
from hmi.core.plant.alarms_toml import Surroundings, alarm_files, read_alarms
from hmi.core.plant.derived_tags import compile_derived
from hmi.core.plant.modbus_toml import check_tags, shares_a_line
from hmi.core.plant.model import Plant
from hmi.core.plant.plant_toml import FILE, PlantFile, read_plant_file
from hmi.core.plant.policies_toml import policy_files, read_policies
from hmi.core.plant.tags_csv import TagFiles, read_tags, tag_files
from hmi.core.screens.lint import lint_screens
from hmi.core.screens.parse import parse_screens, parse_symbols

_LATER: Final = ("equipment.toml", "templates/", "lang/")
_PLACES: Final = {"tags/": ".csv", "alarms/": ".toml", "policies/": ".toml", "screens/": ".toml"}
_LONGEST: Final = 400  # characters of what a message says
_TOP: Final = (FILE, "tags.csv", "alarms.toml", "policies.toml")


def load(texts: Mapping[str, str], library: Mapping[str, str]) -> Plant:
    """The plant that these files describe; raises PlantError with every mistake, but not for warnings.

    `texts` are the plant's files by their path in its folder (`tags/filler.csv`), `library` the shared symbols
    by theirs (`symbols/tank.toml`).
    """
    plant, mistakes = check(texts, library)
    if plant is None:
        raise PlantError([mistake for mistake in mistakes if mistake.severity == "error"])
    return plant


def check(texts: Mapping[str, str], library: Mapping[str, str]) -> tuple[Plant | None, list[Mistake]]:
    """The plant, or None if its files have errors, and all mistakes and warnings by file and line."""
    mistakes: list[Mistake] = []
    head = read_plant_file(texts, mistakes)
    found = read_tags(texts, head.drivers if head.readable else None, mistakes)
    derived = () if found.lost else compile_derived(found, mistakes)
    symbols = parse_symbols(library, mistakes)
    about_tags = _about_tags(texts, found, mistakes)
    screens = parse_screens(about_tags, found.index, symbols, mistakes)
    lint_screens(screens, symbols, found.tags, mistakes)
    rules = read_alarms(about_tags, _surroundings(texts, head, found), mistakes)
    policies = read_policies(about_tags, found.tags, found.index, mistakes)
    _check_stations(texts, head, mistakes)
    check_tags(head.connections, found.tags, found.places, mistakes)
    shares_a_line(head.connections, mistakes, head.connection_lines)
    _check_unused(head, found, mistakes)
    _check_strangers(texts, mistakes)
    mistakes = sorted({_in_one_line(mistake) for mistake in mistakes})
    if any(mistake.severity == "error" for mistake in mistakes):
        return None, mistakes
    plant = Plant(
        id=head.id,
        name=head.name,
        timezone=head.timezone,
        connections=head.connections,
        tags=tuple(found.tags),
        rules=rules,
        screens=screens,
        symbols=symbols,
        history=head.history,
        stations=head.stations,
        derived=derived,
        server_url=head.server_url,
        texts=dict(texts),
        digest=digest(texts),
        policies=policies,
        everyone=head.everyone,
    )
    return plant, mistakes


def digest(texts: Mapping[str, str]) -> str:
    """BLAKE2b over the files' paths and texts, as hex: the same whatever the order of the files."""
    total = blake2b(digest_size=32)
    for file in sorted(texts):
        for part in (file.encode(), texts[file].encode()):
            total.update(len(part).to_bytes(8, "little"))  # so that no text can pass for the next file's name
            total.update(part)
    return total.hexdigest()


def _in_one_line(mistake: Mistake) -> Mistake:
    """The mistake as a terminal may show it: what it quotes from a file could hold line ends and control codes."""
    what, mend = _printable(mistake.what), _printable(mistake.mend)
    return replace(mistake, what=what, mend=mend) if (what, mend) != (mistake.what, mistake.mend) else mistake


def _printable(text: str) -> str:
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in shown)


def _about_tags(texts: Mapping[str, str], found: TagFiles, mistakes: list[Mistake]) -> Mapping[str, str]:
    """The files that name tags; none while tags are missing, for each of them would seem a mistake."""
    if not found.lost:
        return texts
    what = "alarms, policies, screens and derived tags are not checked as long as tags cannot be read"
    mistakes.append(Mistake(found.lost[0], 0, what, "Mend this file and check again", "warning"))
    return {}


def _surroundings(texts: Mapping[str, str], head: PlantFile, found: TagFiles) -> Surroundings:
    return Surroundings(
        tags=found.tags,
        index=found.index,
        screens=_stems(texts, "screens/", ".toml"),
        instructions=_stems(texts, "instructions/", ".md"),
        matrix=head.matrix,
    )


def _stems(texts: Mapping[str, str], folder: str, ending: str) -> frozenset[str]:
    """Ids by file name: a screen with a mistake is there all the same, and whoever names it is not to blame."""
    return frozenset(
        file.removeprefix(folder).removesuffix(ending)
        for file in texts
        if file.startswith(folder) and file.endswith(ending)
    )


def _check_stations(texts: Mapping[str, str], head: PlantFile, mistakes: list[Mistake]) -> None:
    screens = _stems(texts, "screens/", ".toml")
    for station in head.stations:
        if station.screen and station.screen not in screens:
            found = nearest(station.screen, screens)
            mend = f'Write screen = "{found[0]}"' if found else f"Add screens/{station.screen}.toml"
            what = f"there is no screen {station.screen} for the station {station.id}"
            mistakes.append(Mistake(FILE, head.station_lines[station.id], what, mend))


def _check_unused(head: PlantFile, found: TagFiles, mistakes: list[Mistake]) -> None:
    used = {tag.connection for tag in found.tags}
    for connection in head.connections:
        if connection.id not in used:
            what = f"no tag uses the connection {connection.id}"
            line = head.connection_lines[connection.id]
            mistakes.append(Mistake(FILE, line, what, "Add its tags, or remove it", "warning"))


def _check_strangers(texts: Mapping[str, str], mistakes: list[Mistake]) -> None:
    """Files that look as if they belonged to the plant but are not read."""
    read = {*_TOP, *tag_files(texts), *alarm_files(texts), *policy_files(texts)}
    for file in texts:
        if file in read or not file.endswith((".toml", ".csv")):
            continue
        folder = file[: file.rfind("/") + 1]
        if _PLACES.get(folder) == file[file.rfind(".") :]:
            continue
        if file.startswith(_LATER):
            mend = "Leave it for a later version, or remove it"
            mistakes.append(Mistake(file, 1, "files of this kind are not used yet", mend, "warning"))
        elif not folder or file.startswith(tuple(_PLACES)):
            found = nearest(file, _TOP) if not folder else []
            place = f"Move it to {', '.join(_PLACES)}"
            mend = f"Rename it to {found[0]}, or remove it" if found else place
            mistakes.append(Mistake(file, 1, "the file is not read", mend, "warning"))
