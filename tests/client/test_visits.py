"""The way back and forward."""

from hmi.client.visits import Stay, Visits


def test_back_and_forward_lead_through_the_same_places():
    visits = Visits()
    visits.leave("a")
    visits.leave("b")
    assert [visits.back("c"), visits.back("b"), visits.back("a")] == ["b", "a", ""]
    assert [visits.forward("a"), visits.forward("b"), visits.forward("c")] == ["b", "c", ""]


def test_a_new_place_forgets_what_was_ahead():
    visits = Visits(["a"], ["c"])
    visits.leave("b")
    assert (visits.past, visits.future) == (["a", "b"], [])


def test_a_window_that_is_open_for_months_does_not_grow():
    visits = Visits()
    for number in range(1000):
        visits.leave(str(number))
    assert len(visits.past) == 200
    assert visits.past[-1] == "999"


def test_places_that_the_plant_no_longer_has_are_forgotten():
    assert Visits(["a", "gone"], ["gone"]).without({"a"}) == Visits(["a"], [])
    assert Stay().place == ""
