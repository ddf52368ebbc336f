from hmi.core.errors import HmiError, Mistake, PlantError


def test_a_mistake_says_where_what_and_how_to_mend():
    mistake = Mistake("tags.csv", 12, "unknown type 'flot32'", "Did you mean float32?")
    assert str(mistake) == "tags.csv:12: unknown type 'flot32'. Did you mean float32?"


def test_a_warning_says_so_and_a_file_without_line_has_none():
    assert str(Mistake("plant.toml", 0, "x", "y.", severity="warning")) == "plant.toml: warning: x. y."


def test_a_plant_error_carries_every_mistake_in_order():
    error = PlantError([Mistake("b", 1, "second", "."), Mistake("a", 9, "first", ".")])
    assert [m.what for m in error.mistakes] == ["first", "second"]
    assert "1 more" in str(error)
    assert isinstance(error, HmiError)
