"""The envelope: however the stream is cut, the same messages; whatever the garbage, LinkError."""

from __future__ import annotations

from itertools import pairwise

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.batch import Batch
from hmi.core.errors import LinkError
from hmi.link.framing import LIMIT, Frames, pack
from hmi.link.messages import AnyMessage, Hello, Refused, Reply, Request, Values

_PLAIN = st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text()
_BODY = st.recursive(_PLAIN, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
_MESSAGES: st.SearchStrategy[AnyMessage] = st.one_of(
    st.builds(Hello, token=st.text(), program=st.text(), stream=st.booleans()),
    st.builds(Refused, why=st.text()),
    st.builds(Request, number=st.integers(0, 2**31), verb=st.text(), args=st.dictionaries(st.text(), _BODY)),
    st.builds(Reply, number=st.integers(0, 2**31), ok=st.booleans(), text=st.text(), body=_BODY),
)


@given(st.lists(_MESSAGES, max_size=5), st.lists(st.integers(0, 400), max_size=10))
def test_messages_survive_any_cutting_of_the_stream(messages: list[AnyMessage], cuts: list[int]) -> None:
    stream = b"".join(pack(message) for message in messages)
    frames = Frames()
    edges = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    found = [message for start, stop in pairwise(edges) for message in frames.feed(stream[start:stop])]
    assert found == messages


def test_values_keep_every_bit() -> None:
    batch = Batch.of([1, 2, 3], [np.nan, -0.0, np.inf], 5, 6)
    [message] = Frames().feed(pack(Values.of(batch, 7, snapshot=True)))
    assert isinstance(message, Values)
    assert message.batch().rows.tobytes() == batch.rows.tobytes()


@settings(max_examples=300)
@given(st.binary(min_size=1, max_size=300))
def test_garbage_bodies_are_a_link_error_or_a_message(body: bytes) -> None:
    frames = Frames()
    try:
        frames.feed(len(body).to_bytes(4, "big") + body)
    except LinkError:
        with pytest.raises(LinkError):
            frames.feed(pack(Refused("after garbage nothing can be trusted")))


@settings(max_examples=300)
@given(_MESSAGES, st.data())
def test_a_flipped_byte_is_a_link_error_or_another_message(message: AnyMessage, data: st.DataObject) -> None:
    body = bytearray(pack(message)[4:])
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= data.draw(st.integers(1, 255))
    try:
        Frames().feed(len(body).to_bytes(4, "big") + body)
    except LinkError as error:
        assert "another version" in str(error)


def test_deep_nesting_is_a_link_error() -> None:
    body = msgspec.msgpack.encode({"type": "Reply", "number": 1, "ok": True, "body": None})
    deep = body[:-1] + b"\x91" * 100_000 + b"\xc0"
    with pytest.raises(LinkError):
        Frames().feed(len(deep).to_bytes(4, "big") + deep)


def test_an_announced_giant_is_refused_at_its_head() -> None:
    with pytest.raises(LinkError, match="more than"):
        Frames().feed((LIMIT + 1).to_bytes(4, "big"))
    with pytest.raises(LinkError, match="more than"):
        Frames(100).feed(b"\xff\xff\xff\xff")


def test_an_array_that_claims_four_billion_items_costs_no_memory() -> None:
    body = msgspec.msgpack.encode({"type": "Reply", "number": 1, "ok": True, "body": None})
    lying = body[:-1] + b"\xdd\xff\xff\xff\xff"
    with pytest.raises(LinkError):
        Frames().feed(len(lying).to_bytes(4, "big") + lying)


def test_too_large_a_message_is_not_sent() -> None:
    with pytest.raises(LinkError, match="ask for a shorter time"):
        pack(Refused("x" * (LIMIT + 1)))
