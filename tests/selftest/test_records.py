"""The checks of the disk pass as things are, and fail by name when a part is broken."""


def test_history_passes(sabotage):
    assert sabotage.passes("history") == "20000 values of 3 tags, written, sealed and read back equal"


def test_a_value_that_is_lost_is_found(sabotage):
    broken = "_good = Reader.samples\ndef samples(self, *a, **k):\n"
    broken += "    return [one.cut(0, len(one) - 1) for one in _good(self, *a, **k)]\nReader.samples = samples"
    text = sabotage.fails("history", {"hmi.store.query": broken})
    assert "history of trial.number is not what was stored, as they were written" in text
    assert "6666 of 6667 values" in text


def test_a_block_that_comes_back_otherwise_is_found(sabotage):
    broken = "_good = Samples.of\n@classmethod\ndef of(cls, tag, columns, texts=()):\n"
    broken += "    found = _good(tag, columns, texts)\n"
    broken += "    found.value[found.value == found.value.max(initial=0.0)] *= 1.0000000001 if len(found) > 2 else 1\n"
    broken += "    return found\nSamples.of = of"
    assert "is not what was stored" in sabotage.fails("history", {"hmi.core.history": broken})


def test_the_journal_passes(sabotage):
    assert "a changed one was found" in sabotage.passes("journal")


def test_a_journal_that_proves_nothing_is_found(sabotage):
    broken = "verify_journal = lambda self: (True, 3, 'whole')\nJournalReader.verify_journal = verify_journal"
    assert "it proves nothing" in sabotage.fails("journal", {"hmi.store.records": broken})
