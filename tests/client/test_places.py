"""Everywhere one can go, as one tree."""

import dataclasses

import pytest

from hmi.client.places import hierarchy, paths, place_above, trail
from hmi.core.plant.equipment import Equipment
from hmi.core.screens.model import Screen


def screen(name, parent="", level=2):
    return Screen(name, name.title(), level, (100.0, 100.0), (), parent)


@pytest.fixture
def tree(engine):
    """The places of a plant that has these screens and machines."""

    def places(screens, equipment=()):
        parts = {"screens": {one.id: one for one in screens}, "equipment": {one.id: one for one in equipment}}
        return hierarchy(dataclasses.replace(engine.plant, **parts))

    return places


def test_children_stand_below_their_parent(tree):
    places = tree([screen("a", level=1), screen("b", "a"), screen("c", "a"), screen("d", "b", 3)])
    assert [(place.key, place.depth, place.children) for place in places] == [
        ("a", 0, 2),
        ("b", 1, 1),
        ("d", 2, 0),
        ("c", 1, 0),
    ]
    assert places[2].hint == "L3"


@pytest.mark.parametrize("parents", [("b", "a"), ("a", "b"), ("nowhere", "")])
def test_every_screen_can_be_reached_whatever_its_parent(tree, parents):
    places = tree([screen("a", parents[0]), screen("b", parents[1])])
    assert sorted(place.key for place in places) == ["a", "b"]
    assert all(trail(places, place.key)[-1].key == place.key for place in places)


def test_areas_and_lines_without_a_screen_are_groups(tree):
    machines = [
        Equipment("hall", "Hall 3", "area"),
        Equipment("line1", "Line 1", "line", "hall"),
        Equipment("filler", "Filler", parent="line1", screen="filler"),
        Equipment("store", "Store", "area"),  # nothing of it is shown
    ]
    places = tree([screen("overview", level=1), screen("filler")], machines)
    assert [(place.key, place.title, place.depth) for place in places] == [
        ("overview", "Overview", 0),
        ("@hall", "Hall 3", 0),
        ("@line1", "Line 1", 1),
        ("filler", "Filler", 2),
    ]
    assert [place.is_group for place in places] == [False, True, True, False]
    assert place_above(places, "filler") == ""


def test_a_line_with_a_screen_is_that_screen(tree):
    machines = [
        Equipment("line1", "Line 1", "line", screen="line"),
        Equipment("filler", "Filler", parent="line1", screen="filler"),
    ]
    places = tree([screen("line"), screen("filler")], machines)
    assert [(place.key, place.depth) for place in places] == [("line", 0), ("filler", 1)]
    assert place_above(places, "filler") == "line"


def test_machines_that_are_each_others_parents_do_no_harm(tree):
    machines = [Equipment("a", "A", "cell", "b"), Equipment("b", "B", "cell", "a", screen="s")]
    assert "s" in {place.key for place in tree([screen("s")], machines)}


def test_the_trail_leads_from_the_top(tree):
    places = tree([screen("a"), screen("b", "a"), screen("c", "b")])
    assert [place.key for place in trail(places, "c")] == ["a", "b", "c"]
    assert trail(places, ":alarms") == []
    assert paths(places)["c"] == ["a", "b", "c"]
