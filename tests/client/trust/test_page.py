"""The page of certificates, as people use it: everybody looks, an administrator decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt

from hmi.client.page import SYSTEM, TRUST
from hmi.client.trust.page import TrustPage
from hmi.client.window import Window
from hmi.clock import MachineClock
from hmi.drivers.certificates import fingerprint
from hmi.drivers.pki import Pki
from hmi.drivers.trusted import own_facts, server_facts
from hmi.link.messages import Reply, Request
from tests.client.conftest import SmallEngine
from tests.drivers.papers import paper

NOW_NS = MachineClock().now_ns()
FILLER, LABELLER = paper("Filler"), paper("Labeller", uri="urn:plant:labeller")
ADA = {"name": "ada", "full_name": "Ada Lund", "roles": {"": "administer"}, "must_change": False}


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    """A station at which two servers have knocked; one is trusted."""
    made = Pki(tmp_path)
    made.reject(FILLER)
    made.reject(LABELLER)
    made.accept(made.find(fingerprint(LABELLER))[0])
    return made


@pytest.fixture
def page(window: Window, engine: SmallEngine, pki: Pki, tmp_path: Path) -> TrustPage:
    """The page in front, reached from the system's; the engine tells what really lies in the folders."""

    def told(request: Request) -> Reply:
        body = own_facts(pki, NOW_NS) | {"servers": server_facts(tmp_path, NOW_NS), "may": True, "role": "administer"}
        return Reply(request.number, True, "", body)

    engine.answers["certificates"] = told
    engine.answers["sign_in"] = lambda request: Reply(request.number, True, "", {"person": ADA})
    assert window.shell is not None
    window.shell.go(SYSTEM)
    window.shell.page.trust.click()  # type: ignore[union-attr]
    window.frame.beat()
    made = window.shell.page
    assert isinstance(made, TrustPage) and made.key == TRUST
    return made


def signed_in(page: TrustPage, window: Window) -> None:
    window.present.sign_in("ada", "x", "password", lambda _: None)
    window.frame.beat()
    page.pulse(True)
    window.frame.beat()  # what it asked for then has come


def decisions(engine: SmallEngine) -> list[dict[str, Any]]:
    return [one.args for one in engine.requests if one.verb == "certificate"]


def test_what_waits_stands_first_with_all_that_is_known(page: TrustPage):
    assert [row[:2] for row in page.model.rows] == [("Waiting for a decision", "Filler"), ("Trusted", "Labeller")]
    assert page.mark.whole.replace(" ", "").replace("\n", "") == fingerprint(FILLER)
    assert page.own.whole.startswith("HMI on ")
    texts = [page.about.itemAt(at).widget().text() for at in range(page.about.count())]  # type: ignore[union-attr]
    assert "filler.plant, 127.0.0.1" in texts and "Waiting for a decision" in texts


def test_whoever_is_no_administrator_may_only_look(page: TrustPage):
    page.pulse(True)
    shown = [one for one in (*page.acts.values(), page.renew, page.use) if one.isVisible()]
    assert shown and not any(one.isEnabled() for one in shown)
    assert "administrator" in shown[0].toolTip()
    assert page.export.isEnabled(), "the station's own certificate is no secret"


def test_trust_takes_a_comparison_and_a_reason(page: TrustPage, window: Window, engine: SmallEngine, qtbot: Any):
    signed_in(page, window)
    qtbot.mouseClick(page.acts["accept"], Qt.MouseButton.LeftButton)
    sheet = page.sheet
    assert sheet is not None and sheet.compared.isVisible()
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert "Compare the fingerprint first" in sheet.complaint.whole
    sheet.compared.setChecked(True)
    sheet.send()
    assert "Say why" in sheet.complaint.whole and decisions(engine) == []
    engine.answers["certificate"] = lambda request: Reply(request.number, False, "That takes the role administer")
    qtbot.keyClicks(sheet.why, "compared at the cabinet")
    sheet.send()
    window.frame.beat()
    assert "takes the role" in sheet.complaint.whole and sheet.go.isEnabled()
    engine.answers["certificate"] = lambda request: Reply(request.number, True, "it is trusted from now on")
    sheet.send()
    window.frame.beat()
    wanted = {"act": "accept", "fingerprint": fingerprint(FILLER), "why": "compared at the cabinet"}
    assert decisions(engine) == [wanted, wanted]
    assert page.sheet is None and page.told.whole == "It is trusted from now on"


def test_another_line_offers_what_fits_it(page: TrustPage, window: Window):
    signed_in(page, window)
    page.table.selectRow(1)
    shown = [act for act, one in page.acts.items() if one.isVisible()]
    assert shown == ["refuse", "remove"]


def test_renewing_is_two_steps(page: TrustPage, window: Window, engine: SmallEngine, pki: Pki):
    signed_in(page, window)
    assert (page.renew.isVisible(), page.use.isVisible()) == (True, False)
    pki.renewed(NOW_NS)
    page.ask()
    window.frame.beat()
    assert (page.renew.isVisible(), page.use.isVisible()) == (False, True)
    assert "not in use" in page.own_warning.whole
    page.decide("use")
    assert page.sheet is not None
    page.sheet.why.setText("all servers have it")
    page.sheet.send()
    assert decisions(engine)[-1]["act"] == "use"


def test_the_certificate_goes_out_as_servers_import_it(page: TrustPage, pki: Pki, tmp_path: Path):
    file = tmp_path / "station.der"
    page.save(file)
    assert file.read_bytes() == pki.own(NOW_NS).der
    page.save(tmp_path / "nowhere" / "station.der")
    assert "cannot be written" in page.told.whole


def test_leaving_the_page_closes_the_sheet(page: TrustPage, window: Window):
    signed_in(page, window)
    page.decide("accept")
    assert window.shell is not None
    window.shell.go(SYSTEM)
    assert page.sheet is None
