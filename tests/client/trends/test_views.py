"""Back and forward through views of a trend."""

from hmi.client.trends.views import KEPT, View, Views

LIVE, HOUR, DAY = View(True, 600.0), View(False, 3600.0, 1, 2), View(False, 86400.0, 1, 3)


def test_back_and_forward():
    views = Views()
    assert views.back(LIVE) is None and views.forward(LIVE) is None
    views.leave(LIVE)
    views.leave(HOUR)
    assert views.has_back and not views.has_forward
    assert views.back(DAY) == HOUR
    assert views.back(HOUR) == LIVE
    assert not views.has_back
    assert views.forward(LIVE) == HOUR
    assert views.forward(HOUR) == DAY


def test_going_somewhere_else_forgets_what_was_ahead():
    views = Views()
    views.leave(LIVE)
    assert views.back(HOUR) == LIVE
    views.leave(LIVE)
    assert not views.has_forward


def test_the_same_view_is_not_kept_twice_and_old_ones_go():
    views = Views()
    views.leave(LIVE)
    views.leave(LIVE)
    assert views.back(HOUR) == LIVE and not views.has_back
    for number in range(2 * KEPT):
        views.leave(View(False, float(number)))
    assert len(views._before) == KEPT
