"""Who keeps up with the alarms is told what changed, and nobody misses anything."""

from hypothesis import given
from hypothesis import strategies as st

from hmi.client.alarms.rows import AlarmRows, Follower
from hmi.link.messages import AlarmRow


def test_what_changed_since_the_last_look_each_once():
    alarms, follower = AlarmRows(), Follower()
    alarms.put(AlarmRow(3, "unacknowledged"))
    assert follower.changed(alarms, {}) == [3]
    known = dict(alarms)
    assert follower.changed(alarms, known) == []
    alarms.put(AlarmRow(3, "acknowledged"))
    alarms.put(AlarmRow(5, "unacknowledged"))
    alarms.put(AlarmRow(5, "acknowledged"))
    alarms.drop(3)
    alarms.drop(9)  # was not there
    assert follower.changed(alarms, known) == [3, 5]


def test_whoever_is_far_behind_or_sees_other_alarms_compares_everything(monkeypatch):
    monkeypatch.setattr("hmi.client.alarms.rows._MOST", 8)
    alarms, follower = AlarmRows(), Follower()
    alarms.put(AlarmRow(0, "shelved"))
    follower.changed(alarms, {})
    known = dict(alarms)
    for rule in range(1, 20):
        alarms.put(AlarmRow(rule, "shelved"))
    assert alarms.since(1) is None
    assert follower.changed(alarms, known) == list(range(1, 20))
    assert follower.changed(AlarmRows(), {1: AlarmRow(1, "shelved")}) == [1]
    assert follower.changed({2: AlarmRow(2, "shelved")}, {}) == [2]  # any other mapping


steps = st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.booleans()), max_size=40)


@given(steps)
def test_a_follower_ends_with_what_there_is(steps):
    alarms, follower, known = AlarmRows(), Follower(), {}
    for rule, comes, looks in [*steps, (0, True, True)]:
        alarms.put(AlarmRow(rule, "unacknowledged")) if comes else alarms.drop(rule)
        if looks:
            for changed in follower.changed(alarms, known):
                if changed in alarms:
                    known[changed] = alarms[changed]
                else:
                    known.pop(changed, None)
            assert known == alarms
