from hmi.core.tags import Tag
from hmi.sim.generic import Generic

TAGS = (
    Tag(0, "a.temperature", "plc", "x", "float64", low=20.0, high=30.0),
    Tag(1, "a.count", "plc", "x", "uint16"),
    Tag(2, "a.running", "plc", "x", "bool"),
    Tag(3, "a.lot", "plc", "x", "string", length=8),
    Tag(4, "a.set_point", "plc", "x", "int32", low=0.0, high=10.0, access="rw"),
    Tag(5, "a.start", "plc", "x", "bool", access="rw"),
)


def test_values_move_within_their_ranges():
    generic = Generic(TAGS)
    seen: dict[str, set[object]] = {tag.name: set() for tag in TAGS}
    for _ in range(200):
        generic.step(1.0)
        for name, value in generic.read().items():
            seen[name].add(value)
    assert all(20.0 <= value <= 30.0 for value in seen["a.temperature"])
    assert max(seen["a.temperature"]) - min(seen["a.temperature"]) > 5.0
    assert all(isinstance(value, int) for value in seen["a.count"])
    assert seen["a.running"] == {True, False}
    assert seen["a.lot"] == {"lot"}


def test_what_is_written_stays_and_what_cannot_be_written_moves_on():
    generic = Generic(TAGS)
    assert generic.read()["a.set_point"] == 5
    generic.write("a.set_point", 7)
    generic.write("a.start", True)
    generic.write("a.temperature", 99.0)
    generic.step(5.0)
    values = generic.read()
    assert (values["a.set_point"], values["a.start"]) == (7, True)
    assert values["a.temperature"] <= 30.0
    assert generic.bad() == {}
