"""The texts of a plant's files -> one frozen Plant, or every mistake in all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Final

from hmi.core import toml
from hmi.core.alarms.rules import Rule
from hmi.core.errors import Mistake, PlantError
from hmi.core.nearest import nearest
from hmi.core.plant.alarms_toml import Surroundings, alarm_files, read_alarms
from hmi.core.plant.derived_tags import compile_derived
from hmi.core.plant.equipment import Equipment
from hmi.core.plant.equipment_toml import FILE as EQUIPMENT
from hmi.core.plant.equipment_toml import read_equipment
from hmi.core.plant.furnish import Furnisher, alarms_of, details_of
from hmi.core.plant.instructions_files import instruction_ids, read_instructions, with_instructions
from hmi.core.plant.instructions_steps import Around
from hmi.core.plant.languages_toml import check_languages, read_languages
from hmi.core.plant.modbus_toml import check_tags, shares_a_line
from hmi.core.plant.model import Plant
from hmi.core.plant.plant_toml import FILE, PlantFile, read_plant_file
from hmi.core.plant.policies_toml import policy_files, read_policies
from hmi.core.plant.positions import Position
from hmi.core.plant.positions_toml import check_answered, read_positions
from hmi.core.plant.server_toml import check_rows
from hmi.core.plant.station_alarms_toml import read_station_alarms
from hmi.core.plant.tags_csv import TagFiles, read_tags, tag_files
from hmi.core.plant.templates_toml import read_templates, stem_of, template_files
from hmi.core.plant.trends_toml import read_trends
from hmi.core.plant.visible import visible_texts
from hmi.core.screens.backdrops import read_backdrops
from hmi.core.screens.expand import Types
from hmi.core.screens.lint import lint_screens
from hmi.core.screens.model import Screen, Symbol
from hmi.core.screens.parse import ScreenFiles, parse_symbols
from hmi.core.screens.scope import MAX_CHARACTERS_MADE, MAX_MADE, TooMuch
from hmi.core.steps.model import Instruction

_PLACES: Final = {
    "tags/": ".csv",
    "alarms/": ".toml",
    "policies/": ".toml",
    "screens/": ".toml",
    "templates/": ".toml",
    "trends/": ".toml",
    "lang/": ".toml",
}
_LONGEST: Final = 400  # characters of what a message says
_TOP: Final = (FILE, "tags.csv", "alarms.toml", "policies.toml", EQUIPMENT)


def load(texts: Mapping[str, str], library: Mapping[str, str]) -> Plant:
    """The plant that these files describe; raises PlantError with every mistake, but not for warnings.

    `texts` are the plant's files by their path in its folder (`tags/filler.csv`), `library` the shared symbols
    and templates by theirs (`symbols/tank.toml`, `templates/motor.toml`).
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
    shown = _shown(about_tags, library, head, found, symbols, mistakes)
    policies = read_policies(about_tags, found.tags, found.index, mistakes)
    trends = read_trends(about_tags, found.tags, found.index, mistakes)
    _check_stations(_stems(texts, "screens/", ".toml") | set(shown.screens), head, mistakes)
    check_tags(head.connections, found.tags, found.places, mistakes)
    shares_a_line(head.connections, mistakes, head.connection_lines)
    _check_unused(head, found, mistakes)
    _check_strangers(texts, mistakes)
    languages, tables = read_languages(texts, mistakes)
    positions = _positions(head, shown, found, mistakes)
    if not found.lost:
        check_rows(head.server, head.rows_line, {tag.name: tag.history != "off" for tag in found.tags}, mistakes)
    if any(mistake.severity == "error" for mistake in mistakes):
        return None, _told(mistakes)
    plant = Plant(
        id=head.id,
        name=head.name,
        timezone=head.timezone,
        version=head.version,
        connections=head.connections,
        tags=tuple(found.tags),
        rules=shown.rules,
        station_rules=shown.station_rules,
        screens=shown.screens,
        symbols=symbols,
        history=head.history,
        stations=head.stations,
        derived=derived,
        server=head.server,
        texts=dict(texts),
        digest=digest(texts),
        policies=policies,
        trends=trends,
        everyone=head.everyone,
        people=head.people,
        branding=head.branding,
        equipment=shown.equipment,
        backdrops=shown.backdrops,
        languages=languages,
        alarm_classes=head.alarm_classes.known,
        severities=head.severities,
        matrix=head.matrix,
        positions=positions,
        instructions=shown.instructions,
        pictures=shown.pictures,
    )
    if languages:
        check_languages(languages, tables, visible_texts(plant), mistakes)
    return plant, _told(mistakes)


def _positions(head: PlantFile, shown: _Shown, found: TagFiles, mistakes: list[Mistake]) -> tuple[Position, ...]:
    stations = [station.id for station in head.stations]
    positions = read_positions(head.position_rows, stations, shown.equipment, mistakes)
    check_answered(head.position_rows, positions, shown.rules, found.tags, shown.equipment, mistakes)
    return positions


def _told(mistakes: list[Mistake]) -> list[Mistake]:
    """Each mistake once and in one line, by file and line."""
    return sorted({_in_one_line(mistake) for mistake in mistakes})


@dataclass(slots=True)
class _Shown:
    """What operators see of the plant: made from screens, equipment, templates and alarms together."""

    screens: dict[str, Screen] = field(default_factory=dict)
    equipment: dict[str, Equipment] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    station_rules: tuple[Rule, ...] = ()
    backdrops: dict[str, str] = field(default_factory=dict)
    instructions: dict[str, Instruction] = field(default_factory=dict)
    pictures: dict[str, str] = field(default_factory=dict)


def _shown(
    texts: Mapping[str, str],
    library: Mapping[str, str],
    head: PlantFile,
    found: TagFiles,
    symbols: Mapping[str, Symbol],
    mistakes: list[Mistake],
) -> _Shown:
    shown = _Shown()
    if not texts:
        return shown
    index = found.index
    types = Types(index, symbols, read_templates(texts, library, symbols, mistakes))
    own = _stems(texts, "screens/", ".toml")
    ids = {
        "screens": own,
        "instructions": instruction_ids(texts),
        "templates": frozenset(stem_of(file) for file in (*template_files(texts), *template_files(library))),
    }
    try:
        machines = read_equipment(texts, types, found.tags, ids, mistakes)
        files = ScreenFiles(types, mistakes)
        shown.screens = files.read(texts)
        furnisher = Furnisher(machines, files, types, found.tags, own)
        shown.equipment = furnisher.equipment()
        around_steps = Around(found.tags, index, shown.equipment, ids["instructions"])
        shown.instructions, shown.pictures = read_instructions(texts, around_steps, types.templates, mistakes)
        shown.equipment = with_instructions(shown.equipment, shown.instructions)
        shown.screens |= furnisher.details()
        known = own | set(details_of(machines, own).values())
        files.check_targets(known)
        around = Surroundings(
            tags=found.tags,
            index=index,
            screens=known,
            instructions=ids["instructions"],
            matrix=head.matrix,
            classes=head.alarm_classes,
        )
        of_station: list[toml.Table] = []
        shown.rules = read_alarms(texts, around, mistakes, alarms_of(machines), types.folded, of_station)
        shown.station_rules = read_station_alarms(of_station, head.matrix, around.named, mistakes)
        drawings = read_backdrops(texts, files.backdrops, mistakes)
        shown.backdrops = {name: drawing.text for name, drawing in drawings.items()}
        lint_screens(shown.screens, symbols, found.tags, mistakes, shown.rules, shown.equipment, drawings)
    except TooMuch:
        what = f"templates and repeats make more than {MAX_MADE} elements, or {MAX_CHARACTERS_MADE} characters"
        mistakes.append(Mistake(EQUIPMENT, 0, what, "Repeat less, or split the plant"))
    else:
        _check_templates(types, mistakes)
    mistakes.extend(types.folded.told())
    return shown


def _check_templates(types: Types, mistakes: list[Mistake]) -> None:
    for template in types.templates.values():
        if not template.shared and template.id not in types.used:
            what = "nothing is of this template, so what it draws is not checked"
            mistakes.append(template.head.mistake("id", what, f"Use it in {EQUIPMENT}, or remove it", "warning"))


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


def _stems(texts: Mapping[str, str], folder: str, ending: str) -> frozenset[str]:
    """Ids by file name: a screen with a mistake is there all the same, and whoever names it is not to blame."""
    return frozenset(
        file.removeprefix(folder).removesuffix(ending)
        for file in texts
        if file.startswith(folder) and file.endswith(ending)
    )


def _check_stations(screens: Collection[str], head: PlantFile, mistakes: list[Mistake]) -> None:
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
        if not folder or file.startswith(tuple(_PLACES)):
            found = nearest(file, _TOP) if not folder else []
            place = f"Move it to {', '.join(_PLACES)}"
            mend = f"Rename it to {found[0]}, or remove it" if found else place
            mistakes.append(Mistake(file, 1, "the file is not read", mend, "warning"))
