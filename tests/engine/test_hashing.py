import pytest

from hmi.engine.hashing import badge_of, hashed, is_secret


@pytest.mark.cr("1.5")
def test_a_secret_is_known_again_and_no_other():
    stored = hashed("three grey herons")
    assert stored.startswith("$argon2id$") and "herons" not in stored
    assert is_secret(stored, "three grey herons")
    assert not is_secret(stored, "three grey heron")
    assert hashed("three grey herons") != stored, "salted"


def test_nobody_has_no_secret_and_nonsense_is_none():
    assert not is_secret("", "nobody has this password")
    assert not is_secret("", "")
    assert not is_secret("$argon2id$nonsense", "x")
    assert not is_secret(hashed("x"), "\ud800")


@pytest.mark.cr("1.14")
def test_a_badge_is_the_same_at_one_station_only():
    assert badge_of("00" * 32, "A17") == badge_of("00" * 32, "A17")
    assert len({badge_of("00" * 32, "A17"), badge_of("11" * 32, "A17"), badge_of("00" * 32, "A18")}) == 3
