"""The lines of the alarm list: in order, grouped, folded."""

from hmi.client.alarms.belongings import Filter


def lines(model):
    entries = [model.entry(n) for n in range(len(model))]
    return [entry.group.place if entry.group else entry.rule for entry in entries]


def test_lines_come_in_display_order(model, tell):
    tell((2, "unacknowledged"), (3, "unacknowledged"), (0, "acknowledged"), (1, "unacknowledged"))
    assert sorted(model.put()) == [0, 1, 2, 3]
    assert lines(model) == [1, 2, 3, 0]
    tell((3, "normal"))
    assert model.put() == [3]
    assert lines(model) == [1, 2, 0]
    assert [row.rule for row in model.rows] == [1, 2, 0]


def test_a_filter_leaves_the_others_out(model, tell):
    tell((0, "unacknowledged"), (3, "acknowledged"))
    model.put()
    model.filter(Filter(state="acknowledged"))
    assert lines(model) == [3]
    model.filter(Filter(text="overflows"))
    assert lines(model) == [0]
    assert not model.has(3)


def test_groups_have_a_head_with_the_alarm_that_came_first(model, tell):
    tell((2, "unacknowledged"), (0, "unacknowledged"), (3, "unacknowledged"))
    model.put()
    model.group(True)
    assert lines(model) == ["tank", 0, 2, "overview", 3]
    head = model.entry(0)
    assert (head.group.first, head.group.priority) == (2, 1)
    model.turn(head.group)
    assert lines(model) == ["tank", "overview", 3]


def test_a_folded_list_has_a_line_for_each_machine_and_hides_no_priority_one(model, tell):
    tell((2, "unacknowledged"), (1, "unacknowledged"), (0, "unacknowledged"), (3, "unacknowledged"))
    model.put()
    model.fold(True)
    assert lines(model) == [0, "tank", 3]
    group = model.entry(1).group
    assert group.rules == (2, 1)
    model.turn(group)
    assert lines(model) == [0, "tank", 2, 1, 3]
    model.fold(False)
    assert lines(model) == [0, 1, 2, 3]


def test_a_long_list_is_put_in_order_a_few_times_a_second(model, tell, clock, monkeypatch):
    monkeypatch.setattr("hmi.client.alarms.model.LONG", 0)
    tell((2, "unacknowledged"))
    assert model.put() == [2]
    tell((3, "unacknowledged"))
    assert (model.put(), model.late) == ([], True)
    clock.advance(0.2)
    assert (model.put(), model.late) == ([3], False)
    assert lines(model) == [2, 3]


def test_on_the_shelf_what_comes_back_first_stands_first(model, tell, desk):
    now = desk.mirror.now_ns()
    tell((0, "shelved"), quiet_until_ns=now + 9)
    tell((3, "shelved"), quiet_until_ns=now + 5)
    model.put()
    assert lines(model) == []
    model.show("shelved")
    assert lines(model) == [3, 0]
