"""Plant folders on disk: found, read within bounds, decoded, and handed to `hmi.core.plant`."""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hmi.core.errors import Mistake, PlantError
from hmi.plantfiles.photographs import is_photograph, mark_of

if TYPE_CHECKING:
    from hmi.core.plant import Plant

MAX_FILES: Final = 2_000
MAX_FILE_BYTES: Final = 5_000_000
MAX_BYTES: Final = 100_000_000
MAX_DEPTH: Final = 8
TEXTS: Final = (".toml", ".csv", ".md", ".svg")  # pictures and the rest do not describe the plant
Seal = Callable[[Path], Mapping[str, str] | None]  # a folder -> its files with the sha256 that was signed; None: free
_SIGN: Final = "Sign the plant again, or put the signed files back"
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


def find_plant(text: str) -> Path:
    """The folder of a plant, by its path or by its name among the plants that come with the program."""
    folder = Path(text)
    if folder.name == "plant.toml" and _is_folder(folder.parent):
        return folder.parent
    if _is_folder(folder):
        return folder
    plants = resources_folder() / "plants"
    if re.fullmatch(r"[A-Za-z0-9_-]+", text) and (plants / text).is_dir():
        return plants / text
    known = sorted(entry.name for entry in plants.iterdir() if entry.is_dir()) if plants.is_dir() else []
    also = f", or the name of a plant that comes with the program: {', '.join(known)}" if known else ""
    raise _refused(text, "there is no such plant folder", f"Give the path of a folder with a plant.toml{also}")


def id_of(folder: Path) -> str:
    """The id of a folder's plant, without reading more of it than it takes; raises PlantError as `load_folder` does."""
    import tomllib  # costs 10 ms, and a window needs none

    with suppress(OSError, ValueError, KeyError, TypeError):
        named = tomllib.loads((folder / "plant.toml").read_text("utf-8-sig"))["plant"]["id"]
        if isinstance(named, str) and re.fullmatch(r"[a-z][a-z0-9_-]{0,63}", named):
            return named
    return load_folder(folder).id


def load_folder(folder: Path, seal: Seal | None = None) -> Plant:
    """The plant of a folder; raises PlantError with every mistake in its files. For `seal` see `read_texts`."""
    from hmi.core.plant import load  # whoever looks for the program's own files has no plant to read

    plant = load(read_texts(folder, seal), read_library())
    if mistakes := _timezone_mistakes(plant.timezone, plant.texts["plant.toml"]):
        raise PlantError(mistakes)
    return plant


def check_folder(folder: Path) -> tuple[Plant | None, list[Mistake]]:
    """The plant of a folder, or None, and all mistakes and warnings, also those of reading it."""
    try:
        texts = read_texts(folder)
    except PlantError as error:
        return None, list(error.mistakes)
    return check_texts_of(texts, read_library())


def check_texts_of(texts: Mapping[str, str], library: Mapping[str, str]) -> tuple[Plant | None, list[Mistake]]:
    """The plant of texts that were read, or None, and all mistakes and warnings, also of what only a computer knows."""
    from hmi.core.plant import check

    plant, mistakes = check(texts, library)
    more = _timezone_mistakes(plant.timezone, texts["plant.toml"]) if plant else []
    return (None if more else plant), sorted([*mistakes, *more])


def read_texts(folder: Path, seal: Seal | None = None) -> dict[str, str]:
    """The text files of a plant by their path in the folder; raises PlantError for what cannot be read.

    At most 2,000 files, 5 MB each and 100 MB in all; hidden files are left out, and links that lead out of the
    folder are refused. With a `seal`, which tells the sha256 of each signed file, the very bytes that are read must
    be those that were signed.
    """
    if not _is_folder(folder):
        raise _refused(str(folder), "this is not a folder", "Give the folder in which plant.toml is")
    mistakes: list[Mistake] = []
    texts = _read_all(folder, mistakes, seal(folder) if seal is not None else None)
    if "plant.toml" not in texts and not any(mistake.file == "plant.toml" for mistake in mistakes):
        what = f"the folder {folder} has no plant.toml, so it is not a plant"
        mistakes.append(Mistake("plant.toml", 0, what, "Give the folder in which plant.toml is"))
    if mistakes:
        raise PlantError(mistakes)
    return texts


def read_library() -> dict[str, str]:
    """The shared symbols and templates, by their path in the library (`symbols/tank.toml`, `templates/motor.toml`)."""
    mistakes: list[Mistake] = []
    texts = _read_all(library_folder(), mistakes)
    if mistakes:
        raise PlantError(mistakes)
    return {file: text for file, text in texts.items() if file.endswith(".toml")}


def library_folder() -> Path:
    """Where the shared symbols and templates lie."""
    return _data_folder("screens")


def resources_folder() -> Path:
    """Where icons, the manual and the demo plants lie."""
    return _data_folder("resources")


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # behind a folder that we may not enter; a NUL in the name
        return False


def _data_folder(name: str) -> Path:
    package = Path(__file__).resolve().parent.parent
    bundle = getattr(sys, "_MEIPASS", None)
    places = [package / "_data" / name, package.parent / name]  # installed wheel, source checkout
    if bundle is not None:  # frozen by PyInstaller
        places = [Path(bundle) / "hmi" / "_data" / name, Path(bundle) / name, *places]
    for place in places:
        if place.is_dir():
            return place
    raise _refused(str(places[0]), f"the program's {name} folder is missing", "Install the program again")


def _read_all(folder: Path, mistakes: list[Mistake], sealed: Mapping[str, str] | None = None) -> dict[str, str]:
    texts: dict[str, str] = {}
    root, total = folder.resolve(), 0
    for count, path in enumerate(_walk(folder, folder, 0, mistakes)):
        name = path.relative_to(folder).as_posix()
        if not name.isprintable():  # also bytes that are no text at all
            what = f"the file name {name!r} holds unprintable characters"
            mistakes.append(Mistake(ascii(name), 0, what, "Rename it"))
            continue
        if count >= MAX_FILES:
            what = f"the folder has more than {MAX_FILES} files"
            mistakes.append(Mistake(name, 0, what, "Take out what is not the plant's"))
            break
        data = _read(path, name, root, mistakes)
        if data is None or (sealed is not None and not _is_signed(data, name, sealed, mistakes)):
            continue
        total += 0 if is_photograph(name) else len(data)
        if total > MAX_BYTES:
            what = f"the plant's files are bigger than {MAX_BYTES // 1_000_000} MB together"
            mistakes.append(Mistake(name, 0, what, "Take out what is not the plant's"))
            break
        text = mark_of(data) if is_photograph(name) else _decode(data, name, mistakes)
        if text is not None:
            texts[name] = text
    wanted = [name for name in sealed or () if name.lower().endswith(TEXTS) and name not in texts]
    told = {mistake.file for mistake in mistakes}
    mistakes += [Mistake(name, 0, "the file was signed and is missing", _SIGN) for name in wanted if name not in told]
    return texts


def _is_signed(data: bytes, name: str, sealed: Mapping[str, str], mistakes: list[Mistake]) -> bool:
    same = hashlib.sha256(data).hexdigest() == sealed.get(name)
    if not same:
        what = "the file is not as it was signed" if name in sealed else "the file was not signed"
        mistakes.append(Mistake(name, 0, what, _SIGN))
    return same


def _walk(top: Path, folder: Path, depth: int, mistakes: list[Mistake]) -> Iterator[Path]:
    """The text files of a folder and its folders, by name; folders that are links are not entered."""
    try:
        entries = [(entry, entry.is_dir() and not entry.is_symlink()) for entry in sorted(folder.iterdir())]
    except OSError as error:
        name = folder.relative_to(top).as_posix()
        what = f"the folder cannot be read ({error.strerror})"
        mistakes.append(Mistake(name, 0, what, "Give this user the right to read it"))
        return
    for entry, is_folder in entries:
        if entry.name.startswith("."):
            continue
        if is_folder:
            if depth < MAX_DEPTH:
                yield from _walk(top, entry, depth + 1, mistakes)
        elif entry.suffix.lower() in TEXTS or is_photograph(entry.relative_to(top).as_posix()):
            yield entry


def _read(path: Path, name: str, root: Path, mistakes: list[Mistake]) -> bytes | None:
    try:
        if path.is_symlink() and not path.resolve().is_relative_to(root):
            what = "the file is a link that leads out of the plant's folder"
            mistakes.append(Mistake(name, 0, what, "Put the file itself there"))
            return None
        if not path.is_file():  # a pipe or a device would never end
            mend = "Replace it by one, or remove it"
            mistakes.append(Mistake(name, 0, "this is not an ordinary file", mend))
            return None
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (OSError, RuntimeError) as error:  # RuntimeError: links in a circle
        what = f"the file cannot be read ({getattr(error, 'strerror', None) or 'its link leads nowhere'})"
        mistakes.append(Mistake(name, 0, what, "Give this user the right to read it"))
        return None
    if len(data) > MAX_FILE_BYTES:
        what = f"the file is bigger than {MAX_FILE_BYTES // 1_000_000} MB"
        mistakes.append(Mistake(name, 0, what, "Make it smaller" if is_photograph(name) else "Split it"))
        return None
    return data


def _decode(data: bytes, name: str, mistakes: list[Mistake]) -> str | None:
    mend = "Save it as UTF-8 text"
    if data.startswith(_UTF16_BOMS):
        mistakes.append(Mistake(name, 1, "the file is UTF-16, not UTF-8", mend))
        return None
    body = data.removeprefix(_UTF8_BOM)
    place = body.find(b"\0")
    if place >= 0:
        mistakes.append(Mistake(name, *_where(body, place, "a NUL byte"), mend))
        return None
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        what = f"the byte 0x{body[error.start]:02X}, which is not UTF-8,"
        mistakes.append(Mistake(name, *_where(body, error.start, what), mend))
        return None


def _where(body: bytes, place: int, what: str) -> tuple[int, str]:
    """The line of a byte, and what to say of it."""
    start = body.rfind(b"\n", 0, place) + 1
    return body.count(b"\n", 0, place) + 1, f"there is {what} at byte {place - start + 1} of the line"


def _timezone_mistakes(name: str, text: str) -> list[Mistake]:
    """A time zone that this computer's list does not have; core cannot know, because the list is on disk."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        try:
            ZoneInfo("Europe/Berlin")
        except (ZoneInfoNotFoundError, OSError):
            return []  # no list of zones here at all: not the plant's mistake
        line = next((n for n, row in enumerate(text.splitlines(), 1) if row.lstrip().startswith("timezone")), 1)
        mend = 'Write one such as "Europe/Berlin" or "UTC"'
        return [Mistake("plant.toml", line, f"there is no time zone {name}", mend)]
    return []


def _refused(subject: str, what: str, mend: str) -> PlantError:
    return PlantError([Mistake(subject, 0, what, mend)])
