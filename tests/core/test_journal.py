import msgspec
import pytest

from hmi.core.journal import Record


def test_a_record_survives_the_wire():
    record = Record(time_ns=1, category="write", event="confirmed", subject="a.b", value=1.5, old="x", user="eve")
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(record), type=Record) == record


def test_a_record_cannot_be_changed_afterwards():
    record = Record(time_ns=1, category="system", event="started", subject="engine")
    with pytest.raises(AttributeError):
        record.event = "stopped"
