"""The parts of the trend page have their places."""

from hmi.client.trends.chooser import WIDTH


def test_the_plot_has_the_room_and_gives_some_to_the_chooser(qtbot, window):
    window.shell.go(":trends")
    page = window.shell.page
    qtbot.waitUntil(lambda: page.plot.width() > 400, timeout=3000)
    alone = page.plot.width()
    assert page.plot.height() > page.toolbar.height()
    assert page.toolbar.geometry().bottom() < page.plot.mapTo(page, page.plot.rect().topLeft()).y()
    assert page.table.y() > page.plot.mapTo(page, page.plot.rect().bottomLeft()).y()
    page.toolbar.choose_button.click()
    qtbot.waitUntil(lambda: page.plot.width() <= alone - WIDTH, timeout=3000)
