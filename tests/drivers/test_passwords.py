"""Where passwords come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.drivers.passwords import LONGEST, password_of
from hmi.drivers.supervise import Refused


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("HMI_PASSWORD_LINE_1", raising=False)
    path = tmp_path / "secrets" / "line-1"
    path.parent.mkdir()
    path.touch(mode=0o600)
    path.write_text("geheim\n")
    return path


def test_from_a_file(file: Path, tmp_path: Path):
    assert password_of("line-1", "op", tmp_path) == "geheim"
    file.write_bytes(b" spaces count \r\n")
    assert password_of("line-1", "op", tmp_path) == " spaces count "


def test_the_environment_goes_before(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HMI_PASSWORD_LINE_1", "other")
    assert password_of("line-1", "op", tmp_path) == "other"
    assert password_of("line-1", "op", None) == "other"


def refused(folder: Path | None) -> str:
    with pytest.raises(Refused) as caught:
        password_of("line-1", "op", folder)
    assert "geheim" not in str(caught.value)
    return str(caught.value)


@pytest.mark.cr("3.7", "4.1")
def test_what_is_wrong_is_said_and_the_password_is_not(file: Path, tmp_path: Path):
    file.chmod(0o640)
    assert "others can read" in refused(tmp_path)
    file.chmod(0o600)
    file.write_text("")
    assert "empty" in refused(tmp_path)
    file.write_text("geheim" * LONGEST)
    assert "longer than" in refused(tmp_path)
    file.write_bytes(b"\xff\xfe")
    assert "cannot be read" in refused(tmp_path)
    file.unlink()
    assert f"hmi secret set line-1 --data {tmp_path}, or set HMI_PASSWORD_LINE_1" in refused(tmp_path)
    assert "set HMI_PASSWORD_LINE_1" in refused(None)
