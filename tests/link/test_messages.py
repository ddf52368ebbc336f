import contextlib

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.batch import Batch
from hmi.link.messages import AlarmRow, Alarms, Hello, Reply, Request, Values, decode, encode


def test_values_arrive_bit_for_bit():
    batch = Batch.of([1, 2, 3], [np.inf, -0.0, np.nan], 5, 6, quality=0x8031_0000)
    back = decode(encode(Values.of(batch, 7))).batch()
    assert back.rows.tobytes() == batch.rows.tobytes()


@pytest.mark.parametrize(
    "message",
    [
        Hello("secret", program="client", user="eve"),
        Alarms((AlarmRow(3, "unacknowledged", 2, 1, 1, 93.5),), snapshot=True),
        Request(4, "write", {"tag": "a.b", "value": 1.5}),
        Reply(4, False, "no", {"outcome": "refused"}),
    ],
)
def test_messages_come_back_as_they_went(message):
    assert decode(encode(message)) == message


@given(st.binary(max_size=200))
def test_garbage_is_refused_and_nothing_else(data):
    with contextlib.suppress(msgspec.DecodeError, msgspec.ValidationError):
        decode(data)


def test_half_a_row_is_refused():
    with pytest.raises(ValueError):
        Values(b"x" * 47, (), 0).batch()
