from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from asyncua import ua
from hypothesis import given
from hypothesis import strategies as st

from hmi.drivers.opcua_text import NO_TIME, TEXTS, WRITABLE, can_be_null, parsed, text_of

T = ua.VariantType

VALUES = {
    T.String: st.text(),
    T.LocalizedText: st.text().map(ua.LocalizedText),
    T.XmlElement: st.text().map(ua.XmlElement),
    T.Guid: st.integers(0, 2**128 - 1).map(lambda number: uuid.UUID(int=number)),
    T.ByteString: st.binary(max_size=20),
    T.DateTime: st.datetimes(datetime(1601, 1, 1), datetime(9999, 12, 31)).map(lambda at: at.replace(tzinfo=UTC)),
    T.NodeId: st.builds(ua.NodeId, st.integers(0, 2**32 - 1) | st.text(min_size=1), st.integers(0, 65535)),
    T.QualifiedName: st.builds(ua.QualifiedName, st.text("abc é:;", min_size=1), st.integers(1, 65535)),
    T.StatusCode: st.integers(0, 2**32 - 1).map(ua.StatusCode),
}


@given(st.sampled_from(sorted(VALUES, key=lambda kind: kind.value)), st.data())
def test_what_is_shown_can_be_written_back(kind, draw: st.DataObject):
    value = draw.draw(VALUES[kind])
    assert parsed(text_of(value, kind), kind) == value


def test_everything_but_a_node_of_another_server_can_be_written():
    assert frozenset(VALUES) == WRITABLE == TEXTS - {T.ExpandedNodeId}


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (ua.ExpandedNodeId(5, 2), T.ExpandedNodeId, "ns=2;i=5"),
        (ua.ExpandedNodeId("A", 0, NamespaceUri="urn:x", ServerIndex=1), T.ExpandedNodeId, "svr=1;nsu=urn:x;s=A"),
        (ua.QualifiedName("Level", 0), T.QualifiedName, "Level"),
        (ua.QualifiedName(None, 0), T.QualifiedName, ""),
        (ua.LocalizedText(None), T.LocalizedText, ""),
        (ua.XmlElement(None), T.XmlElement, ""),
        (ua.StatusCode(0), T.StatusCode, "0x00000000 Good"),
        (ua.StatusCode(0x8FFF_0000), T.StatusCode, "0x8FFF0000"),
        (NO_TIME, T.DateTime, ""),
        (datetime(2026, 3, 1, 13, tzinfo=timezone(timedelta(hours=1))), T.DateTime, "2026-03-01T12:00:00.000000Z"),
        (datetime(2026, 3, 1, 12), T.DateTime, "2026-03-01T12:00:00.000000Z"),
        (None, T.ByteString, ""),
    ],
)
def test_how_it_is_shown(value, kind, text):
    assert text_of(value, kind) == text


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x", T.Guid),
        ("0", T.ByteString),
        ("yesterday", T.DateTime),
        ("1500-01-01T00:00:00Z", T.DateTime),
        ("ns=70000;i=5", T.NodeId),
        ("Filler", T.NodeId),
        ("70000:x", T.QualifiedName),
        ("BadIdea", T.StatusCode),
        ("-1", T.StatusCode),
        ("", T.StatusCode),
    ],
)
def test_what_is_wrong_is_refused_with_an_example(text: str, kind):
    with pytest.raises(ValueError, match=f"is no {kind.name} such as"):
        parsed(text, kind)


def test_only_texts_and_bytes_can_be_null():
    assert [kind for kind in TEXTS if can_be_null(kind)].count(T.Guid) == 0
    assert all(map(can_be_null, (T.String, T.ByteString, T.XmlElement)))
