"""The frame clock: nothing changed, nothing drawn."""

import pytest

from hmi.client.frame import BEAT_MS, PULSE_S, Frame
from hmi.client.outages.asleep import Asleep


@pytest.fixture
def frame(wire, clock, engine):
    drawn, pulses = [], []
    made = Frame(wire, clock, lambda: drawn.append(clock.monotonic()), pulses.append)
    made.seen_drawn, made.seen_pulses = drawn, pulses
    wire.start()
    made.beat()
    return made


def test_beats_without_news_draw_nothing(frame, clock):
    assert len(frame.seen_drawn) == 1
    for _ in range(30):
        clock.advance(BEAT_MS / 1000)
        frame.beat()
    assert len(frame.seen_drawn) == 1
    assert frame.drawn == 1


def test_any_number_of_values_between_two_beats_is_one_drawing(frame, engine):
    for number in range(100):
        engine.set({"tank.level": number})
    frame.beat()
    assert len(frame.seen_drawn) == 2


def test_it_pulses_twice_a_second_by_turns(frame, clock):
    frame.seen_pulses.clear()
    for _ in range(round(2.0 / (BEAT_MS / 1000))):
        clock.advance(BEAT_MS / 1000)
        frame.beat()
    assert len(frame.seen_pulses) == pytest.approx(2.0 / PULSE_S, abs=1)
    assert all(one != other for one, other in zip(frame.seen_pulses, frame.seen_pulses[1:], strict=False))


def test_it_measures_what_drawing_costs(wire, clock, engine):
    made = Frame(wire, clock, lambda: clock.advance(0.012), lambda lit: None)
    wire.start()
    made.beat()
    assert made.last_ms == pytest.approx(12.0)
    assert made.worst_ms >= made.last_ms


def test_redraw_draws_once_more(frame):
    frame.redraw()
    frame.beat()
    frame.beat()
    assert len(frame.seen_drawn) == 2


def test_started_it_beats_by_itself_and_stopped_it_does_not(qtbot, frame):
    frame.start()
    qtbot.waitUntil(lambda: frame.beats > 3, timeout=5000)
    frame.stop()
    beats = frame.beats
    assert not frame._timer.isActive()
    assert frame.beats == beats


def test_a_frame_made_of_what_was_heard_before_a_sleep_is_not_drawn(frame, wire, clock, engine, monkeypatch):
    wire.asleep = Asleep(clock).look
    frame.beat()
    before, hear, looks = engine.sessions[0], wire.tick, []

    def tick():
        hear()
        looks.append(engine.sessions[0])
        if len(looks) == 1:
            clock.advance(9.0)  # the computer sleeps in the middle of the beat

    monkeypatch.setattr(wire, "tick", tick)
    frame.beat()
    assert looks[0] is before and looks[-1] is not before  # everything was asked for anew before it was drawn
    monkeypatch.undo()
    clock.advance(BEAT_MS / 1000)
    frame.beat()
    assert engine.sessions[0] is looks[-1]
