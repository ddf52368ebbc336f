"""One link in words, and the field for the reason to leave safe mode."""

import pytest

from hmi.client.outages.detail import LinkDetail
from hmi.core import links


@pytest.fixture
def detail(qtbot, desk):
    made = LinkDetail(desk)
    qtbot.addWidget(made)
    return made


def test_a_link_that_is_well_has_nothing_to_do(detail):
    detail.show_link(links.connection("line", "live"), False)
    assert detail.told["What to do"].whole == "–"
    assert detail.title.property("role") == ""
    assert detail.leaving.isHidden()


def test_blanks_are_no_reason(detail, qtbot):
    asked = []
    detail.leave_asked.connect(asked.append)
    detail.show_link(links.engine("crashed", ""), True)
    assert not detail.leaving.isHidden()
    detail.reason.setText("   ")
    detail.reason.returnPressed.emit()
    assert asked == [] and not detail.leave.isEnabled()
    detail.reason.setText(" mended ")
    detail.reason.returnPressed.emit()
    assert asked == ["mended"]
