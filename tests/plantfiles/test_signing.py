"""Signatures made and proven, also those of the program minisign; and which keys a station trusts."""

import os
from pathlib import Path

import pytest

from hmi.core import minisign
from hmi.core.errors import HmiError
from hmi.plantfiles import signing
from hmi.plantfiles.signing import Keys, SignatureError
from tests.core.test_minisign import PUBLIC, SECRET, SIGNATURE

THEIRS = Keys((minisign.read_public(PUBLIC),))


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A file as the program minisign signed it."""
    (tmp_path / "f").write_bytes(b"plant files\n")
    (tmp_path / "f.minisig").write_text(SIGNATURE)
    return tmp_path / "f"


def test_a_signature_of_minisign_is_proven(signed: Path) -> None:
    assert signing.verify_file(signed, THEIRS).words == "plant mill version 3"


def test_what_minisign_signs_we_sign_alike(signed: Path) -> None:
    (key := signed.with_name("key")).write_text(SECRET)
    key.chmod(0o600)
    made = signing.sign_file(signed, signing.read_key(key), "plant mill version 3")
    assert made.read_text().splitlines()[1:] == SIGNATURE.splitlines()[1:]  # Ed25519 leaves nothing to chance


@pytest.mark.parametrize("place", range(0, 12, 3))
def test_one_changed_byte_is_found(signed: Path, place: int) -> None:
    body = bytearray(signed.read_bytes())
    body[place] ^= 1
    signed.write_bytes(body)
    with pytest.raises(SignatureError, match="f is not what was signed with the key F9E4FE139078D905"):
        signing.verify_file(signed, THEIRS)


def test_a_changed_comment_is_found(signed: Path) -> None:
    signed.with_name("f.minisig").write_text(SIGNATURE.replace("version 3", "version 4"))
    with pytest.raises(SignatureError, match="changed or damaged"):
        signing.verify_file(signed, THEIRS)


def test_a_stranger_is_named_and_so_are_those_that_are_trusted(signed: Path) -> None:
    stranger = signing.new_key().public_key
    with pytest.raises(SignatureError, match=f"F9E4FE139078D905, which .* trusts {stranger.name}"):
        signing.verify_file(signed, Keys((stranger,)))


def test_a_key_that_only_bears_the_number_proves_nothing(signed: Path) -> None:
    false = signing.new_key().public_key._replace(id=THEIRS.keys[0].id)
    with pytest.raises(SignatureError, match="changed or damaged"):
        signing.verify_file(signed, Keys((false,)))
    assert signing.verify_file(signed, Keys((false, *THEIRS.keys)))


def test_what_is_not_signed_is_said_not_to_be(signed: Path) -> None:
    signed.with_name("f.minisig").unlink()
    with pytest.raises(SignatureError, match=r"f is not signed: there is no f\.minisig"):
        signing.verify_file(signed, THEIRS)
    signed.with_name("f.minisig").write_bytes(b"\xff" * 100)
    with pytest.raises(SignatureError):
        signing.verify_file(signed, THEIRS)


def test_a_new_key_is_for_its_owner_only_and_never_written_over(tmp_path: Path) -> None:
    key = signing.new_key()
    public = signing.write_key(tmp_path / "plant", key)
    assert (tmp_path / "plant").stat().st_mode & 0o777 == 0o600
    assert signing.read_key(tmp_path / "plant") == key
    assert minisign.read_public(public.read_text()) == key.public_key
    with pytest.raises(HmiError, match="is there already"):
        signing.write_key(tmp_path / "plant", signing.new_key())
    public.unlink()
    with pytest.raises(HmiError, match="is there already"):
        signing.write_key(tmp_path / "plant", signing.new_key())
    assert signing.read_key(tmp_path / "plant") == key


@pytest.mark.skipif(os.name != "posix", reason="rights of files are another matter there")
def test_a_key_that_others_can_read_signs_nothing(tmp_path: Path) -> None:
    signing.write_key(tmp_path / "plant", signing.new_key())
    (tmp_path / "plant").chmod(0o640)
    with pytest.raises(HmiError, match="can be read by others"):
        signing.read_key(tmp_path / "plant")


def test_halves_of_two_keys_are_no_key(tmp_path: Path) -> None:
    one, other = signing.new_key(), signing.new_key()
    signing.write_key(tmp_path / "plant", one._replace(public=other.public))
    with pytest.raises(HmiError, match="two halves"):
        signing.read_key(tmp_path / "plant")


def test_keys_are_trusted_for_what_their_folder_says(tmp_path: Path) -> None:
    keys = {use: signing.new_key().public_key for use in ("", "plant", "program")}
    for use, key in keys.items():
        (folder := tmp_path / "root" / "trusted-keys" / use).mkdir(parents=True, exist_ok=True)
        (folder / "maker.pub").write_text(minisign.write_public(key))
    places = (tmp_path / "root", None, tmp_path / "data")
    assert set(signing.trusted_keys(places, "plant").keys) == {keys[""], keys["plant"]}
    assert set(signing.trusted_keys(places, "program").keys) == {keys[""], keys["program"]}
    assert not signing.trusted_keys((None, tmp_path / "data"), "plant")


def test_a_damaged_key_does_not_open_the_station(tmp_path: Path) -> None:
    (tmp_path / "trusted-keys").mkdir()
    (tmp_path / "trusted-keys" / "maker.pub").write_text("rubbish")
    found = signing.trusted_keys((tmp_path,), "plant")
    assert found and not found.keys and "maker.pub" in found.unusable[0]
