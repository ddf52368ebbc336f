"""How far instructions have come at a station: its own signatures over what the files say."""

from dataclasses import replace

from hmi.core.steps.events import Signature
from hmi.core.steps.model import Instruction, Release
from hmi.core.steps.releases import Deed
from hmi.engine.jobs_releases import Releases
from tests.engine.toy import plant

CIP = Instruction(id="cip", title="CIP", digest="aa")
PLANT = replace(plant(), instructions={"cip": CIP, "start": Instruction(id="start", title="Start", digest="bb")})


def deed(state, digest="aa"):
    signature = Signature("Bea", "approved", 1, "d")
    told = {"instruction": "cip", "title": "CIP", "revision": "1", "time_ns": 1, "user": "bea"}
    return Deed(state=state, digest=digest, signature=signature, **told)


def test_without_signatures_the_files_hold():
    assert Releases().over(PLANT) is PLANT
    assert Releases({"cip": [deed("released", "old text")]}).over(PLANT) is PLANT


def test_what_was_signed_holds_for_its_text_alone():
    releases = Releases({"cip": [deed("reviewed")]})
    releases.add(deed("released"))
    over = releases.over(PLANT)
    assert {name: one.release.state for name, one in over.instructions.items()} == {"cip": "released", "start": "draft"}
    assert PLANT.instructions["cip"].release == Release()
    assert [one.state for one in releases.of("cip")] == ["reviewed", "released"] and releases.of("x") == []
