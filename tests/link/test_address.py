"""link.json: whole or absent, for one user only, and plain words when no engine is there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from hmi.core.errors import LinkError
from hmi.link import address
from hmi.link.address import Address


def test_written_for_this_user_only_and_read_back(tmp_path: Path) -> None:
    found = Address("unix:/x/link.sock", "token", 12, started_ns=5)
    address.write(tmp_path, found)
    address.write(tmp_path, found)
    assert address.read(tmp_path) == found
    assert [path.name for path in tmp_path.iterdir()] == ["link.json"]
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "link.json").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
@pytest.mark.parametrize(
    ("folder", "link"),
    [(0o2750, 0o660), (0o2700, 0o600), (0o750, 0o600), (0o2755, 0o600), (0o2770, 0o600), (0o700, 0o600)],
)
def test_a_group_may_attach_only_where_the_folder_was_given_to_it(tmp_path: Path, folder: int, link: int) -> None:
    tmp_path.chmod(folder)
    assert address.rights(tmp_path) == link
    address.write(tmp_path, Address("unix:/x/link.sock", "token", 12))
    assert stat.S_IMODE((tmp_path / "link.json").stat().st_mode) == link & 0o640  # nobody else changes where it leads


def test_no_file_means_no_engine(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match=f"not running.*hmi engine PLANT --data {tmp_path}"):
        address.read(tmp_path)
    with pytest.raises(LinkError, match="not running"):
        address.read(tmp_path / "never" / "made")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"address": 5}', b"\xff\xfe", b'{"address": "unix:/x"}'])
def test_a_damaged_file_is_a_link_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "link.json").write_bytes(content)
    with pytest.raises(LinkError, match=r"cannot be used.*start the engine again"):
        address.read(tmp_path)


def test_only_its_own_address_is_removed(tmp_path: Path) -> None:
    address.write(tmp_path, Address("unix:/x", "mine", 1))
    address.remove(tmp_path, "another's")
    assert (tmp_path / "link.json").exists()
    address.remove(tmp_path, "mine")
    assert not (tmp_path / "link.json").exists()
    address.remove(tmp_path, "mine")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_is_loopback(host: str) -> None:
    assert address.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "plant-server", "", "localhost.example.org"])
def test_every_other_machine_is_not(host: str) -> None:
    assert not address.is_loopback(host)
