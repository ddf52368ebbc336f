"""The horn, with real players in other processes."""

import wave

import pytest

from hmi.client.alarms.horn import Horn
from hmi.plantfiles.folder import resources_folder


def player(tmp_path, name, body):
    file = tmp_path / name
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(0o755)
    return (str(file),)


@pytest.fixture
def heard(tmp_path):
    log = tmp_path / "heard"
    log.touch()
    return log


def test_the_tone_of_the_priority_is_played(qtbot, tmp_path, heard):
    horn = Horn([player(tmp_path, "play", f'echo "$1" >> {heard}')])
    horn.play(2)
    qtbot.waitUntil(lambda: heard.read_text().strip() != "", timeout=10_000)
    assert heard.read_text().strip().endswith("priority2.wav")
    assert horn.fault == ""
    horn.stop()


def test_a_player_that_fails_makes_room_for_the_next(qtbot, tmp_path, heard):
    broken = player(tmp_path, "broken", "exit 1")
    horn = Horn([("/no/such/player",), broken, player(tmp_path, "play", f"echo played >> {heard}")])
    horn.play(1)
    qtbot.waitUntil(lambda: "played" in heard.read_text(), timeout=10_000)
    horn.stop()


def test_where_nothing_plays_it_says_once_that_nothing_can_be_heard(qtbot, tmp_path):
    horn, told = Horn([player(tmp_path, "broken", "exit 1")]), []
    horn.failed.connect(told.append)
    with qtbot.waitSignal(horn.failed, timeout=10_000):
        horn.play(1)
    horn.play(1)
    assert told == ["No alarm can be heard at this place: no program here plays sounds. Watch the list"]


def test_silence_ends_a_tone_that_still_sounds(qtbot, tmp_path, heard):
    horn = Horn([player(tmp_path, "long", f"echo began >> {heard}; exec sleep 60")])
    horn.play(1)
    qtbot.waitUntil(lambda: "began" in heard.read_text(), timeout=10_000)
    process = horn._process
    horn.stop()
    assert process.state() == process.ProcessState.NotRunning
    assert horn.fault == ""


def test_every_priority_has_a_tone_of_its_own():
    tones = set()
    for priority in (1, 2, 3, 4):
        with wave.open(str(resources_folder() / "sounds" / f"priority{priority}.wav")) as file:
            assert 0.1 < file.getnframes() / file.getframerate() < 1.0
            tones.add(file.readframes(file.getnframes()))
    assert len(tones) == 4
