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


def test_one_panel_at_a_time_beside_the_plot(qtbot, window):
    window.shell.go(":trends")
    page = window.shell.page
    bar = page.toolbar
    bar.groups_button.click()
    assert page.groups.isVisible() and page.sides.shown == "groups"
    bar.date_button.click()
    assert page.dates.isVisible() and not page.groups.isVisible()
    assert bar.date_button.isChecked() and not bar.groups_button.isChecked()
    bar.date_button.click()
    assert page.sides.shown == "" and not bar.date_button.isChecked()
    page.sides.show_panel("pens")
    page.chooser.closed.emit()
    assert not page.chooser.isVisible() and not bar.choose_button.isChecked()
