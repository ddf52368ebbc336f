"""`hmi instructions`: the list, and what differs from what was carried out last."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from hmi import cli
from hmi.clock import HandClock
from hmi.core.steps.events import Person
from hmi.core.steps.judge import Act, Facts, started
from hmi.core.steps.kept import procedure_record, record_of
from hmi.core.steps.procedure import key_of, procedure_of
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.store.store import Store


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo plant with one instruction more."""
    folder = tmp_path_factory.mktemp("plants") / "plant"
    shutil.copytree(find_plant("bottling"), folder)
    text = '+++\ntitle = "Try out"\nrevision = "4"\nminutes = 5\n+++\n## First\nOld words\n## Second\n'
    (folder / "instructions" / "try-out.md").write_text(text)
    return folder


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = cli.main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_list(plant: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "instructions", str(plant))
    assert code == 0
    assert "try-out                  rev 4    draft        2 steps 5 min    Try out" in out
    rows = json.loads(run(capsys, "instructions", str(plant), "--json")[1])["instructions"]
    row = next(row for row in rows if row["id"] == "try-out")
    assert (row["release"], row["steps"], row["languages"]) == ("draft", 2, ["en"])


def test_what_differs_from_what_was_carried_out(
    plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("instructions", "diff", str(plant), "try-out", "--data", str(tmp_path))
    assert run(capsys, *words)[0] == 1
    known = load_folder(plant)
    procedure = procedure_of(known.instructions["try-out"], known.instructions, {})
    with closing(Store(tmp_path, known.tags, HandClock())) as store:
        store.record(procedure_record(key_of(procedure), procedure, 1))
        event = started(procedure, key_of(procedure), {}, Act("start"), Facts(1, Person("ann")))
        store.record(record_of("1-1", event)).result(20)
    assert run(capsys, *words) == (0, "", "")
    file = plant / "instructions" / "try-out.md"
    file.write_text(file.read_text().replace("Old words", "New words"))
    code, out, _ = run(capsys, *words)
    assert (code, [line for line in out.splitlines() if line[:1] in "-+"]) == (
        1,
        ["--- revision 4 (job 1-1)", "+++ revision 4 (plant files)", "-Old words", "+New words"],
    )
    assert run(capsys, "instructions", "diff", str(plant), "nothing", "--data", str(tmp_path))[0] == 1


def test_a_plant_without_any_says_what_to_do(plant: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plant.toml").write_text('[plant]\nid = "p"\nname = "P"\ntimezone = "UTC"\n')
    (tmp_path / "tags.csv").write_text((plant / "tags.csv").read_text().splitlines()[0] + "\n")
    code, _, err = run(capsys, "instructions", str(tmp_path))
    assert code == 1 and "write instructions/NAME.md" in err


def test_the_demo_plants_instructions_are_all_released(capsys: pytest.CaptureFixture[str]) -> None:
    rows = json.loads(run(capsys, "instructions", "bottling", "--json")[1])["instructions"]
    assert len(rows) == 12
    assert {row["release"] for row in rows} == {"released"}
    code, out, err = run(capsys, "check", "bottling")
    assert (code, err) == (0, "") and "no mistakes, no warnings" in out
