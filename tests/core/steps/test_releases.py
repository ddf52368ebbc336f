"""Releases at the station: who may sign what, in which order, and what becomes of it when the text changes."""

import msgspec
import pytest

from hmi.core.steps.answers import Refused
from hmi.core.steps.events import Person, Signature
from hmi.core.steps.model import Instruction, Release
from hmi.core.steps.releases import deed_of, done, record_of, standing, to_be_signed

DAY_NS = 86_400_000_000_000
ONE = Instruction(id="cip", title="CIP", revision="2", digest="aa", release=Release(written_by="A. Writer, process"))
WRITER = Person("writer", "administer")
PEOPLE = {name: Person(name, "engineer") for name in ("bea", "carl", "dora")}


def sign(deeds, act, name, why="", one=ONE, person=None):
    """The deeds with one more."""
    who = person or PEOPLE[name]
    printed = {"writer": "A. Writer"}.get(name, name.title())
    signature = Signature(printed, act, DAY_NS * len(deeds), to_be_signed(one, deeds))
    return [*deeds, done(act, one, deeds, who, signature, why)]


def test_from_draft_to_released_takes_two_people():
    deeds = sign([], "review", "bea")
    assert standing(ONE, deeds) == Release("reviewed", "A. Writer, process", "Bea", "", "1970-01-01")
    deeds = sign(deeds, "release", "carl")
    assert standing(ONE, deeds) == Release("released", "A. Writer, process", "Bea", "Carl", "1970-01-02")


def test_each_signature_is_bound_to_the_text_and_to_the_one_before():
    deeds = sign(sign([], "review", "bea"), "release", "carl")
    hashes = [one.signature.digest for one in deeds] + [to_be_signed(ONE, deeds)]
    other = msgspec.structs.replace(ONE, digest="bb")
    assert len({*hashes, to_be_signed(other, []), to_be_signed(other, deeds)}) == 5


@pytest.mark.parametrize(
    ("before", "act", "name", "code"),
    [
        ([], "release", "bea", "state"),  # nobody has reviewed it
        ([("review", "bea")], "release", "bea", "second"),
        ([("review", "bea")], "review", "carl", "state"),
        ([("review", "bea"), ("release", "carl")], "release", "dora", "state"),
        ([], "withdraw", "bea", "why"),
        ([], "publish", "bea", "act"),
    ],
)
def test_what_is_refused(before, act, name, code):
    deeds = []
    for done_, who in before:
        deeds = sign(deeds, done_, who)
    with pytest.raises(Refused) as refused:
        sign(deeds, act, name)
    assert refused.value.code == code


def test_who_wrote_it_neither_reviews_nor_releases_it():
    with pytest.raises(Refused, match=r"A\. Writer has written it"):
        sign([], "review", "writer", person=WRITER)
    with pytest.raises(Refused, match=r"A\. Writer has written it"):
        sign(sign([], "review", "bea"), "release", "writer", person=WRITER)


@pytest.mark.parametrize(
    ("act", "role", "well"),
    [
        ("review", "operate", False),
        ("review", "maintain", True),
        ("release", "maintain", False),
        ("release", "engineer", True),
        ("withdraw", "operate", False),
        ("withdraw", "maintain", True),
    ],
)
def test_each_takes_its_role(act, role, well):
    deeds = sign([], "review", "bea") if act == "release" else []
    person = Person("carl", role)
    if well:
        assert sign(deeds, act, "carl", "leaks", person=person)
    else:
        with pytest.raises(Refused, match="takes the role"):
            sign(deeds, act, "carl", "leaks", person=person)


def test_a_text_that_was_changed_since_is_what_its_file_says():
    deeds = sign(sign([], "review", "bea"), "release", "carl")
    changed = msgspec.structs.replace(ONE, digest="bb")
    assert standing(changed, deeds) == ONE.release
    assert standing(changed, sign(deeds, "review", "carl", one=changed)).state == "reviewed"


def test_withdrawn_says_why_and_comes_back_only_by_two_people():
    deeds = sign(sign(sign([], "review", "bea"), "release", "carl"), "withdraw", "dora", "wrong torque")
    stand = standing(ONE, deeds)
    assert (stand.state, stand.why, stand.released_by) == ("withdrawn", "wrong torque", "")
    with pytest.raises(Refused, match="withdrawn already"):
        sign(deeds, "withdraw", "bea", "again")
    with pytest.raises(Refused, match="only a reviewed one"):
        sign(deeds, "release", "bea")
    deeds = sign(deeds, "review", "dora")
    assert standing(ONE, sign(deeds, "release", "carl")).state == "released"


def test_a_withdrawal_of_the_files_is_final_and_a_release_of_the_files_can_be_withdrawn_here():
    released = msgspec.structs.replace(ONE, release=Release("released", "A. Writer", "R", "S", "2026-03-01"))
    assert standing(released, []) == released.release
    assert standing(released, sign([], "withdraw", "bea", "leaks", released)).state == "withdrawn"
    withdrawn = msgspec.structs.replace(ONE, release=Release("withdrawn", why="old"))
    assert standing(withdrawn, sign(sign([], "review", "bea"), "release", "carl")).state == "withdrawn"
    with pytest.raises(Refused, match=r"change releases\.toml first"):
        sign([], "review", "bea", one=withdrawn)


def test_it_comes_back_from_its_record():
    [deed] = sign([], "withdraw", "bea", "leaks")
    record = record_of(deed, "desk 1", "window")
    assert (record.category, record.event, record.subject, record.user) == ("release", "withdrawn", "cip", "bea")
    assert record.result == "CIP, revision 2, withdrawn by Bea: leaks"
    assert deed_of(record) == deed
    with pytest.raises(ValueError):
        deed_of(msgspec.structs.replace(record, value="{}"))
