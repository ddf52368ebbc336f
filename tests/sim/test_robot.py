from random import Random

import pytest

from hmi.sim.robot import Robot

DT = 0.25


def run(robot: Robot, seconds: float, override: float = 1.0) -> int:
    return sum(robot.step(DT, override, -60.0) for _ in range(round(seconds / DT)))


def test_a_cycle_puts_down_one_layer_and_ends_at_home():
    robot = Robot(Random(1))
    home = list(robot.axes)
    robot.start()
    assert run(robot, 20) == 1
    assert not robot.busy
    assert robot.axes == home
    assert robot.cycle_s == pytest.approx(12.0, abs=1.0)


def test_it_holds_with_vacuum_between_pick_and_place_only():
    robot = Robot(Random(1))
    robot.start()
    run(robot, 2.5)
    assert robot.sucks
    run(robot, 2)
    assert robot.vacuum < -55.0
    run(robot, 15)
    assert robot.vacuum > -1.0


def test_half_the_speed_takes_twice_as_long_and_none_stands_still():
    robot = Robot(Random(1))
    robot.start()
    run(robot, 3)
    there = list(robot.axes)
    assert run(robot, 30, override=0.0) == 0
    assert robot.axes == there
    robot = Robot(Random(1))
    robot.start()
    run(robot, 40, override=0.5)
    assert robot.cycle_s == pytest.approx(24.0, abs=2.0)


def test_axes_move_without_jumps():
    robot = Robot(Random(1))
    robot.start()
    for _ in range(80):
        robot.step(DT, 1.0, -60.0)
        assert max(abs(speed) for speed in robot.speeds) < 120.0
