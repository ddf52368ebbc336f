"""The plant's equipment."""

from hmi.core.plant.equipment import Equipment


def test_equipment_without_a_type_has_no_faceplate() -> None:
    assert Equipment("line1", "Line 1", "line").faceplate is None
