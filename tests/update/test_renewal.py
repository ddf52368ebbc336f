"""A whole update of a station: put into use when the new version is well, taken back when it is not."""

from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.installed import verify
from hmi.update import running
from tests.update.standin import in_use, records, start, stick, update

CLOCK = MachineClock()


def told(root: Path) -> list[str]:
    """The events of the log, without their times and texts."""
    return [line.partition(" ")[2].partition(":")[0] for line in (root / "update.log").read_text().splitlines()]


def version_that_runs(root: Path) -> str:
    found = running.state(root.parent / "data", CLOCK)
    return found.version if found is not None else "none"


def test_a_version_that_is_well_is_put_into_use(root: Path, tmp_path: Path) -> None:
    start(root)
    done = update(root, str(stick(tmp_path, "0.2.0+1").parent), "--yes")
    assert done.returncode == 0, done.stderr
    assert (in_use(root), version_that_runs(root)) == ("0.2.0+1", "0.2.0")
    assert (root / "previous").readlink().name == "0.1.0+1"
    assert verify(root / "current") == []
    assert told(root) == [
        "update begun",
        "update verified",
        "update backed up",
        "update tried on a copy",
        "update agreed",
        "update tried",
        "update in use",
    ]
    assert [path.name for path in (tmp_path / "backups").iterdir()] == ["before-0.2.0+1.zip"]
    assert not (root / "update.json").exists()
    state = running.state(root.parent / "data", CLOCK)
    assert state is not None and state.files == str(root / "current" / "plant")  # by the link: packs change it live


@pytest.mark.fault(rows=[48])
@pytest.mark.parametrize(
    ("behaviour", "why"),
    [
        ("crash", "its engine ended with 1: out of order"),
        ("sick", "not well within 4 s: the disk is full"),
        ("dumb", "not well within 4 s: it does not answer"),
        ("blind", "no values come on plc, where they came before"),
    ],
)
def test_a_version_that_is_not_well_is_taken_back(root: Path, tmp_path: Path, behaviour: str, why: str) -> None:
    start(root)
    before = records(root)
    done = update(root, str(stick(tmp_path, "0.2.0+1", behaviour)), "--yes", within=4)
    assert done.returncode == 1
    assert "0.1.0+1 is in use as before" in done.stdout + done.stderr and why in done.stdout
    assert (in_use(root), version_that_runs(root)) == ("0.1.0+1", "0.1.0")
    assert not (root / "previous").is_symlink()
    assert records(root)[: len(before)] == before
    assert told(root)[-1] == "update rolled back"


def test_a_version_that_fails_its_self_test_never_touches_the_station(root: Path, tmp_path: Path) -> None:
    start(root)
    pid = running.state(root.parent / "data", CLOCK).pid
    done = update(root, str(stick(tmp_path, "0.2.0+1", "lame")), "--yes")
    assert done.returncode == 1 and "self-test of 0.2.0+1 failed: the picture is blank" in done.stderr
    assert running.state(root.parent / "data", CLOCK).pid == pid
    assert [path.name for path in (root / "versions").iterdir()] == ["0.1.0+1"]
    assert told(root)[-1] == "update refused"
    assert not (tmp_path / "backups" / ".copy").exists()


def test_a_station_at_rest_stays_at_rest(root: Path, tmp_path: Path) -> None:
    done = update(root, str(stick(tmp_path, "0.2.0+1")), "--yes")
    assert done.returncode == 0, done.stderr
    assert (in_use(root), version_that_runs(root)) == ("0.2.0+1", "none")


def test_a_supervisor_stops_and_starts_its_engine(root: Path, tmp_path: Path) -> None:
    """As systemd would, by the two commands of the station's settings."""
    (tmp_path / "site.toml").write_text(
        f'[update]\nstop = ["touch", "{tmp_path}/stopped"]\n'
        f'start = ["sh", "-c", "{root}/current/app/hmi engine {root}/current/plant --data {tmp_path}/data '
        ">/dev/null 2>&1 & touch " + f'{tmp_path}/started"]\n'
    )
    start(root)
    done = update(root, str(stick(tmp_path, "0.2.0+1")), "--yes")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "stopped").exists() and (tmp_path / "started").exists()
    assert version_that_runs(root) == "0.2.0"


def test_a_supervisor_that_cannot_stop_leaves_all_as_it_was(root: Path, tmp_path: Path) -> None:
    (tmp_path / "site.toml").write_text('[update]\nstop = ["false"]\nstart = ["false"]\n')
    start(root)
    done = update(root, str(stick(tmp_path, "0.2.0+1")), "--yes")
    assert done.returncode == 1 and "the engine could not be stopped (false)" in done.stdout
    assert (in_use(root), version_that_runs(root)) == ("0.1.0+1", "0.1.0")


@pytest.mark.fault(rows=[48])
def test_an_update_that_was_cut_short_is_told_and_the_engine_comes_back(root: Path, tmp_path: Path) -> None:
    start(root)
    running.stop(root.parent / "data", CLOCK, lambda seconds: None)
    (root / "update.json").write_text('{"to": "0.2.0+1", "was_running": true}')
    done = update(root, "--roll-back")
    assert "update cut short: the update to 0.2.0+1" in done.stdout
    assert "There is no version before" in done.stderr
    within = CLOCK.monotonic() + 20
    while version_that_runs(root) == "none" and CLOCK.monotonic() < within:
        pass
    assert version_that_runs(root) == "0.1.0"
