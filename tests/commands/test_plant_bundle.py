"""hmi plant, as an engineer and an administrator type it."""

import json
from pathlib import Path

import pytest

from hmi.cli import main
from hmi.core import minisign
from hmi.drivers.decisions import laid_down
from tests.update.standin import KEY, in_use, make_plant


@pytest.fixture
def plant(tmp_path: Path) -> Path:
    return make_plant(tmp_path / "mill", version=3)


def test_from_a_key_to_a_plant_in_force(plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, out, data = tmp_path / "key", tmp_path / "mill.hmiplant", tmp_path / "data"
    data.mkdir()
    assert main(["plant", "key", str(key)]) == 0
    assert main(["plant", "sign", str(plant), "--key", str(key)]) == 0
    assert main(["plant", "pack", str(plant), str(out)]) == 0
    assert main(["plant", "trust", f"{key}.pub", "--for", "plant", "--data", str(data)]) == 0
    assert main(["plant", "verify", str(plant), "--data", str(data)]) == 0
    assert main(["plant", "install", str(out), "--into", str(tmp_path / "plants" / "mill"), "--data", str(data)]) == 0
    said = capsys.readouterr().out
    number = minisign.read_public(Path(f"{key}.pub").read_text()).name
    assert f"key {number}: keep" in said
    assert "plant mill version 3, 3 files as they were signed" in said
    assert f"Key {number} is trusted for plants, from the engine's next start on" in said
    assert said.endswith(f"{tmp_path}/plants/mill is now mill-3\n")
    assert (tmp_path / "plants" / "mill").readlink() == Path("mill-3")
    assert (data / "trusted-keys" / "plant" / f"{number}.pub").exists()
    [(_, decision)] = laid_down(data)
    assert (decision.event, decision.subject, number in decision.text) == ("key trusted", "plant keys", True)


def test_a_list_without_a_key_is_for_minisign_to_sign(plant: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plant", "sign", str(plant)]) == 0
    assert f"minisign -Sm {plant}/BUNDLE.json" in capsys.readouterr().out
    assert not (plant / "BUNDLE.json.minisig").exists()


def test_verify_says_no_in_one_line(plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    public = tmp_path / "k.pub"
    public.write_text(minisign.write_public(KEY.public_key))
    assert main(["plant", "verify", str(plant), "--key", str(public), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["plant"] == {"id": "mill", "name": "Mill", "version": 3}
    (plant / "tags.csv").write_bytes(b"")
    assert main(["plant", "verify", str(plant), "--key", str(public)]) == 1
    assert capsys.readouterr().err == f"hmi: {plant} is not as it was signed: tags.csv was changed\n"
    assert main(["plant", "verify", str(plant), "--data", str(tmp_path)]) == 1
    assert "No key is trusted here" in capsys.readouterr().err


def test_what_is_no_key_is_not_trusted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.pub").write_text("rubbish")
    assert main(["plant", "trust", str(tmp_path / "x.pub"), "--data", str(tmp_path)]) == 1
    assert main(["plant", "trust", str(tmp_path / "none.pub"), "--data", str(tmp_path)]) == 1
    assert main(["plant", "trust", str(tmp_path / "x.pub"), "--data", str(tmp_path / "none")]) == 1
    assert capsys.readouterr().err.count("\n") == 3
    assert not (tmp_path / "trusted-keys").exists()


def test_without_an_installation_it_asks_where_to(
    plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plant", "pack", str(plant), str(tmp_path / "x.hmiplant")]) == 0
    assert main(["plant", "install", str(tmp_path / "x.hmiplant")]) == 1
    assert "runs from its source, not from an installation" in capsys.readouterr().err


def test_at_an_installed_station_a_pack_becomes_its_next_version(
    plant: Path, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("hmi.commands.update.own_root", lambda: root)
    assert main(["plant", "pack", str(plant), str(root.parent / "x.hmiplant")]) == 0
    assert main(["plant", "install", str(root.parent / "x.hmiplant")]) == 0, capsys.readouterr().err
    assert in_use(root) == "0.1.0+3"
