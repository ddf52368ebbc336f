import numpy as np

from hmi.core import quality as q
from hmi.core.batch import FLAG_NOT_LIVE, FLAG_TEXT, ROW, Batch
from hmi.core.tags import Tag, TagTable

NOW = 1_772_000_000_000_000_000


def table(deadband=0.0):
    return TagTable(
        [
            Tag(0, "a.level", "plc", "ns=2;s=A", "float64", deadband=deadband),
            Tag(1, "a.count", "plc", "ns=2;s=B", "uint64"),
            Tag(2, "a.lot", "plc", "ns=2;s=C", "string"),
        ]
    )


def text_row(tag, text):
    rows = np.zeros(1, ROW)
    rows["tag"], rows["value"], rows["flags"], rows["time"] = tag, np.nan, FLAG_TEXT, NOW
    return Batch(rows, (text,))


def test_a_tag_that_never_came_is_waiting_not_zero():
    cells = table()
    assert cells.quality.tolist() == [q.BAD_WAITING] * 3
    assert np.isnan(cells.value).all()


def test_the_last_row_of_a_tag_wins():
    cells = table()
    touched = cells.apply(Batch.of([0, 1, 0], [1.0, 5.0, 2.0], NOW, NOW))
    assert touched.tolist() == [0, 1]
    assert cells.value[:2].tolist() == [2.0, 5.0]


def test_changed_since_names_what_changed_and_nothing_else():
    cells = table()
    cells.apply(Batch.of([0], [1.0], NOW, NOW))
    seen = cells.counter
    assert cells.changed_since(seen).tolist() == []
    cells.apply(Batch.of([1], [1.0], NOW, NOW))
    assert cells.changed_since(seen).tolist() == [1]
    assert cells.changed_since(0).tolist() == [0, 1]


def test_deadband_keeps_small_changes_out_but_counts_them_as_life():
    cells = table(deadband=0.5)
    cells.apply(cells.news(Batch.of([0], [10.0], NOW, NOW)))
    quiet = cells.news(Batch.of([0], [10.3], NOW, NOW + 7))
    assert len(quiet) == 0
    assert cells.received[0] == NOW + 7
    assert len(cells.news(Batch.of([0], [10.5], NOW, NOW))) == 1


def test_the_same_value_again_is_life_but_no_news():
    cells = table()
    cells.apply(cells.news(Batch.of([0, 1], [10.0, np.nan], NOW, NOW)))
    cells.apply(cells.news(text_row(2, "LOT-7")))
    assert len(cells.news(Batch.of([0, 1], [10.0, np.nan], NOW + 1, NOW + 1))) == 0
    assert len(cells.news(text_row(2, "LOT-7"))) == 0
    assert len(cells.news(text_row(2, "LOT-8"))) == 1
    assert cells.received[0] == NOW + 1


def test_integers_that_a_float_cannot_tell_apart_are_news():
    cells = table()
    rows = np.zeros(1, ROW)
    rows["tag"], rows["raw"], rows["value"] = 1, 2**53, 2.0**53
    cells.apply(cells.news(Batch(rows)))
    again = rows.copy()
    again["raw"] += 1
    assert len(cells.news(Batch(again))) == 1


def test_a_change_of_quality_is_news_within_the_deadband():
    cells = table(deadband=0.5)
    cells.apply(cells.news(Batch.of([0], [10.0], NOW, NOW)))
    assert len(cells.news(Batch.of([0], [10.0], NOW, NOW, quality=q.UNCERTAIN))) == 1
    assert len(cells.news(Batch.of([0], [np.nan], NOW, NOW))) == 1


def test_deadband_never_drops_a_pulse_inside_a_batch():
    cells = table(deadband=0.5)
    cells.apply(Batch.of([0], [10.0], NOW, NOW))
    kept = cells.news(Batch.of([0, 0, 0], [10.1, 99.0, 10.2], NOW, NOW))
    assert kept.rows["value"].tolist() == [10.1, 99.0, 10.2]


def test_text_goes_in_and_comes_out():
    cells = table()
    cells.apply(text_row(2, "LOT-7"))
    out = cells.rows([2, 0])
    assert out.texts == ("LOT-7",)
    assert cells.text[2] == "LOT-7"


def test_marking_keeps_the_last_value_and_says_that_it_is_old():
    cells = table()
    cells.apply(Batch.of([0], [42.0], NOW, NOW))
    cells.apply(cells.mark(np.array([0]), q.UNCERTAIN_LAST_USABLE, NOW + 5, FLAG_NOT_LIVE))
    assert cells.value[0] == 42.0
    assert q.word(int(cells.quality[0])) == "stale"
    assert cells.flags[0] & FLAG_NOT_LIVE
    assert cells.received[0] == NOW  # its age goes on counting


def test_exact_integers_survive_beside_the_number():
    cells = table()
    rows = np.zeros(1, ROW)
    rows["tag"], rows["raw"], rows["value"] = 1, -1, 2.0**64
    cells.apply(Batch(rows))
    assert int(cells.rows([1]).rows["raw"][0]) == -1


def test_infinities_are_values_like_others():
    cells = table(deadband=0.5)
    steps = (np.inf, np.inf, -np.inf, 1e308, -1e308)
    news = []
    for value in steps:
        batch = cells.news(Batch.of([0], [value], NOW, NOW, quality=q.GOOD))
        cells.apply(batch)
        news.append(len(batch))
    assert news == [1, 0, 1, 1, 1]


def test_tags_touched_are_named_once_and_in_order_whatever_order_they_came_in():
    cells = table()
    cells.apply(Batch.of([1], [1.0], NOW, NOW))
    assert cells.apply(Batch.of([1, 0, 1], [1.0, 2.0, 3.0], NOW, NOW)).tolist() == [0, 1]
    assert cells.apply(Batch.of([0, 1], [1.0, 2.0], NOW, NOW)).tolist() == [0, 1]
