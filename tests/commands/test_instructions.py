"""`hmi instructions`: the list, what differs from what was carried out last, and releasing one by two signatures."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from hmi import cli
from hmi.clock import HandClock, MachineClock
from hmi.core.plant import load
from hmi.core.steps.events import Person
from hmi.core.steps.judge import Act, Facts, started
from hmi.core.steps.kept import procedure_record, record_of
from hmi.core.steps.procedure import key_of, procedure_of
from hmi.engine import hashing
from hmi.engine.accounts import Accounts
from hmi.engine.engine import Engine
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.store.store import Store
from tests.commands.test_jobs import PLANT
from tests.engine.hall import GOOD, OTHER
from tests.engine.workshop import at


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
    assert run(capsys, *words)[0] == 0
    file = plant / "instructions" / "try-out.md"
    file.write_text(file.read_text().replace("Old words", "New words"))
    code, out, _ = run(capsys, *words)
    assert (code, out.splitlines()[1:]) == (
        1,
        ["changed  First [first]", "  - text: Old words", "  + text: New words"],
    )
    [step] = json.loads(run(capsys, *words, "--json")[1])["steps"]
    assert (step["step"], step["parts"][0]["after"]) == ("first", "New words")
    assert "revision 9" in run(capsys, *words, "--revision", "9")[2]
    assert run(capsys, *words, "--revision", "4")[0] == 1
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


@pytest.fixture
def typed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Awaitable[list[tuple[int, str, str]]]]:
    """Type commands beside a running engine, with a person ready to sign; gives code, stdout and stderr of each."""
    monkeypatch.setattr(hashing, "_hasher", lambda: PasswordHasher(1, 8, 1))
    hashing._nobody.cache_clear()

    def one(words: list[str], answers: list[str]) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{answer}\n" for answer in answers)))
        return run(capsys, *words, "--data", str(tmp_path))

    async def beside(*commands: tuple[list[str], list[str]]) -> list[tuple[int, str, str]]:
        texts = {**PLANT, "instructions/try-out.md": '+++\ntitle = "Try out"\n+++\n## First\n'}
        made, said = Engine(load(texts, {}), {}, tmp_path, MachineClock(), ready_s=0.1), asyncio.Queue[str]()
        people = Accounts(made.people, MachineClock())
        desk = at("office")
        for name in ("ada", "kim"):
            told = {"act": "add", "name": name, "password": OTHER, "roles": {"": "engineer"}, "full_name": name.title()}
            if name == "ada":
                told["roles"] = {"": "administer"}
            await people.act(desk, told)
            if name == "ada":
                await made.people.sign_in(desk, name, OTHER)
            else:
                await people.act(at(), {"act": "password", "name": name, "old": OTHER, "new": GOOD})
        async with asyncio.TaskGroup() as group:
            task = group.create_task(made.run(said.put_nowait))
            await said.get()
            told_all = [await asyncio.to_thread(one, *command) for command in commands]
            task.cancel()
        return told_all

    return beside


@pytest.mark.expect_log("connection refused")
async def test_two_people_release_one_at_the_command_line(typed, tmp_path, capsys) -> None:
    sign = ["instructions", "review", "try-out", "--sign"]
    told = await typed(
        (["jobs", "start", "try-out"], []),
        ([*sign, "ada"], ["wrong"]),
        ([*sign, "ada"], [OTHER]),
        (["instructions", "release", "try-out", "--sign", "ada"], [OTHER]),
        (["instructions", "release", "try-out", "--sign", "kim", "--json"], [GOOD]),
        (["jobs", "start", "try-out"], []),
        (["instructions", "withdraw", "try-out", "--sign", "kim"], [GOOD]),
        (["instructions", "withdraw", "try-out", "--sign", "kim", "--why", "leaks"], [GOOD]),
        (["jobs", "--json"], []),
        (["instructions", "review", "nothing", "--sign", "kim"], [GOOD]),
    )
    assert "only released ones can be started" in told[0][2]
    assert told[1][0] == 1 and "wrong" in told[1][2]
    assert told[2][0] == 0 and "Try out, revision 1: reviewed by Ada" in told[2][1]
    assert told[3] == (1, told[3][1], "hmi: Ada has reviewed it: somebody else has to release it\n")
    assert json.loads(told[4][1])["ok"] is True
    assert told[5][0] == 0
    assert "needs a reason" in told[6][2] and told[7][0] == 0
    assert [row["state"] for row in json.loads(told[8][1])["jobs"]] == ["stopped"]
    assert "there is no instruction nothing" in told[9][2]
    assert run(capsys, "journal", "verify", "--data", str(tmp_path))[0] == 0
    folder = tmp_path / "plant"
    for file, text in {**PLANT, "instructions/try-out.md": '+++\ntitle = "Try out"\n+++\n## First\n'}.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)
    assert " draft " in run(capsys, "instructions", str(folder))[1]
    assert " withdrawn " in run(capsys, "instructions", str(folder), "--data", str(tmp_path))[1]
    listed = run(capsys, "journal", "--category", "release", "--data", str(tmp_path))[1]
    assert "withdrawn by Kim: leaks" in listed and '"digest"' not in listed
