"""What is not sealed, asked for many tags at once: what asking for each of them gives."""

from __future__ import annotations

import numpy as np

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT, Batch, join
from hmi.store.instant import batch_of, side_by_side
from hmi.store.lately import NEVER, lately
from hmi.store.slab import Slab
from hmi.store.unsealed import Committed, Second, Unsealed
from tests.store.made import HOUR, MIDNIGHT, rows_of, texts_of

NAMES = ["t0", "t1", "no.such", "t2", "t3", "t4", "t5"]
TAGS = {f"t{number}": (number, "c") for number in range(7)}


def committed() -> Committed:
    """Some tags in every second, some in few, late ones, two of one moment, a text, times that cannot be right."""
    rng = np.random.default_rng(3)
    unsealed = Unsealed()
    unsealed.tags = TAGS
    for seq in range(1, 90):
        at = MIDNIGHT + 1000 * seq
        rows = [rows_of(0, [at, at], [seq, -seq]), rows_of(1, [at - int(rng.integers(0, 9000))], [seq])]
        if seq % 17 == 0:
            rows.append(rows_of(3, [at - 500, at - 700], [seq, seq + 0.5]))
        odd = rows_of(4, [at], [seq])
        odd["flags"], odd["time"], odd["quality"], odd["raw"] = FLAG_TIME_SUSPECT, 7, seq, -seq
        batch = join([Batch(np.concatenate([*rows, odd])), texts_of(5, [at, at + 1], [f"on {seq}", "off"])])
        ordered = batch.rows[np.argsort(batch.rows["tag"], kind="stable")]
        unsealed.add([Second(seq, MIDNIGHT // HOUR * HOUR, Slab.of(ordered["tag"], ordered, batch.texts))])
    return unsealed.committed()


def each(found: Committed, when: int) -> Batch:
    kept = [(place, found.before(name, when)) for place, name in enumerate(NAMES)]
    return batch_of([(place, one) for place, one in kept if one is not None])


def test_all_at_once_are_what_each_alone_is() -> None:
    found = committed()
    for when in (*range(MIDNIGHT + 900, MIDNIGHT + 91_000, 1501), MIDNIGHT + 60_000, MIDNIGHT - HOUR, MIDNIGHT + HOUR):
        all_of_them, wanted = lately(found, NAMES, when), each(found, when)
        places = np.flatnonzero(all_of_them.at != NEVER)
        got = all_of_them.batch(places)
        assert got.texts == wanted.texts
        assert got.rows.tobytes() == wanted.rows.tobytes()
        assert all_of_them.at[places].tolist() == wanted.rows["received"].tolist()


def test_a_text_that_a_newer_value_without_one_replaces_is_not_told() -> None:
    """A clock was set back: what was committed last is the older one."""
    unsealed = Unsealed()
    unsealed.tags = TAGS
    for seq, batch in ((1, Batch(rows_of(5, [MIDNIGHT + 9], [4.0]))), (2, texts_of(5, [MIDNIGHT + 5], ["on"]))):
        unsealed.add([Second(seq, MIDNIGHT // HOUR * HOUR, Slab.of(batch.rows["tag"], batch.rows, batch.texts))])
    for when, texts, value in ((MIDNIGHT + 9, (), 4.0), (MIDNIGHT + 8, ("on",), np.nan)):
        found = lately(unsealed.committed(), ["t5"], when).batch(np.zeros(1, np.int64))
        assert found.texts == texts
        np.testing.assert_array_equal(found.rows["value"], [value])


def test_nothing_committed_is_nothing_found() -> None:
    found = lately(Committed((), {}), NAMES, MIDNIGHT)
    assert set(found.at.tolist()) == {NEVER}
    assert len(lately(committed(), [], MIDNIGHT).at) == 0


def test_two_parts_of_an_answer_keep_the_order_of_the_question() -> None:
    one, other = texts_of(1, [5], ["b"]), texts_of(0, [6], ["a"])
    both = side_by_side(one, other)
    assert (both.rows["tag"].tolist(), both.texts, both.rows["raw"].tolist()) == ([0, 1], ("a", "b"), [0, 1])
    assert (both.rows["flags"] == FLAG_TEXT).all()
    assert side_by_side(one, Batch.empty()) is one
    assert side_by_side(Batch.empty(), one) is one
