"""hmi update, as somebody with a stick in his hand types it."""

import os
import pty
import subprocess
from pathlib import Path

import pytest

from hmi.cli import main
from hmi.core import minisign
from hmi.plantfiles.bundle import sign
from tests.update.standin import (
    KEY,
    ROOT,
    STRANGER,
    artefact,
    command,
    in_use,
    install,
    make_version,
    records,
    start,
    stick,
    stop_all,
    update,
    write_manifest,
)


def told(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == 1 and done.stderr.count("\n") == 1, done.stdout + done.stderr
    return done.stderr


def test_wrong_use_is_told() -> None:
    assert main(["update"]) == 2
    assert main(["update", "/stick", "--roll-back"]) == 2


def test_what_may_not_come_in_is_refused_in_one_line(root: Path, tmp_path: Path) -> None:
    """The done-when: one byte changed, another's key, another plant, an older version."""
    changed = stick(tmp_path / "a", "0.2.0+1")
    body = bytearray(changed.read_bytes())
    body[len(body) // 2] ^= 1
    changed.write_bytes(body)
    other = stick(tmp_path / "b", "0.2.0+1", plant="brewery")
    for path, why in (
        (changed, "is not what was signed with the key"),
        (
            stick(tmp_path / "c", "0.2.0+1", key=STRANGER),
            f"key {STRANGER.public_key.name}, which this station does not",
        ),
        (other.rename(other.with_name(other.name.replace("brewery", "mill"))), "is not signed"),
        (stick(tmp_path / "d", "0.0.9+1"), "The program of 0.0.9+1 is older than that of 0.1.0+1"),
        (stick(tmp_path / "e", "0.1.0+1"), "0.1.0+1 is in use already"),
    ):
        assert why in told(update(root, str(path), "--yes"))
        assert in_use(root) == "0.1.0+1"
        assert [one.name for one in (root / "versions").iterdir()] == ["0.1.0+1"]
    other = stick(tmp_path / "f", "0.2.0+1", plant="brewery")
    assert "for the plant 'brewery', and here runs 'mill'" in told(update(root, str(other), "--yes"))
    assert update(root, str(stick(tmp_path / "g", "0.0.9+1")), "--yes", "--downgrade").returncode == 0
    assert in_use(root) == "0.0.9+1"


def test_a_station_that_trusts_no_key_takes_nothing(root: Path, tmp_path: Path) -> None:
    (root / "trusted-keys" / "maker.pub").unlink()
    assert "trusts no key for a program: put the NAME.pub" in told(
        update(root, str(stick(tmp_path, "0.2.0+1")), "--yes")
    )


def test_a_plants_key_signs_no_program(root: Path, tmp_path: Path) -> None:
    (root / "trusted-keys" / "maker.pub").unlink()
    (root / "trusted-keys" / "plant").mkdir()
    (root / "trusted-keys" / "plant" / "maker.pub").write_text(minisign.write_public(KEY.public_key))
    assert "trusts no key for a program" in told(update(root, str(stick(tmp_path, "0.2.0+1")), "--yes"))


def test_a_plant_that_another_has_signed_is_refused_before_anything_is_tried(root: Path, tmp_path: Path) -> None:
    """As the engine would refuse it, but the one that runs goes on."""
    start(root)
    made = make_version(tmp_path / "made", "0.2.0+2")
    sign(made / "plant", STRANGER)
    write_manifest(made, "0.2.0+2")
    path = artefact(made, tmp_path / "stick", "0.2.0+2")
    before = records(root)
    why = told(update(root, str(path), "--yes"))
    assert f"signed with the key {STRANGER.public_key.name}, which this station does not trust" in why
    assert (in_use(root), records(root)) == ("0.1.0+1", before)
    assert [one.name for one in (root / "versions").iterdir()] == ["0.1.0+1"]
    assert "update tried on a copy" not in (root / "update.log").read_text()


def test_while_nobody_agrees_it_stays_prepared(root: Path, tmp_path: Path) -> None:
    path = stick(tmp_path, "0.2.0+1")
    assert "Nobody agreed and there is no maintenance window" in told(update(root, str(path)))
    assert in_use(root) == "0.1.0+1"
    assert "update waits: 0.2.0+1 is prepared and not in use" in (root / "update.log").read_text()
    (tmp_path / "site.toml").write_text('[maintenance]\nfrom = "00:00"\nto = "00:00"\n')  # round the clock
    assert update(root, str(path)).returncode == 0
    assert in_use(root) == "0.2.0+1"
    assert "in the maintenance window" in (root / "update.log").read_text()


def test_an_open_job_is_not_disturbed_unless_it_is_forced(tmp_path: Path) -> None:
    root = install(tmp_path / "root", behaviour="busy")
    try:
        start(root)
        path = stick(tmp_path, "0.2.0+1")
        assert "job J-7 is open. Wait for that, or --force" in told(update(root, str(path), "--yes"))
        assert in_use(root) == "0.1.0+1"
        assert update(root, str(path), "--yes", "--force").returncode == 0
        assert in_use(root) == "0.2.0+1"
    finally:
        stop_all(root)


def test_it_waits_until_nobody_is_disturbed(tmp_path: Path) -> None:
    root = install(tmp_path / "root", behaviour="busy")
    given = command(root, str(stick(tmp_path, "0.2.0+1")), "--yes", "--wait")
    try:
        start(root)
        with subprocess.Popen(given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as updating:
            assert updating.stdout is not None
            assert any("is prepared; it waits" in line for line in updating.stdout)
            assert in_use(root) == "0.1.0+1"
            stop_all(root)  # with its engine the open job is gone
            said, _ = updating.communicate(timeout=60)
        assert updating.returncode == 0 and in_use(root) == "0.2.0+1", said
        assert sum("update backed up" in line for line in (root / "update.log").read_text().splitlines()) == 2
    finally:
        stop_all(root)


@pytest.mark.parametrize(("answer", "version"), [("yes", "0.2.0+1"), ("no", "0.1.0+1"), ("", "0.1.0+1")])
def test_a_person_at_a_terminal_is_asked(root: Path, tmp_path: Path, answer: str, version: str) -> None:
    ours, theirs = pty.openpty()
    given = command(root, str(stick(tmp_path, "0.2.0+1")))
    with subprocess.Popen(given, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT) as updating:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        said, _ = updating.communicate(timeout=60)
    os.close(ours)
    assert b"Put it into use now? (yes/no)" in said
    assert in_use(root) == version


def test_back_and_forth(root: Path, tmp_path: Path) -> None:
    assert "There is no version before" in told(update(root, "--roll-back", "--yes"))
    assert update(root, str(stick(tmp_path, "0.2.0+1")), "--yes").returncode == 0
    for version in ("0.1.0+1", "0.2.0+1"):
        assert update(root, "--roll-back", "--yes").returncode == 0
        assert in_use(root) == version
    assert sorted(path.name for path in (tmp_path / "backups").iterdir()) == [
        "before-going-back-to-0.1.0+1.zip",
        "before-going-back-to-0.2.0+1.zip",
    ]
