"""A user's certificate and key, from files."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from hmi.drivers.supervise import Refused
from hmi.drivers.user_certificates import user_certificate
from tests.drivers import papers
from tests.drivers.papers import NOW, paper

KEY = papers.key("user")
USER = paper("Operator", own=KEY, purposes=())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pki" / "users").mkdir(parents=True)
    (tmp_path / "secrets").mkdir()
    put(tmp_path, papers.der(USER), papers.pem(KEY))
    return tmp_path


def put(folder: Path, certificate: bytes, key: bytes) -> None:
    (folder / "pki" / "users" / "op.der").write_bytes(certificate)
    path = folder / "secrets" / "filler.key"
    path.touch(mode=0o600)
    path.write_bytes(key)


def read(folder: Path):
    return user_certificate("filler", "op.der", folder, NOW)


def test_both_forms_of_files_and_the_issuers_that_come_along(folder: Path):
    assert read(folder).certificate == USER
    assert read(folder).issuers == ()
    pem = serialization.Encoding.PEM
    both = USER.public_bytes(pem) + papers.authority().public_bytes(pem)
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    put(folder, both, KEY.private_bytes(serialization.Encoding.DER, *form))
    found = read(folder)
    assert (found.certificate, len(found.issuers)) == (USER, 1)
    assert found.key.public_key() == KEY.public_key()


@pytest.mark.parametrize(
    ("certificate", "key", "said"),
    [
        (b"no certificate", papers.pem(KEY), "cannot be read, or is encrypted"),
        (papers.der(USER), b"-----BEGIN nothing", "cannot be read, or is encrypted"),
        (papers.der(paper("Other")), papers.pem(KEY), "do not belong together"),
        (papers.der(paper(own=papers.key("weak"))), papers.pem(papers.key("weak")), "1024 bits"),
        (papers.der(paper(own=KEY, start=NOW - papers.timedelta(9), end=NOW - papers.timedelta(1))), papers.pem(KEY),
         "valid from 2026-05-23 to 2026-05-31 only"),
    ],
)  # fmt: skip
def test_what_is_no_use_is_said(folder: Path, certificate: bytes, key: bytes, said: str):
    put(folder, certificate, key)
    with pytest.raises(Refused, match=said):
        read(folder)


def test_a_key_that_others_can_read_is_not_used(folder: Path):
    (folder / "secrets" / "filler.key").chmod(0o640)
    with pytest.raises(Refused, match="chmod 600"):
        read(folder)


def test_what_is_missing_is_named(folder: Path):
    (folder / "secrets" / "filler.key").unlink()
    with pytest.raises(Refused, match=r"filler.key is missing"):
        read(folder)
