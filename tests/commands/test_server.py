"""`hmi server` on a real PostgreSQL, as the owner of a database, a publisher and a reader type it."""

from __future__ import annotations

import json
from pathlib import Path

import psycopg
import pytest

from hmi import cli
from hmi.engine.forward import Forward
from hmi.plantfiles.bundle_pack import pack
from hmi.uplink.schema import STEPS
from tests.store.made import MIDNIGHT
from tests.update.standin import make_plant
from tests.uplink.conftest import bare, cluster, url  # noqa: F401 - fixtures
from tests.uplink.recorded import record_hours
from tests.uplink.sending import expect_equal, expect_rows, hasty, sending, until_current  # noqa: F401

ORDERS = 'plant = "toy"\n[[order]]\nid = "4711"\nproduct = "Cola"\nquantity = 500\n'


@pytest.fixture
def empty(bare: str) -> str:  # noqa: F811
    """The address of an empty database."""
    return bare


@pytest.fixture
def made(url: str) -> str:  # noqa: F811
    """The address of one with our tables."""
    return url


def hmi(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.main(["server", *words])
    return code, *capsys.readouterr()


def test_tables_are_made_once(empty: str, capsys: pytest.CaptureFixture[str]):
    assert f"step 0 to {len(STEPS)}" in hmi(capsys, "init", empty)[1]
    assert "up to date" in hmi(capsys, "init", empty)[1]
    assert json.loads(hmi(capsys, "init", empty, "--json")[1]) == {"before": len(STEPS), "after": len(STEPS)}


def test_a_newer_server_is_left_alone(empty: str, capsys: pytest.CaptureFixture[str]):
    assert hmi(capsys, "init", empty)[0] == 0
    with psycopg.connect(empty, autocommit=True) as db:
        db.execute("INSERT INTO hmi.version(step) VALUES (999)")
    code, _, error = hmi(capsys, "init", empty)
    assert code == 1 and "newer program: nothing was changed" in error


@pytest.mark.parametrize("address", ["postgresql://x@127.0.0.1:1/plant", "nonsense", "postgresql://u@[::bad/d"])
@pytest.mark.parametrize("action", [("init",), ("published",), ("expand", "a.*")])
def test_no_server_is_one_line(address: str, action: tuple[str, ...], capsys: pytest.CaptureFixture[str]):
    code, _, error = hmi(capsys, action[0], address, *action[1:])
    assert code == 1 and error.startswith("hmi: ") and error.count("\n") == 1


def test_blocks_become_rows_once(made: str, tmp_path: Path, sending, capsys: pytest.CaptureFixture[str]):  # noqa: F811
    record_hours(tmp_path, 3, MIDNIGHT)
    sent: Forward = sending(tmp_path, made)
    until_current(sent, tmp_path, made)
    code, said, _ = hmi(capsys, "expand", made, "a.level", "--to", "2026-02-16T01:30:00")
    assert code == 0 and "720 rows of 2 blocks of 1 tags" in said
    assert json.loads(hmi(capsys, "expand", made, "a.*", "--json")[1]) == {"tags": 2, "blocks": 4, "rows": 378}
    assert json.loads(hmi(capsys, "expand", made, "a.*", "--json")[1])["rows"] == 0
    expect_rows(tmp_path, made, "a.level", "a.state")
    expect_equal(tmp_path, made)


def test_a_tag_that_is_not_there_is_said(made: str, capsys: pytest.CaptureFixture[str]):
    code, _, error = hmi(capsys, "expand", made, "no.such")
    assert code == 1 and "has no tag no.such" in error


def test_packs_and_orders_are_published_listed_and_taken_back(
    made: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    make_plant(tmp_path / "toy", version=3)
    file, orders = tmp_path / "toy.hmiplant", tmp_path / "week.toml"
    pack(tmp_path / "toy", file)
    orders.write_text(ORDERS)
    code, said, _ = hmi(capsys, "publish", made, str(file), str(orders), "--why", "new labels")
    assert code == 0 and "1: toy.hmiplant, plant of mill version 3" in said
    assert "it is not signed" in said
    rows = json.loads(hmi(capsys, "published", made, "--json")[1])["published"]
    assert [(row["kind"], row["version"], row["why"]) for row in rows] == [
        ("plant", "3", "new labels"),
        ("orders", "", "new labels"),
    ]
    assert hmi(capsys, "withdraw", made, "2")[0] == 0
    assert "withdrawn; no station has it yet" in hmi(capsys, "published", made)[1]
    assert hmi(capsys, "withdraw", made, "2")[0] == 1


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("x.toml", "nonsense", "neither a plant pack"),
        ("x.toml", 'plant = "toy"\n', "neither a plant pack"),
        ("x.hmiplant", "nonsense", "no plant pack"),
    ],
)
def test_what_no_station_would_take_is_not_published(
    made: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, says: str
):
    (tmp_path / name).write_text(text)
    (tmp_path / "good.toml").write_text(ORDERS)
    code, _, error = hmi(capsys, "publish", made, str(tmp_path / "good.toml"), str(tmp_path / name))
    assert code == 1 and says in error and error.count("\n") == 1
    assert json.loads(hmi(capsys, "published", made, "--json")[1]) == {"published": []}


def test_a_station_may_not_publish(made: str, cluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]):  # noqa: F811
    cluster.ask("DROP ROLE IF EXISTS desk7")
    cluster.ask("CREATE ROLE desk7 LOGIN IN ROLE hmi_station")
    (tmp_path / "x.toml").write_text(ORDERS)
    code, _, error = hmi(capsys, "publish", made.replace("owner@", "desk7@"), str(tmp_path / "x.toml"))
    assert code == 1 and "permission denied" in error


@pytest.mark.cr("4.1")
@pytest.mark.parametrize(
    "address",
    [
        "postgresql://owner:herons3@127.0.0.1:1/plant",
        "postgresql://owner@127.0.0.1:1/plant?passwor%64=herons3",
        "host=127.0.0.1 password=herons3",
        "host=127.0.0.1 password = herons3",
        "host=127.0.0.1 PASSWORD=herons3",
    ],
)
def test_a_password_on_the_command_line_is_refused(capsys: pytest.CaptureFixture[str], address: str) -> None:
    for words in (["init", address], ["publish", address, "nothing.csv"]):
        assert cli.main(["server", *words]) == 1
        told = capsys.readouterr().err
        assert "can be read by everybody at this computer" in told
        assert "herons3" not in told
