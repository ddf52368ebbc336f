"""Who may keep an alarm quiet, and what the journal keeps of it."""

from hypothesis import given
from hypothesis import strategies as st

from hmi.core.alarms.quiet import MOST_SHELVED, Asked, Quiet, may_shelve, may_take_out, read
from hmi.core.alarms.rules import AlarmClass
from tests.core.alarms.stories import NOW_NS, rule

SECOND = 1_000_000_000


def test_a_highly_managed_class_needs_somebody_else_to_agree():
    of = AlarmClass("safety", second_person=True)
    asked = Asked("eve", "operate", "test", 1.0)
    assert "second person" in may_shelve(rule(), of, asked, {})
    assert "somebody else" in may_shelve(rule(), of, Asked("eve", "operate", "test", 1.0, second="eve"), {})
    assert "somebody else" in may_shelve(rule(), of, Asked("eve", "operate", "test", 1.0, second="Eve"), {})
    assert "cannot agree" in may_shelve(rule(), of, Asked("eve", "operate", "test", 1.0, second="max"), {})
    two = Asked("eve", "operate", "test", 1.0, second="max", second_role="maintain")
    assert may_shelve(rule(), of, two, {}) == ""


def test_no_class_allows_more_than_a_day_and_some_allow_nothing():
    generous = AlarmClass("process", shelve_max_h=100.0)
    assert may_shelve(rule(), generous, Asked("eve", "operate", "test", 24.0), {}) == ""
    assert "up to 24 h" in may_shelve(rule(), generous, Asked("eve", "operate", "test", 25.0), {})
    never = AlarmClass("safety", shelve_max_h=0.0)
    assert "never shelved" in may_shelve(rule(), never, Asked("eve", "operate", "test", 1.0), {})


def test_one_person_has_only_so_many_on_the_shelf():
    full = {n: Quiet("eve", "", "x", 0) for n in range(1, MOST_SHELVED + 1)}
    asked = Asked("eve", "operate", "test", 1.0)
    assert "unshelve some first" in may_shelve(rule(), AlarmClass(), asked, full)
    assert may_shelve(rule(index=1), AlarmClass(), asked, full) == ""  # it is one of them
    assert may_shelve(rule(), AlarmClass(), Asked("ann", "operate", "test", 1.0), full) == ""


def test_a_role_nobody_knows_may_nothing():
    assert may_shelve(rule(), AlarmClass(), Asked("eve", "boss", "test", 1.0), {})
    assert may_take_out(rule(), AlarmClass(), Asked("eve", "boss", "test", permit="W-1"))


quiets = st.builds(
    Quiet,
    user=st.just("eve"),
    station=st.just("desk"),
    why=st.just("test"),
    since_ns=st.just(NOW_NS),
    until_ns=st.integers(0, 10**6).map(lambda s: NOW_NS // SECOND * SECOND + s * SECOND),
    one_shot=st.booleans(),
    permit=st.sampled_from(["", "W-17", "PTW/2026-9"]),
    second=st.sampled_from(["", "max", "Anna Berg"]),
)


@given(quiets)
def test_what_the_journal_keeps_comes_back_as_it_was(one):
    assert read(one.text, "eve", "desk", "test", NOW_NS) == one


@given(st.text(max_size=80))
def test_a_text_that_nobody_wrote_is_no_endless_shelf(text):
    found = read(text, "eve", "desk", "test", NOW_NS)
    assert found.until_ns <= 253_402_300_800 * SECOND
