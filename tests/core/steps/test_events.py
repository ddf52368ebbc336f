"""Events as they are kept, and the hash that a signature is bound to."""

import msgspec

from hmi.core.steps.conditions import Reading
from hmi.core.steps.events import Event, Signature, digest_of

EVENT = Event(
    kind="answered",
    time_ns=5,
    user="ann",
    step="a",
    turn=3,
    to="",
    value=1.5,
    tags={"t.x": Reading(1.0, 0, 4)},
    signature=Signature("ann", "performed", 5, "d"),
)


def test_an_event_comes_back_as_it_was():
    for event in (EVENT, msgspec.structs.replace(EVENT, to=None, value="text", tags={"t.x": Reading("on")})):
        assert msgspec.json.decode(msgspec.json.encode(event), type=Event) == event


def test_the_hash_is_of_every_event_and_of_their_order():
    other = msgspec.structs.replace(EVENT, value=1.6)
    found = {digest_of("p", events) for events in ([], [EVENT], [other], [EVENT, other], [other, EVENT])}
    assert len(found | {digest_of("q", [EVENT])}) == 6
