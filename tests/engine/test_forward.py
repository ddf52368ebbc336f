"""History and journal on their way to a real plant server: equal sets, each once, whatever breaks in between."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

import psycopg
import pytest

from hmi.core.alarms import station
from hmi.engine import forward
from hmi.engine.forward import Forward, key_of
from hmi.engine.station_alarms import Reading
from hmi.engine.station_facts import of_server
from hmi.store.outbox import Outbox
from hmi.store.schema import open_to_read
from tests.store.made import DAY, MIDNIGHT
from tests.uplink.cluster import Cluster
from tests.uplink.recorded import SERVER_BLOCKS, blocks_of, record_hours
from tests.uplink.sending import expect_equal, expect_rows, until, until_current


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five hours of history over a midnight."""
    record_hours(tmp_path, 5, MIDNIGHT - 3 * DAY // 24)
    return tmp_path


def test_everything_arrives_once_and_reads_well(folder: Path, url: str, sending: Callable[..., Forward]):
    sent = sending(folder, url)
    until_current(sent, folder, url)
    until(lambda: sent.told.backlog.oldest_ns == 0, lambda: sent.told)
    expect_equal(folder, url)
    assert sent.told.backlog == (0, 0, 0, 0) and sent.told.refused == ()
    with psycopg.connect(url) as db:
        hourly = db.execute(
            "SELECT tag, sum(samples), max(maximum) FROM hmi.hourly GROUP BY tag ORDER BY tag"
        ).fetchall()
        minutely = db.execute("SELECT count(*), sum(samples) FROM hmi.minutely WHERE tag = 'b.count'").fetchone()
        alarms = db.execute('SELECT station, alarm, value, "limit" FROM hmi.alarm ORDER BY time LIMIT 1').fetchone()
        writes = db.execute("SELECT subject, value, old FROM hmi.audit WHERE category = 'write' LIMIT 1").fetchone()
    assert [(row[0], row[1]) for row in hourly] == [("a.level", 1800), ("a.state", 30), ("b.count", 1800)]
    assert hourly[2][2] == 1799
    assert minutely == (300, 1800)
    assert alarms == ("desk 1", "a.0", 1.5, 1.0)
    assert writes == ("a.x", "Cola", "2")


def test_tags_that_ask_for_it_are_there_in_full(folder: Path, url: str, sending: Callable[..., Forward]):
    sent = sending(folder, url, rows=("a.*",))
    until_current(sent, folder, url)
    expect_equal(folder, url)
    expect_rows(folder, url, "a.level", "a.state")
    assert sent.told.sent_rows == 1830
    with psycopg.connect(url) as db:
        shown = db.execute("SELECT count(*), count(DISTINCT text) FROM hmi.history WHERE tag = 'a.state'").fetchone()
        good = db.execute("SELECT DISTINCT station, unit, good FROM hmi.history WHERE tag = 'a.level'").fetchall()
    assert shown == (30, 30) and good == [("desk 1", "%", True)]


def test_what_is_recorded_later_follows(folder: Path, url: str, sending: Callable[..., Forward]):
    sent = sending(folder, url)
    until_current(sent, folder, url)
    record_hours(folder, 2, MIDNIGHT + 3 * DAY // 24, seed=2)
    until_current(sent, folder, url)
    until(lambda: sent.told.backlog.records == 0)
    expect_equal(folder, url)


def test_nothing_waits_where_there_is_no_server(folder: Path, sending: Callable[..., Forward]):
    sent = sending(folder, "")
    assert sent.told.state == "off"


def test_a_server_killed_again_and_again_has_everything_once(
    folder: Path, own_cluster: Cluster, sending: Callable[..., Forward], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(forward, "MOST_BYTES", 3000)
    sent = sending(folder, own_cluster.url())
    for _ in range(4):
        before = sent.told.sent_blocks
        until(lambda before=before: sent.told.sent_blocks > before or sent.told.state == "current", lambda: sent.told)
        own_cluster.kill()
        until(lambda: sent.told.state == "away", lambda: sent.told)
        assert "\n" not in sent.told.text
        own_cluster.start()
    until_current(sent, folder, own_cluster.url())
    expect_equal(folder, own_cluster.url())


def test_a_station_that_is_stopped_goes_on_where_the_server_is(folder: Path, url: str, sending: Callable[..., Forward]):
    for _ in range(3):
        sent = sending(folder, url)
        until(lambda sent=sent: sent.told.sent_records > 0 or sent.told.state == "current")
        sent.stop()
    until_current(sending(folder, url), folder, url)
    expect_equal(folder, url)


def test_how_far_it_went_is_known_when_the_server_is_away(folder: Path, url: str, sending: Callable[..., Forward]):
    sent = sending(folder, url)
    until_current(sent, folder, url)
    sent.stop()
    record_hours(folder, 1, MIDNIGHT + 3 * DAY // 24, seed=2)
    away = sending(folder, "postgresql://x@127.0.0.1:1/plant")
    until(lambda: away.told.backlog.blocks > 0)
    assert away.told.backlog.records == 12, "of one hour, and not of six"
    assert away.told.backlog.oldest_ns >= MIDNIGHT + 2 * DAY // 24


@pytest.mark.expect_log("is otherwise here than on the plant server")
def test_history_that_was_restored_is_sent_anew(folder: Path, url: str, sending: Callable[..., Forward]):
    sent = sending(folder, url)
    until_current(sent, folder, url)
    sent.stop()
    (newest, *_) = sorted((folder / "samples").glob("*.db"), reverse=True)
    newest.unlink()
    record_hours(folder, 1, MIDNIGHT + 3600 * 10**9, seed=9)
    until_current(sending(folder, url), folder, url)
    expect_equal(folder, url)


def test_another_journal_under_the_same_key_is_refused_in_words(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, url: str, sending: Callable[..., Forward]
):
    sent = sending(folder, url)
    until_current(sent, folder, url)
    sent.stop()
    other = tmp_path_factory.mktemp("other")
    record_hours(other, 5, MIDNIGHT, seed=5)
    (other / forward.KEY).write_text(key_of(folder) + "\n")
    wrong = sending(other, url)
    until(lambda: wrong.told.state == "refused", lambda: wrong.told)
    assert "not the one whose beginning the plant server has" in wrong.told.text
    assert known(wrong)[station.SERVER_REFUSED] == Reading(True, wrong.told.text)
    wrong.stop()
    expect_equal(folder, url)


@pytest.mark.expect_log("does not take a block of a.level")
def test_a_block_that_the_server_does_not_take_is_listed_and_passed(
    folder: Path, url: str, sending: Callable[..., Forward]
):
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("ALTER TABLE hmi.block ADD CHECK (NOT (n = 360 AND vmin BETWEEN 20 AND 60 AND seq = 0))")
    sent = sending(folder, url)
    until(lambda: sent.told.state == "current", lambda: sent.told)
    assert any(text.startswith("a.level: ") for text in sent.told.refused)
    assert known(sent)[station.SERVER_ROWS].holds and known(sent)[station.SERVER_REFUSED].holds is False
    with psycopg.connect(url) as db:
        there = {tuple(row) for row in db.execute(SERVER_BLOCKS).fetchall()}
    lacking = blocks_of(folder) - there
    assert 0 < len(lacking) <= len(sent.told.refused)
    assert {row[1] for row in lacking} == {"a.level"}
    sent.stop()
    again = sending(folder, url)
    until(lambda: again.told.state == "current", lambda: again.told)
    assert known(again)[station.SERVER_ROWS].holds, "the next run knows what is missing there"
    again.stop()
    with psycopg.connect(url, autocommit=True) as db:
        [(name,)] = db.execute("SELECT conname FROM pg_constraint WHERE conname LIKE 'block_%check%'").fetchall()
        db.execute(psycopg.sql.SQL("ALTER TABLE hmi.block DROP CONSTRAINT {}").format(psycopg.sql.Identifier(name)))
    mended = sending(folder, url)
    until(lambda: mended.told.state == "current", lambda: mended.told)
    assert known(mended)[station.SERVER_ROWS].holds is False and not mended.told.refused
    expect_equal(folder, url)


def test_tables_of_another_program_are_said(folder: Path, bare: str, sending: Callable[..., Forward]):
    sent = sending(folder, bare)
    until(lambda: sent.told.state == "refused", lambda: sent.told)
    assert "hmi server init URL" in sent.told.text


@pytest.mark.parametrize(
    ("address", "said"),
    [("postgresql://x@127.0.0.1:1/plant", "refused"), ("postgresql://x@no.such.host.invalid/plant", "resolve")],
)
def test_a_server_that_is_not_there_is_one_line(folder: Path, sending: Callable[..., Forward], address: str, said: str):
    sent = sending(folder, address)
    until(lambda: said in sent.told.text, lambda: sent.told)
    assert sent.told.state == "away" and "\n" not in sent.told.text
    until(lambda: sent.told.backlog.blocks > 0)
    assert known(sent)[station.SERVER_REFUSED].holds is False and sent.told.counted
    assert sent.told.backlog.records == 60 and sent.told.backlog.oldest_ns > 0


def test_the_key_is_made_once(tmp_path: Path):
    assert key_of(tmp_path) == key_of(tmp_path)
    assert len(key_of(tmp_path)) == 32


def test_reading_for_the_server_holds_no_lock(folder: Path):
    (path, *_) = (folder / "samples").glob("*.db")
    list(Outbox(folder).shipments({}))
    with closing(open_to_read(path)) as file:
        assert file.execute("SELECT count(*) FROM block").fetchone()[0] > 0


def known(sent: Forward) -> dict[str, Reading]:
    """What the station's own alarms are judged by."""
    return of_server(asdict(sent.told))
