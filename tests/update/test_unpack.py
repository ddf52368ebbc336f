"""A program from a stick: proven, unpacked beside what is in use, or refused with nothing left of it."""

import io
import tarfile
from pathlib import Path

import pytest
import zstandard

from hmi.core.errors import HmiError
from hmi.installed import verify
from hmi.plantfiles.signing import Keys, sign_file
from hmi.update.unpack import refuse_older, unpacked
from hmi.update.versions import Installation, Version
from tests.plantfiles.test_bundle_pack import tree
from tests.update.standin import KEY, STRANGER, artefact, make_version, stick, write_manifest

KEYS = Keys((KEY.public_key,))


def refused(root: Path, path: Path) -> str:
    before = tree(root)
    with pytest.raises(HmiError) as error:
        unpacked(path, Installation(root), KEYS)
    assert tree(root) == before
    assert "\n" not in str(error.value)
    return str(error.value)


def test_a_signed_program_is_unpacked_whole_with_its_links_and_rights(root: Path, tmp_path: Path) -> None:
    folder = unpacked(stick(tmp_path, "0.2.0+1"), Installation(root), KEYS)
    assert folder == root / "versions" / "0.2.0+1"
    assert verify(folder) == []
    assert (folder / "app" / "hmi").stat().st_mode & 0o111 and (folder / "app" / "lib.so.1").is_symlink()
    assert Installation(root).version == Version((0, 1, 0), 1)  # nothing is in use by that
    assert sorted(path.name for path in (root / "versions").iterdir()) == ["0.1.0+1", "0.2.0+1"]


def test_gzip_does_as_well(root: Path, tmp_path: Path) -> None:
    made = make_version(tmp_path / "made", "0.2.0+1")
    path = tmp_path / "hmi-mill-0.2.0+1-linux-x86_64.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for entry in made.iterdir():
            archive.add(entry, entry.name)
    sign_file(path, KEY, path.name)
    assert unpacked(path, Installation(root), KEYS).name == "0.2.0+1"


@pytest.mark.parametrize("place", [0, 100, -1])
def test_one_changed_byte_is_refused(root: Path, tmp_path: Path, place: int) -> None:
    path = stick(tmp_path, "0.2.0+1")
    body = bytearray(path.read_bytes())
    body[place] ^= 1
    path.write_bytes(body)
    assert "is not what was signed" in refused(root, path)


def test_strangers_other_plants_and_what_is_not_signed_are_refused(root: Path, tmp_path: Path) -> None:
    assert "does not trust" in refused(root, stick(tmp_path / "a", "0.2.0+1", key=STRANGER))
    assert "for the plant 'brewery', and here runs 'mill'" in refused(
        root, stick(tmp_path / "b", "0.2.0+1", plant="brewery")
    )
    assert "is not signed" in refused(root, stick(tmp_path / "c", "0.2.0+1", key=None))
    assert "is not signed" in refused(root, tmp_path / "none.tar.zst")


def test_another_platform_is_refused(root: Path, tmp_path: Path) -> None:
    made = make_version(tmp_path / "made", "0.2.0+1")
    write_manifest(made, "0.2.0+1", platform="linux-aarch64")
    assert "this computer is linux-x86_64" in refused(root, artefact(made, tmp_path, "0.2.0+1"))


def test_what_the_manifest_does_not_say_is_refused(root: Path, tmp_path: Path) -> None:
    made = make_version(tmp_path / "made", "0.2.0+1")
    (made / "app" / "more.so").write_bytes(b"x")
    assert "more.so is not in the manifest" in refused(root, artefact(made, tmp_path, "0.2.0+1"))
    (made / "app" / "more.so").unlink()
    (made / "app" / "lib.so").write_bytes(b"other code")
    assert "was changed" in refused(root, artefact(made, tmp_path / "b", "0.2.0+1"))


def signed_tar(tmp_path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    path = tmp_path / "hmi-mill-0.2.0+1-linux-x86_64.tar.zst"
    path.write_bytes(zstandard.compress(body.getvalue()))
    sign_file(path, KEY, path.name)
    return path


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "hostile",
    [
        member("../evil"),
        member("app/../../../evil"),
        member("app/link", tarfile.SYMTYPE, "/etc"),
        member("app/link", tarfile.SYMTYPE, "../../../outside"),
        member("app/hard", tarfile.LNKTYPE, "../../evil"),
        member("dev", tarfile.CHRTYPE),
        member("pipe", tarfile.FIFOTYPE),
    ],
)
def test_even_a_trusted_signer_puts_nothing_elsewhere(root: Path, tmp_path: Path, hostile: tarfile.TarInfo) -> None:
    """His computer may have been another's."""
    before = tree(tmp_path / "root")
    path = signed_tar(tmp_path, (hostile, b""), (member("MANIFEST.json"), b"{}"))
    assert "othing was changed" in refused(root, path) or "cannot be" in refused(root, path)
    assert tree(tmp_path / "root") == before and not (tmp_path / "evil").exists()


def test_rubbish_that_is_signed_is_refused(root: Path, tmp_path: Path) -> None:
    path = tmp_path / "hmi-mill-0.2.0+1-linux-x86_64.tar.zst"
    for body in (b"", b"\x28\xb5\x2f\xfd", b"rubbish", zstandard.compress(b"rubbish" * 1000)):
        path.write_bytes(body)
        sign_file(path, KEY, path.name)
        assert refused(root, path)


def test_the_version_in_use_is_left_alone(root: Path, tmp_path: Path) -> None:
    assert "in use already" in refused(root, stick(tmp_path, "0.1.0+1"))


def test_older_programs_and_older_plants_are_asked_for() -> None:
    used = Version((0, 2, 0), 3)
    for new in (Version((0, 1, 9), 4), Version((0, 3, 0), 2)):
        with pytest.raises(HmiError, match=r"older .*--downgrade"):
            refuse_older(new, used, downgrade=False)
        refuse_older(new, used, downgrade=True)
    refuse_older(Version((0, 2, 1), 3), used, downgrade=False)
