"""Who agrees, and when: at the terminal, in a window, the maintenance window; what is told of it meanwhile."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hmi.clock import HandClock
from hmi.core.errors import HmiError
from hmi.plantfiles import staged
from hmi.plantfiles.site import Site, Window
from hmi.plantfiles.staged import Agreed, Ready
from hmi.update import agreement
from hmi.update.agreement import Terms
from hmi.update.renewal import Station
from hmi.update.steps import Steps
from hmi.update.versions import Installation
from tests.update.standin import install, make_version, start, stop_all

TO = "0.2.0+1"
ROUND_THE_CLOCK = Window(frozenset(range(7)), 0, 0)


def never(_: float) -> None:
    pytest.fail("it waits")


def station(root: Path, pause: Callable[[float], None] = never, window: Window | None = None) -> Station:
    clock, data = HandClock(), root.parent / "data"
    steps = Steps(root, data, clock, ("eve", "desk"), lambda _: None)
    return Station(Installation(root), data, root.parent / "backups", Site(maintenance=window), clock, steps, pause)


def terms(**more: bool) -> Terms:
    ask = more.pop("person", False)
    given = {"yes": False, "wait": False, "force": False} | more
    return Terms("eve", **given, ask=lambda version: ask and version == TO, say=lambda _: None)


@pytest.fixture
def folder(root: Path) -> Path:
    return make_version(root / "versions" / TO, TO)


@pytest.mark.parametrize("more", [{"yes": True}, {"person": True}])
def test_whoever_brings_it_may_agree_and_nothing_is_left_to_tell(root: Path, folder: Path, more) -> None:
    assert not agreement.agreed(station(root), folder, terms(**more))
    assert staged.ready(root.parent / "data") is None


def test_an_open_maintenance_window_lets_it_go_ahead(root: Path, folder: Path) -> None:
    assert not agreement.agreed(station(root, window=ROUND_THE_CLOCK), folder, terms(wait=True))


def test_where_nobody_agrees_it_is_told_and_stays_prepared(root: Path, folder: Path) -> None:
    with pytest.raises(HmiError, match="Nobody agreed and there is no maintenance window"):
        agreement.agreed(station(root), folder, terms(), 17)
    assert staged.ready(root.parent / "data") == Ready(TO, "0.1.0+1", 17)
    assert not staged.is_waited_for(root.parent / "data")


def test_it_waits_for_somebody_who_agrees_to_this_version(root: Path, folder: Path) -> None:
    data, looks = root.parent / "data", []

    def pause(_: float) -> None:
        looks.append((staged.ready(data), staged.is_waited_for(data)))
        staged.keep(data, Agreed("0.1.9+1" if len(looks) < 3 else TO, "ada", "desk 1", 0))

    closed = Window(frozenset(), 0, 0)
    assert agreement.agreed(station(root, pause, closed), folder, terms(wait=True))
    assert looks == [(Ready(TO, "0.1.0+1", 0, " 00:00 to 00:00"), True)] * 3
    assert "update agreed: agreed by ada at desk 1" in (root / "update.log").read_text()
    assert (staged.ready(data), staged.agreed(data), staged.is_waited_for(data)) == (None, None, False)


def test_what_somebody_has_agreed_to_before_counts_no_more(root: Path, folder: Path) -> None:
    staged.keep(root.parent / "data", Agreed(TO, "ada", "desk 1", 0))
    with pytest.raises(HmiError, match="Nobody agreed"):
        agreement.agreed(station(root), folder, terms())


def test_an_agreement_waits_until_nothing_is_disturbed(tmp_path: Path) -> None:
    root = install(tmp_path / "root", behaviour="busy")
    folder, data = make_version(root / "versions" / TO, TO), tmp_path / "data"
    held = []

    def pause(_: float) -> None:
        found = staged.ready(data)
        held.append(found.held if found is not None else "nothing is told")
        staged.keep(data, Agreed(TO, "ada", "desk 1", 0))
        if len(held) == 2:
            stop_all(root)  # with its engine the open job is gone

    try:
        start(root)
        assert agreement.agreed(station(root, pause), folder, terms(wait=True))
        assert held == ["job J-7 is open"] * 2
    finally:
        stop_all(root)
