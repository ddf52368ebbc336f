"""The plant server fails in every way that it has: what is recorded is there in the end, all of it, each once.

A real PostgreSQL, and a station that is let in as one: by a user that may send and nothing else. The oracle: every
block byte by byte, every record with its hash, every gap, every row, on both sides the same sets, and none twice.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from hmi.engine import forward
from hmi.engine.forward import Forward
from hmi.store.outbox import Outbox
from hmi.uplink import schema
from hmi.uplink.schema import STEPS
from tests.faults.parts import COUNT
from tests.faults.station import connection, tag
from tests.faults.yard import Yard
from tests.store.made import DAY, MIDNIGHT
from tests.uplink.cluster import Cluster
from tests.uplink.papers import Authority
from tests.uplink.recorded import record_hours
from tests.uplink.sending import expect_equal, expect_rows, hasty, sending, until, until_current  # noqa: F401

USER = "desk1"
Start = Callable[..., Forward]


def settle(cluster: Cluster) -> None:
    """Our tables, and a user who may what a station needs."""
    with psycopg.connect(cluster.url(), autocommit=True) as db:
        schema.migrate(db)
        db.execute("CREATE ROLE desk1 LOGIN PASSWORD 'first' IN ROLE hmi_station")


@pytest.fixture
def server() -> Iterator[Cluster]:
    """A plant server that is the trial's own."""
    made = Cluster()
    settle(made)
    yield made
    made.remove()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Five hours of history over a midnight, in many batches."""
    monkeypatch.setattr(forward, "MOST_BYTES", 3000)
    record_hours(tmp_path, 5, MIDNIGHT - 3 * DAY // 24)
    return tmp_path


def under_way(sent: Forward) -> None:
    """Until something of it is there."""
    until(lambda: sent.told.sent_blocks > 0, lambda: sent.told)


def expect_all(sent: Forward, folder: Path, url: str) -> None:
    """In the end: equal sets, each once, nothing refused and nothing waiting."""
    until_current(sent, folder, url)
    expect_equal(folder, url)
    assert not sent.told.refused and not sent.told.dropped
    until(lambda: sent.told.backlog.blocks == sent.told.backlog.records == 0, lambda: sent.told)


@pytest.mark.fault(rows=[24])
@pytest.mark.parametrize("how", ["kill", "stop", "stop_at_once"])
def test_it_ends_and_comes_back(folder: Path, server: Cluster, sending: Start, times, how: str):  # noqa: F811
    sent = sending(folder, server.url(USER), rows=("a.*",))
    for _ in times(2, 20):
        before = sent.told.sent_blocks
        until(lambda before=before: sent.told.sent_blocks > before or sent.told.state == "current", lambda: sent.told)
        getattr(server, how)()
        until(lambda: sent.told.state == "away", lambda: sent.told)
        server.start()
    expect_all(sent, folder, server.url())
    expect_rows(folder, server.url(), "a.level", "a.state")


@pytest.mark.fault(rows=[24])
def test_a_standby_is_promoted(folder: Path, server: Cluster, sending: Start, tmp_path_factory):  # noqa: F811
    standby = Cluster(of=server)
    try:
        url = f"postgresql://{USER}@127.0.0.1:{server.port},127.0.0.1:{standby.port}/postgres?sslmode=disable"
        server.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        server.ask("SELECT pg_reload_conf()")
        sent = sending(folder, url)
        under_way(sent)
        server.kill()
        until(lambda: "was a standby not promoted yet" in sent.told.text, lambda: sent.told)
        standby.ask("SELECT pg_promote(true, 60)")
        standby.ask("ALTER SYSTEM SET synchronous_standby_names = ''")
        standby.ask("SELECT pg_reload_conf()")
        expect_all(sent, folder, standby.url())
        assert str(standby.port) in sent.told.text
    finally:
        standby.remove()


@pytest.mark.fault(rows=[24])
def test_the_password_is_changed(folder: Path, server: Cluster, sending: Start):  # noqa: F811
    (folder / "secrets").mkdir(mode=0o700, exist_ok=True)
    secret = folder / "secrets" / "server"
    secret.touch(0o600)
    secret.write_text("first\n")
    server.admit("host all all 127.0.0.1/32 scram-sha-256")
    sent = sending(folder, server.url(USER))
    under_way(sent)
    server.ask("ALTER ROLE desk1 PASSWORD 'second'")
    server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'desk1'")
    until(lambda: sent.told.state == "refused", lambda: sent.told)
    assert "does not take this station's password: give it the new one with hmi secret set server" in sent.told.text
    assert "first" not in sent.told.text
    secret.write_text("second\n")
    expect_all(sent, folder, server.url())


@pytest.mark.fault(rows=[24])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a small disk")
def test_its_disk_is_full(folder: Path, server: Cluster, sending: Start):  # noqa: F811
    place = Path(tempfile.mkdtemp(prefix="hmi-small-"))  # the server's account cannot go where tests keep their files
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)], check=True)
    try:
        server.own(place)
        place.chmod(0o700)
        server.ask(f"CREATE TABLESPACE small LOCATION '{place}'")
        server.ask("CREATE DATABASE plant TABLESPACE small")
        url = server.url(database="plant")
        with psycopg.connect(url, autocommit=True) as db:
            schema.migrate(db)
        ballast = place / "ballast"
        _fill(ballast)
        sent = sending(folder, server.url(USER, "plant"))
        until(lambda: "disk is full" in sent.told.text, lambda: sent.told)
        assert sent.told.state == "away" and not sent.told.refused
        ballast.unlink()
        expect_all(sent, folder, url)
    finally:
        server.kill()
        subprocess.run(["umount", "-l", str(place)], check=True)
        place.rmdir()


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(4096)) == 4096:
                pass
        except OSError:
            pass


@pytest.mark.fault(rows=[24])
def test_its_tables_are_older_and_then_newer(folder: Path, server: Cluster, sending: Start):  # noqa: F811
    server.ask("DELETE FROM hmi.version WHERE step = %s", len(STEPS))
    sent = sending(folder, server.url(USER))
    until(lambda: sent.told.state == "refused", lambda: sent.told)
    assert "older program: hmi server init URL" in sent.told.text
    server.ask("INSERT INTO hmi.version(step) VALUES (%s)", len(STEPS))
    under_way(sent)
    server.ask("INSERT INTO hmi.version(step) VALUES (%s)", len(STEPS) + 1)
    server.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'desk1'")
    until(lambda: "newer program: update this station" in sent.told.text, lambda: sent.told)
    server.ask("DELETE FROM hmi.version WHERE step = %s", len(STEPS) + 1)
    expect_all(sent, folder, server.url())


@pytest.mark.fault(rows=[24])
def test_only_the_server_that_its_ca_signed_gets_anything(folder: Path, server: Cluster, sending: Start):  # noqa: F811
    own, foreign = Authority("Plant CA"), Authority("Somebody else")
    own.equip(server, "127.0.0.1")
    url = f"postgresql://{USER}@127.0.0.1:{server.port}/postgres"
    sent = sending(folder, url, ca="ca.pem")
    until(lambda: "ca.pem is not there" in sent.told.text, lambda: sent.told)
    foreign.write(folder / "ca.pem")
    until(lambda: "not signed by whom this station trusts" in sent.told.text, lambda: sent.told)
    assert sent.told.state == "refused" and not server.ask("SELECT * FROM hmi.station")
    own.write(folder / "ca.pem")
    expect_all(sent, folder, server.url())
    assert sent.told.secured


@pytest.mark.fault(rows=[24])
def test_a_certificate_of_another_host_and_none_at_all(folder: Path, server: Cluster, sending: Start):  # noqa: F811
    own = Authority("Plant CA")
    own.write(folder / "ca.pem")
    sent = sending(folder, f"postgresql://{USER}@127.0.0.1:{server.port}/postgres", ca="ca.pem")
    until(lambda: "does not encrypt" in sent.told.text, lambda: sent.told)
    own.equip(server, "other.plant.local")
    until(lambda: "that of another host" in sent.told.text, lambda: sent.told)
    assert not server.ask("SELECT * FROM hmi.station")
    own.equip(server, "127.0.0.1")
    expect_all(sent, folder, server.url())


@pytest.mark.fault(rows=[24])
def test_a_user_who_may_not_write_is_said(folder: Path, server: Cluster, sending: Start):  # noqa: F811
    server.ask("REVOKE hmi_station FROM desk1")
    server.ask("GRANT hmi_reader TO desk1")
    sent = sending(folder, server.url(USER))
    until(lambda: sent.told.state == "refused", lambda: sent.told)
    assert "make its user a member of hmi_station" in sent.told.text
    server.ask("GRANT hmi_station TO desk1")
    expect_all(sent, folder, server.url())


@pytest.mark.fault(rows=[24])
def test_the_whole_station_with_its_server_killed(yard: Yard, server: Cluster):
    """Values go on, one line says it, and what was done meanwhile is at the server in the end, each once."""
    device = yard.counting()
    station = yard.station(
        [connection("plc", device.address, publish_ms=100), f'[server]\nurl = "{server.url(USER)}"\n'],
        [tag("line.count", "plc", COUNT, "uint32")],
    )
    with station.window() as window:
        window.until_moving()
        until(lambda: station.json("status")["server"]["state"] == "current")
        server.kill()
        until(lambda: station.json("status")["server"]["state"] == "away")
        window.listen(0.2)  # what came while the commands ran
        window.longest_s = 0.0
        assert station.hmi("note", "while it is away").returncode == 0
        window.until_moving()
        said = [line for line in station.hmi("status").stdout.splitlines() if "plant server" in line]
        assert len(said) == 1, said
        server.start()
        until(lambda: station.json("status")["server"]["state"] == "current")
        until(lambda: _there(server) == len(Outbox(station.data).records(0, 10**6)))
    records = server.ask("SELECT id, hash FROM hmi.record ORDER BY id")
    assert records == [(one.number, one.hash) for one in Outbox(station.data).records(0, len(records))]
    assert server.ask("SELECT count(*) FROM hmi.audit WHERE category = 'note'") == [(1,)]
    told = [line for line in station.log() if "hmi.engine.forward" in line and "WARNING" in line]
    assert not told, "the journal and the status say it, the log not at every try"


def _there(server: Cluster) -> int:
    return int(str(server.ask("SELECT count(*) FROM hmi.record")[0][0]))
