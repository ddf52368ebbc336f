"""Keys and signatures as the program minisign 0.11 writes them, read and written alike."""

import base64

import pytest

from hmi.core import minisign

# made by the program minisign itself: -G -W, and -S of a file with the text "plant files\n"
PUBLIC = (
    "untrusted comment: minisign public key F9E4FE139078D905\n"
    "RWQF2XiQE/7k+eh4RLEuNOsyckGz2DvaQOTiPEoZRZPKfoPyp0cCTKG4\n"
)
SECRET = (
    "untrusted comment: minisign encrypted secret key\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABdl4kBP+5PkX1Ej9Vm8cyWth5Dhu"
    "ZaQktOfxVgS1Oh7yuRNmIONhSeh4RLEuNOsyckGz2DvaQOTiPEoZRZPKfoPyp0cCTKG4AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAA=\n"
)
SIGNATURE = (
    "untrusted comment: signature from minisign secret key\n"
    "RUQF2XiQE/7k+f5Zis1/Kv6AXXxcZbmP9quUYaRBbHMQFiAX/2bL1m5/dBtkTq93mCJyt977tcBGTO3T3/xUETwK/I+MtoAF+QE=\n"
    "trusted comment: plant mill version 3\n"
    "WaUGm+eKtkfnrvLWxoy9v7bpGK3emIhToO+XEcapgqWGFN5fK3bHHxyv3eCFZNjhRHCZv92FHAgtLpwAWT7CAw==\n"
)


def test_a_public_key_is_named_as_minisign_names_it_and_written_as_it_was() -> None:
    key = minisign.read_public(PUBLIC)
    assert key.name == "F9E4FE139078D905"
    assert minisign.write_public(key) == PUBLIC
    assert minisign.read_public(PUBLIC.splitlines()[1]) == key  # the second line alone, as people paste it
    assert minisign.read_public(PUBLIC.replace("\n", "\r\n")) == key


def test_a_secret_key_holds_its_public_one() -> None:
    key = minisign.read_secret(SECRET)
    assert key.public_key == minisign.read_public(PUBLIC)
    assert minisign.read_secret(minisign.write_secret(key)) == key


def test_a_signature_is_read_and_written_as_it_was() -> None:
    signature = minisign.read_signature(SIGNATURE)
    assert (signature.key_name, signature.words) == ("F9E4FE139078D905", "plant mill version 3")
    assert minisign.write_signature(signature, "x").splitlines()[1:] == SIGNATURE.splitlines()[1:]


def changed(text: str, line: int, place: int, byte: int) -> str:
    lines = text.splitlines()
    raw = bytearray(base64.b64decode(lines[line]))
    raw[place] = byte
    lines[line] = base64.b64encode(raw).decode()
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("read", "text", "why"),
    [
        (minisign.read_public, "", "no public key"),
        (minisign.read_public, "x" * 5000, "too long"),
        (minisign.read_public, "RWQF2Xi", "base 64"),
        (minisign.read_public, PUBLIC + PUBLIC, "no public key"),
        (minisign.read_public, SECRET, "no public key"),
        (minisign.read_secret, PUBLIC, "no secret key"),
        (minisign.read_secret, changed(SECRET, 1, 2, ord("S")), "has a password"),
        (minisign.read_secret, changed(SECRET, 1, 150, 7), "check sum"),
        (minisign.read_signature, "", "four lines"),
        (minisign.read_signature, SIGNATURE.replace("trusted comment: plant", "plant"), "four lines"),
        (minisign.read_signature, changed(SIGNATURE, 1, 1, ord("d")), "old kind"),
        (minisign.read_signature, changed(SIGNATURE, 1, 1, ord("x")), "not known"),
        (minisign.read_signature, SIGNATURE.replace("WaUGm+eK", ""), "cut short"),
        (minisign.read_signature, SIGNATURE.replace("WaUGm+eK", "ÄÖ"), "base 64"),
    ],
)
def test_what_is_none_is_said_to_be_none(read, text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(text)


def test_the_signed_bytes_are_the_files_blake2b() -> None:
    assert minisign.digest(b"").hex().startswith("786a02f742015903")  # of nothing, as RFC 7693's reference has it
