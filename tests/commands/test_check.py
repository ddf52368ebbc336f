import json
import shutil

from hmi import cli
from hmi.plantfiles.folder import find_plant


def test_the_demo_plant_has_no_mistakes(capsys):
    assert cli.main(["check", "bottling"]) == 0
    assert "no mistakes" in capsys.readouterr().out


def test_mistakes_are_listed_with_file_line_and_mend(tmp_path, capsys):
    folder = tmp_path / "plant"
    shutil.copytree(find_plant("bottling"), folder)
    text = (folder / "plant.toml").read_text()
    (folder / "plant.toml").write_text(text.replace('driver = "modbus"', 'driver = "modbuss"'))
    assert cli.main(["check", str(folder), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["mistakes"]
    assert any(m["file"] == "plant.toml" and m["line"] > 1 and "modbus" in m["mend"] for m in found)
