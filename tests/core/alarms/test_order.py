"""How a list shows alarms, and which of two is told where there is room for one."""

from hmi.core.alarms import order
from tests.core.alarms.stories import Story, rule


def three():
    story = Story(rule(0, tag=0), rule(1, tag=1), rule(2, tag=2))
    for tag in range(3):
        story.values(95.0, tag=tag)
        story.alarms.raised_ns[tag] = tag
    return story


def test_a_list_shows_what_is_to_be_seen_first_then_the_newest():
    story = three()
    story.ack(2)
    assert order.display_order(story.rules, story.alarms, [0, 1, 2]).tolist() == [1, 0, 2]


def test_what_is_kept_quiet_comes_last():
    story = three()
    story.shelve(1)
    assert order.display_order(story.rules, story.alarms, [0, 1, 2]).tolist() == [2, 0, 1]


def test_the_first_of_a_flood_outranks_the_later_ones_and_the_unseen_the_seen():
    story = three()
    assert order.outranks(story.rules, story.alarms, 0, 1)
    story.ack(0)
    assert order.outranks(story.rules, story.alarms, 1, 0)
    story.shelve(1)
    assert order.outranks(story.rules, story.alarms, 0, 1)
