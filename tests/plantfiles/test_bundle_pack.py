"""Plant packs: the same bytes for the same plant; and what an enemy carries in on a stick is refused whole.

No pack that is refused may leave a trace: each trial compares everything on the disk before and after.
"""

import hashlib
import io
import os
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmi.core.errors import HmiError
from hmi.plantfiles import bundle
from hmi.plantfiles.bundle_install import install
from hmi.plantfiles.bundle_pack import opened, pack, unpack
from hmi.plantfiles.signing import Keys, SignatureError
from tests.update.standin import KEY, STRANGER, make_plant

KEYS = Keys((KEY.public_key,))


def tree(folder: Path) -> dict[str, str]:
    """Everything below a folder: names, kinds, rights, content."""
    found = {}
    for path in sorted(folder.rglob("*")):
        info = path.lstat()
        body = path.readlink().as_posix() if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        digest = hashlib.sha256(body if isinstance(body, bytes) else body.encode()).hexdigest()
        found[path.relative_to(folder).as_posix()] = f"{stat.filemode(info.st_mode)} {digest}"
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good pack of a small plant."""
    room = tmp_path_factory.mktemp("made")
    pack(make_plant(room / "mill", version=3), room / "mill.hmiplant")
    return room / "mill.hmiplant"


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A station's disk: a plant in force, and secrets beside it."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_text("of the station")
    pack(make_plant(tmp_path / "first"), tmp_path / "first.hmiplant")
    install(opened(tmp_path / "first.hmiplant", KEYS), tmp_path / "plants" / "mill")
    return tmp_path


def try_it(room: Path, body: bytes) -> str:
    """Install a pack as a person would; why it was refused. Nothing may have changed then."""
    (room / "evil.hmiplant").write_bytes(body)
    before = tree(room)
    with pytest.raises(HmiError) as refusal:
        install(opened(room / "evil.hmiplant", KEYS), room / "plants" / "mill")
    assert tree(room) == before
    assert "\n" not in str(refusal.value)
    return str(refusal.value)


def test_a_pack_gives_back_the_plant(made: Path, tmp_path: Path) -> None:
    found = opened(made, KEYS)
    assert (found.bundle.plant.id, found.bundle.plant.version, found.key) == ("mill", 3, KEY.public_key.name)
    unpack(found, tmp_path / "again")
    assert bundle.verified(tmp_path / "again", KEYS) == found.bundle


def test_the_same_plant_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made.with_name("mill"), tmp_path / "elsewhere")
    for path in (tmp_path / "elsewhere").rglob("*"):
        os.utime(path, (1, 1))
    pack(tmp_path / "elsewhere", tmp_path / "other.hmiplant")
    assert (tmp_path / "other.hmiplant").read_bytes() == made.read_bytes()


def test_what_was_changed_after_it_was_signed_is_not_packed(tmp_path: Path) -> None:
    plant = make_plant(tmp_path / "mill")
    (plant / "tags.csv").write_text((plant / "tags.csv").read_text() + "\n")
    with pytest.raises(HmiError, match=r"tags\.csv was changed.*nothing was packed"):
        pack(plant, tmp_path / "out.hmiplant")
    assert not list(tmp_path.glob("*out*"))


def test_a_pack_is_never_written_over(made: Path) -> None:
    with pytest.raises(HmiError, match="is there already"):
        pack(made.with_name("mill"), made)


# ------------------------------------------------------------------------------------ hostile packs (faults, row 32)


def rewritten(source: Path, change: Callable[[zipfile.ZipFile], None], leave_out: str = "") -> bytes:
    """The good pack with something done to it, its signature and list as they were."""
    body = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(body, "w") as new:
        for info in old.infolist():
            if info.filename != leave_out:
                new.writestr(info, old.read(info))
        change(new)
    return body.getvalue()


def added(
    name: str, data: bytes = b"x", attributes: int = 0o100644, method: int = 0
) -> Callable[[zipfile.ZipFile], None]:
    def change(archive: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("x" * len(name))
        info.filename = info.orig_filename = name
        info.external_attr = attributes << 16
        archive.writestr(info, data, method)

    return change


HOSTILE = {
    "slip": (added("../outside/secret"), "leads out"),
    "deep slip": (added("screens/../../../outside/secret"), "leads out"),
    "backslash slip": (added("..\\outside\\secret"), "leads out"),
    "absolute": (added("/tmp/hmi-evil"), "a place of its own"),
    "drive": (added("C:\\evil"), "a place of its own"),
    "link": (added("link", b"/etc/passwd", stat.S_IFLNK | 0o777), "a link"),
    "link out": (added("pictures", b"../../outside", stat.S_IFLNK | 0o777), "a link"),
    "pipe": (added("pipe", b"", stat.S_IFIFO | 0o644), "a link, folder or device"),
    "device": (added("null", b"", stat.S_IFCHR | 0o666), "a link, folder or device"),
    "folder": (added("folder/", b"", stat.S_IFDIR | 0o755), "leads out"),
    "twice": (added("plant.toml"), "one file"),
    "case": (added("Plant.toml"), "one file"),
    "case of a folder": (added("Screens/x.toml"), "one folder"),
    "file and folder": (added("tags.csv/x"), "a file and a folder"),
    "con": (added("CON"), "device"),
    "nul": (added("screens/nul.toml"), "device"),
    "too deep": (added("/".join(["a"] * 12)), "folders deep"),
    "hidden": (added(".profile"), "hidden"),
    "NUL byte": (added("plant.toml\0.txt"), "refused"),
    "surplus": (added("alarms.toml"), "not signed"),
    "bomb": (added("bomb.csv", bytes(19_000_000), method=zipfile.ZIP_DEFLATED), "a bomb"),
    "large": (added("large.png", bytes(30_000_000), method=zipfile.ZIP_DEFLATED), "30 MB"),
    "bzip2": (added("x.toml", b"x" * 99, method=zipfile.ZIP_BZIP2), "packed in a way"),
}


@pytest.mark.fault(rows=[32])
@pytest.mark.cr("3.5")
@pytest.mark.fault(rows=[32])
@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_pack_is_refused_whole(made: Path, room: Path, kind: str) -> None:
    change, why = HOSTILE[kind]
    assert why in try_it(room, rewritten(made, change))


@pytest.mark.fault(rows=[32])
@pytest.mark.fault(rows=[32])
def test_many_files_are_refused(made: Path, room: Path) -> None:
    def change(archive: zipfile.ZipFile) -> None:
        for number in range(100_000):
            archive.writestr(zipfile.ZipInfo(f"t/{number}"), b"")

    assert "holds 100005 files" in try_it(room, rewritten(made, change))


@pytest.mark.fault(rows=[32])
@pytest.mark.fault(rows=[32])
def test_much_in_many_files_is_refused(made: Path, room: Path) -> None:
    noise = os.urandom(100_000) * 190  # grows by less than a bomb

    def change(archive: zipfile.ZipFile) -> None:
        for number in range(6):
            archive.writestr(zipfile.ZipInfo(f"{number}.png"), noise, zipfile.ZIP_DEFLATED)

    assert "unpacked it would have 114 MB" in try_it(room, rewritten(made, change))


@pytest.mark.fault(rows=[32])
def test_an_encrypted_file_is_refused(made: Path, room: Path) -> None:
    body = bytearray(made.read_bytes())
    place = body.rindex(b"PK\x01\x02")
    body[place + 8] |= 1
    assert "encrypted" in try_it(room, bytes(body))


@pytest.mark.fault(rows=[32])
def test_a_size_that_is_a_lie_is_refused(made: Path, room: Path) -> None:
    """The directory says 10 bytes, the stream gives more: never more than it says is unpacked."""
    body = bytearray(made.read_bytes())
    place = body.rindex(b"PK\x01\x02")
    struct.pack_into("<I", body, place + 24, 10)
    assert "refused" in try_it(room, bytes(body))


@pytest.mark.fault(rows=[32])
def test_a_name_that_is_another_in_its_own_header_is_refused(made: Path, room: Path) -> None:
    body = made.read_bytes()
    first = body.index(b"tags.csv")
    assert "refused" in try_it(room, body[:first] + b"../x.csv" + body[first + 8 :])


@pytest.mark.fault(rows=[32])
@pytest.mark.parametrize("part", range(0, 100, 7))
def test_a_pack_that_was_cut_short_is_refused(made: Path, room: Path, part: int) -> None:
    body = made.read_bytes()
    assert "refused" in try_it(room, body[: len(body) * part // 100])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 10**6), byte=st.integers(0, 255))
def test_no_changed_byte_ever_changes_the_plant(made: Path, tmp_path: Path, place: int, byte: int) -> None:
    """What can be changed unnoticed in a zip (times, comments) does not reach the plant's files."""
    body = bytearray(made.read_bytes())
    body[place % len(body)] = byte
    (tmp_path / "changed.hmiplant").write_bytes(body)
    whole = opened(made, KEYS)
    try:
        assert opened(tmp_path / "changed.hmiplant", KEYS) == whole
    except SignatureError as refusal:
        assert "\n" not in str(refusal)


def test_a_stranger_packs_in_vain(room: Path) -> None:
    pack(make_plant(room / "s", version=9, key=STRANGER), room / "s.hmiplant")
    assert "which this station does not trust" in try_it(room, (room / "s.hmiplant").read_bytes())


def test_an_unsigned_pack_is_refused_where_keys_are_trusted(made: Path, room: Path) -> None:
    assert "it is not signed" in try_it(room, rewritten(made, lambda _: None, leave_out=bundle.SIGNATURE))


def test_a_list_without_its_files_is_refused(made: Path, room: Path) -> None:
    assert "tags.csv is missing" in try_it(room, rewritten(made, lambda _: None, leave_out="tags.csv"))


def test_a_signed_plant_with_mistakes_is_refused(room: Path) -> None:
    """Its signer had another version of the program, or wrote the list himself."""
    plant = make_plant(room / "bad", version=9)
    (plant / "tags.csv").write_text("rubbish")
    made = bundle.Bundle(1, bundle.BundlePlant("mill", "Mill", 9), bundle.hashes(plant))
    (plant / bundle.FILE).write_bytes(bundle.encoded(made))
    (plant / bundle.SIGNATURE).write_text(bundle.signature_of(made, KEY))
    pack(plant, room / "bad.hmiplant")
    assert "tags.csv" in try_it(room, (room / "bad.hmiplant").read_bytes())


def test_a_folder_or_nothing_is_no_pack(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(SignatureError, match="cannot be read"):
            opened(path, KEYS)
