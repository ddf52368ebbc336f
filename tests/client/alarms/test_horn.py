"""The horn, with real players in other processes."""

import shutil
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


@pytest.mark.skipif(not shutil.which("aplay"), reason="no aplay here: apt-get install alsa-utils")
@pytest.mark.parametrize("priority", [1, 4])
def test_every_sample_of_the_tone_reaches_the_sound_device(qtbot, tmp_path, monkeypatch, priority):
    played = tmp_path / "played"
    config = tmp_path / "asound.conf"
    config.write_text(
        f'pcm.!default {{ type file file "{played}" format "raw" slave.pcm "null" }}\npcm.null {{ type null }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(config))
    with wave.open(str(resources_folder() / "sounds" / f"priority{priority}.wav")) as file:
        tone = file.readframes(file.getnframes())
    horn = Horn([("aplay", "-q")])
    horn.play(priority)
    qtbot.waitUntil(lambda: horn._process is None, timeout=20_000)  # it has ended well
    assert played.read_bytes()[: len(tone)] == tone
    assert (horn.fault, horn.played) == ("", 1)


def test_before_the_first_alarm_it_is_known_that_nothing_here_plays_sounds(qtbot):
    horn, told = Horn([("/no/such/player",)]), []
    horn.failed.connect(told.append)
    horn.look()
    assert told == [horn.fault] and "Watch the list" in horn.fault
    quiet = Horn()  # without a display nobody listens
    quiet.look()
    assert quiet.fault == ""


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
