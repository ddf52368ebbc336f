import numpy as np
import pytest

from hmi.core import quality as q


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (q.GOOD, "good"),
        (q.GOOD_LOCAL_OVERRIDE, "good"),
        (q.UNCERTAIN, "uncertain"),
        (q.UNCERTAIN_LAST_USABLE, "stale"),
        (q.UNCERTAIN_LAST_USABLE | 0x0480, "stale"),  # info bits do not change the word
        (q.BAD, "bad"),
        (q.BAD_SENSOR_FAILURE, "bad"),
        (0xC000_0000, "bad"),  # reserved by OPC UA: treat as bad
    ],
)
def test_word(code, word):
    assert q.word(code) == word


def test_good_and_bad_work_on_columns_and_scalars():
    codes = np.array([q.GOOD, q.UNCERTAIN, q.BAD_TIMEOUT], np.uint32)
    assert q.is_good(codes).tolist() == [True, False, False]
    assert q.is_bad(codes).tolist() == [False, False, True]
    assert q.is_bad(q.BAD)


def test_worst_of_several():
    assert q.worst(np.array([q.GOOD, q.BAD_TIMEOUT, q.UNCERTAIN], np.uint32)) == q.BAD_TIMEOUT
    assert q.worst(np.empty(0, np.uint32)) == q.GOOD


def test_an_unknown_code_is_named_by_its_number():
    assert q.reason(0x8012_0000) == "bad, status code 0x80120000"
    assert "sensor" in q.reason(q.BAD_SENSOR_FAILURE)
