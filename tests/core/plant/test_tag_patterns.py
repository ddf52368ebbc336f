import pytest

from hmi.core.plant.tag_patterns import PATTERN, fits


@pytest.mark.parametrize(
    ("patterns", "yes", "no"),
    [
        (("a.b",), ("a.b",), ("a.b.c", "a", "a.bc")),
        (("a.*",), ("a.b", "a.b.c"), ("a", "ab", "b.a")),
        (("*",), ("a", "z.y.x"), ()),
        ((), (), ("a",)),
        (("a.x", "b.*"), ("a.x", "b.y"), ("a.y",)),
    ],
)
def test_one_by_name_all_below_or_all(patterns: tuple[str, ...], yes: tuple[str, ...], no: tuple[str, ...]):
    assert all(fits(tag, patterns) for tag in yes)
    assert not any(fits(tag, patterns) for tag in no)


def test_what_a_pattern_may_look_like():
    assert all(PATTERN.fullmatch(one) for one in ("a", "a.b_1", "a.b.*", "*"))
    assert not any(PATTERN.fullmatch(one) for one in ("", "A", "a.", ".a", "a*", "a.*.b", "**", "a..b"))
