import pytest

from hmi.core.alarms.rules import Matrix


@pytest.mark.parametrize(
    ("consequence", "minutes", "priority"),
    [
        ("severe", 2, 1),
        ("severe", 10, 1),
        ("severe", 60, 3),
        ("major", 3, 2),
        ("minor", 30, 4),
        ("minor", 1, 3),
    ],
)
def test_priority_comes_from_consequence_and_time_to_respond(consequence, minutes, priority):
    assert Matrix().priority(consequence, minutes) == priority


def test_a_site_may_have_its_own_matrix():
    matrix = Matrix((5.0,), {"minor": (2, 4)})
    assert matrix.priority("minor", 5) == 2
    assert matrix.priority("minor", 5.1) == 4


def test_an_unknown_consequence_is_an_error():
    with pytest.raises(KeyError):
        Matrix().priority("boring", 1)
