"""What calls the operator: one tone for a burst, repeated until silenced or acknowledged; floods; shelves that end."""

import pytest

from hmi.client.alarms.annunciator import Annunciator
from hmi.link.messages import AlarmRow, Alarms


class Tones:
    """Which tones were asked for; the horn itself is tested with real players."""

    def __init__(self, horn):
        self.heard = []
        horn.play = self.heard.append


@pytest.fixture
def calls(qtbot, desk):
    made = Annunciator(desk)
    made.hear()  # the empty plant
    return made


@pytest.fixture
def tones(calls):
    return Tones(calls.horn).heard


def pulse(calls, clock, seconds):
    for _ in range(round(seconds * 2)):
        clock.advance(0.5)
        calls.pulse()


def test_a_burst_sounds_once_with_the_tone_of_the_most_urgent(calls, tones, tell):
    tell((3, "unacknowledged"), (2, "unacknowledged"), (1, "unacknowledged"))
    calls.hear()
    assert tones == [2]


def test_within_a_burst_only_the_more_urgent_sounds_again(calls, tones, tell):
    for rule in (2, 3, 0):
        tell((rule, "unacknowledged"))
        calls.hear()
    assert tones == [3, 1]


@pytest.mark.fault(rows=[33])
def test_a_flood_that_takes_more_than_a_second_sounds_once(calls, tones, tell, clock):
    tell((2, "unacknowledged"))
    calls.hear()
    clock.advance(1.5)
    tell((3, "unacknowledged"))
    calls.hear()
    assert tones == [3]
    clock.advance(1.0)
    tell((3, "unacknowledged"), occurrence=2)
    calls.hear()
    assert tones == [3, 3]


def test_it_sounds_again_and_again_until_somebody_acknowledges(calls, tones, tell, clock):
    tell((0, "unacknowledged"))
    calls.hear()
    pulse(calls, clock, 6)
    assert tones == [1, 1, 1, 1]
    tell((0, "acknowledged"))
    pulse(calls, clock, 6)
    assert tones == [1, 1, 1, 1]
    assert calls.sounding == 0


def test_silence_stops_the_sound_only_and_the_next_alarm_sounds(calls, tones, tell, clock, desk):
    tell((0, "unacknowledged"))
    calls.hear()
    calls.silence()
    pulse(calls, clock, 6)
    assert tones == [1]
    assert desk.mirror.alarms[0].state == "unacknowledged"
    tell((2, "unacknowledged"))
    calls.hear()
    assert tones == [1, 3]


def test_an_alarm_that_is_raised_anew_sounds_anew(calls, tones, tell, clock):
    tell((2, "unacknowledged"), occurrence=1)
    calls.hear()
    calls.silence()
    clock.advance(2)
    tell((2, "unacknowledged"), occurrence=2)
    calls.hear()
    assert tones == [3, 3]


def test_what_is_shelved_or_returned_makes_no_sound(calls, tones, tell):
    tell((0, "shelved"), (1, "returned-unacknowledged"), (2, "suppressed-by-design"))
    calls.hear()
    assert tones == []


def raise_many(desk, calls, clock, count, from_=0):
    for number in range(from_, from_ + count):
        desk.mirror.take(Alarms((AlarmRow(0, "unacknowledged", number, desk.mirror.now_ns()),)))
        calls.hear()
        clock.advance(1)


def test_more_than_ten_in_ten_minutes_are_a_flood_until_fewer_than_five_are(calls, desk, clock, qtbot):
    raise_many(desk, calls, clock, 10)
    assert not calls.flood.is_flood
    with qtbot.waitSignal(calls.changed):
        raise_many(desk, calls, clock, 3, 10)
    assert (calls.flood.is_flood, calls.flood_count) == (True, 13)
    told = []
    calls.told.connect(told.append)
    clock.advance(700)
    calls.pulse()
    assert not calls.flood.is_flood
    assert told == ["The flood of alarms is over: 13 came in it"]


def test_a_window_opened_amid_a_flood_knows_it(qtbot, desk, clock):
    now = desk.mirror.now_ns()
    desk.mirror.take(Alarms(tuple(AlarmRow(n, "unacknowledged", 1, now - n * 10**9) for n in range(4))))
    for row in range(9):
        desk.mirror.alarms[100 + row] = AlarmRow(3, "acknowledged", 1, now - 60 * 10**9)
    calls = Annunciator(desk)
    calls.hear()
    assert calls.flood.is_flood
    assert calls.flood_count == 13


def test_five_minutes_before_a_shelf_ends_it_says_so_once(calls, desk, clock):
    told = []
    calls.told.connect(told.append)
    until = desk.mirror.now_ns() + 400 * 10**9
    desk.mirror.take(Alarms((AlarmRow(0, "shelved", quiet_until_ns=until),)))
    calls.pulse()
    assert (told, calls.ends_soon()) == ([], 0)
    clock.advance(101)
    calls.pulse()
    calls.pulse()
    assert told == ["Tank overflows comes off the shelf in 4 min 59 s"]
    assert calls.ends_soon() == 1


def test_at_a_position_only_its_own_alarms_sound(positioned, qtbot, desk, tell):
    calls = Annunciator(desk)
    calls.hear()
    tones = Tones(calls.horn).heard
    tell((3, "unacknowledged"))  # the door is another's
    calls.hear()
    assert (tones, calls.sounding) == ([], 0)
    tell((2, "unacknowledged"))
    calls.hear()
    assert (tones, calls.sounding) == ([3], 3)
