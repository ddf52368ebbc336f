"""Persons and signatures of jobs, by the station's accounts."""

from __future__ import annotations

import pytest

from hmi.engine.jobs_signing import NOBODY, CannotSign, Signing
from hmi.engine.people import Denied
from tests.engine.hall import GOOD, OTHER, at


async def test_without_accounts_people_are_their_computers_users(hall):
    signing = Signing(hall.people, hall.clock)
    assert not signing.can_sign()
    who = signing.who(at())
    assert (who.name, who.role, who.signed_in) == ("root", "view", False)
    with pytest.raises(CannotSign, match=NOBODY):
        await signing.sign(at(), "performed", ("kim", GOOD), "d")


async def test_who_is_signed_in_has_name_role_and_skills(hall):
    await hall.staffed()
    signing, desk = Signing(hall.people, hall.clock), at()
    await hall.people.sign_in(desk, "kim", GOOD + "!")
    who = signing.who(desk, "a.speed")
    assert (who.name, who.role, who.signed_in) == ("kim", "maintain", True)
    assert signing.who(desk, "b").role == "view"


async def test_a_signature_has_name_meaning_time_and_what_it_is_bound_to(hall):
    await hall.staffed()
    signing = Signing(hall.people, hall.clock)
    person, signature = await signing.sign(at(), "verified", ("Ada", GOOD), "hash", "a")
    assert (person.name, person.role) == ("ada", "administer")
    assert (signature.name, signature.meaning, signature.digest) == ("Ada Lund", "verified", "hash")
    assert signature.time_ns == hall.clock.now_ns()


async def test_a_wrong_password_and_a_person_without_a_role_sign_nothing(hall):
    desk = await hall.staffed()
    signing = Signing(hall.people, hall.clock)
    with pytest.raises(Denied, match="is wrong"):
        await signing.sign(at(), "performed", ("ada", "wrong"), "d")
    await hall.act(desk, "add", "new", password=OTHER, roles={"": "operate"})
    with pytest.raises(CannotSign, match="set a password of your own"):
        await signing.sign(at(), "performed", ("new", OTHER), "d")
