"""`hmi jobs` with a real engine: started, done, left out, found again by its lot when the engine is stopped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hmi import cli
from hmi.clock import MachineClock
from hmi.core.plant import load
from hmi.engine.engine import Engine

pytestmark = pytest.mark.expect_log("connection refused")

PLANT = {
    "plant.toml": '[plant]\nid = "p"\nname = "P"\ntimezone = "UTC"\n[[connection]]\nid = "plc"\ndriver = "opcua"\n'
    'address = "opc.tcp://127.0.0.1:1"\n',
    "tags.csv": "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
    "a.level,plc,ns=2;s=A,float64,%,0,100,,,,,change,r,Level\n",
    "instructions/change.md": """+++
title = "Change over"
ask = ["lot"]
+++
## Put on gloves
## Pressure
```step
type = "number"
id = "p"
low = 1
high = 5
hazard = "Hot steam"
```
## Picture
```step
type = "photo"
id = "photo"
```
## Rinse
```step
type = "timer"
seconds = 3600
id = "rinse"
```
""",
}


@pytest.fixture
def beside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run commands beside a running engine; gives (exit code, stdout, stderr) of each."""

    def one(words: list[str]) -> tuple[int, str, str]:
        code = cli.main([*words, "--data", str(tmp_path)])
        said = capsys.readouterr()
        return code, said.out, said.err

    async def run(*commands: list[str]) -> list[tuple[int, str, str]]:
        engine, said = Engine(load(PLANT, {}), {}, tmp_path, MachineClock(), ready_s=0.1), asyncio.Queue[str]()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(engine.run(said.put_nowait))
            await said.get()
            told = [await asyncio.to_thread(one, words) for words in commands]
            task.cancel()
        return told

    return run


async def test_a_job_by_the_command_line(beside, tmp_path, capsys):
    picture = tmp_path / "seal.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\nx")
    refused, started = await beside(["jobs", "start", "change"], ["jobs", "start", "change", "--for", "lot=L7"])
    assert refused[0] == 1 and refused[2] == "hmi: Lot must be known before it starts\n"
    job = started[1].split()[1].rstrip(":")
    assert started[1] == f"job {job}: step 1 of 4: Put on gloves (read)\n"
    # the engine is started again: the job stands where it stood
    told = await beside(
        ["jobs", "do", job],
        ["jobs", "do", job, "9"],
        ["jobs", "do", job, "9", "--why", "gauge broken"],
        ["jobs", "do", job, "--note", "--why", "oil on the floor"],
        ["jobs", "do", job, "--attach", str(tmp_path / "none.png")],
        ["jobs", "do", job, "--attach", str(picture)],
        ["jobs", "do", job, "--begin", "--json"],
        ["jobs", "do", job, "--skip", "--why", "no time"],
        ["jobs", "--open", "--json"],
        ["jobs", "do", job, "--abandon", "--why", "line is down"],
        ["jobs", "do", "9-9"],
    )
    assert told[0][1] == f"job {job}: step 2 of 4: Pressure (number)  DANGER: Hot steam\n"
    assert told[1] == (1, "", "hmi: 9 is above 5: measure again, or give a reason\n")
    assert "Picture (photo)" in told[2][1]
    assert "cannot be read" in told[4][2]
    assert "Rinse (timer)" in told[5][1]
    assert json.loads(told[6][1])["job"]["at"] == "Rinse"
    assert "needs the role maintain" in told[7][2]
    assert [row["id"] for row in json.loads(told[8][1])["jobs"]] == [job]
    assert told[9][1] == f"job {job} is abandoned, 3 deviations\n"
    assert "There is no job '9-9'" in told[10][2]
    # nothing runs any more: the story is in the journal
    data = ["--data", str(tmp_path)]
    assert cli.main(["jobs", "--lot", "l7", *data]) == 0
    assert "Change over rev 1, abandoned" in capsys.readouterr().out
    assert cli.main(["jobs", "show", job, *data]) == 0
    lines = capsys.readouterr().out
    assert "Pressure: 9; deviation: 9 is above 5" in lines and "because 'oil on the floor'" in lines
    assert cli.main(["jobs", "show", job, "--json", *data]) == 0
    body = json.loads(capsys.readouterr().out)
    assert (body["job"]["state"], len(body["procedure"]["steps"]), len(body["events"])) == ("abandoned", 4, 7)
    assert cli.main(["jobs", "--lot", "L8", *data]) == 1
    assert cli.main(["jobs", "show", "9-9", *data]) == 1
    assert cli.main(["jobs", "start", "change", "--for", "lot", *data]) == 1
    assert "NAME=TEXT" in capsys.readouterr().err
    assert cli.main(["journal", "verify", *data]) == 0
    assert cli.main(["journal", "--category", "job", *data]) == 0
    assert '{"kind"' not in capsys.readouterr().out


@pytest.mark.parametrize("words", [["jobs"], ["jobs", "show", "1"]])
def test_the_wrong_folder_is_said_and_not_that_no_job_fits(words, tmp_path, capsys):
    assert cli.main([*words, "--data", str(tmp_path)]) == 1
    assert (
        capsys.readouterr().err
        == f"hmi: there is no journal in {tmp_path}: name the engine's data folder with --data\n"
    )
