"""The checks from the controller to the engine pass as things are, and fail by name when a part is broken."""

ANOTHER_TEXT = """
_good = OpcUaGateway._set

async def _set(self, node, raw, status, now):
    await _good(self, node, "something else" if isinstance(raw, str) else raw, status, now)

OpcUaGateway._set = _set
"""


def test_modbus_passes(sabotage):
    assert "3 values live, 42.5 written, read back" in sabotage.passes("modbus")


def test_words_in_the_wrong_order_are_found(sabotage):
    broken = "_good = Registers\ndef Registers(tags, byte_order, word_order): return _good(tags, byte_order, 'little')"
    assert "trial." in sabotage.fails("modbus", {"hmi.sim.modbus": broken})


def test_an_opc_ua_library_that_is_missing_is_found(sabotage):
    assert "asyncua" in sabotage.fails("opc ua", {"hmi.sim.opcua": "raise ImportError('no asyncua here')"})


def test_opc_ua_passes(sabotage):
    assert "3 values live" in sabotage.passes("opc ua")


def test_a_text_that_comes_out_wrong_is_found(sabotage):
    text = sabotage.fails("opc ua", {"hmi.sim.opcua": ANOTHER_TEXT})
    assert "trial.an_open_secret reads 'something else'" in text


def test_an_alarm_lives_its_life(sabotage):
    assert "acknowledged, gone" in sabotage.passes("alarm")


def test_an_alarm_that_is_not_raised_is_found(sabotage):
    broken = "_init = Rule.__init__\ndef __init__(self, *a, **k): _init(self, *a, **{**k, 'limit': 99.0})\n"
    never = "95 % raised no alarm"
    assert never in sabotage.fails("alarm", {"hmi.core.alarms.rules": broken + "Rule.__init__ = __init__"}, never)


def test_an_acknowledgement_that_does_nothing_is_found(sabotage):
    broken = "AlarmRoom.acknowledge = lambda self, alarm, who, comment: (True, '', None)"
    never = "the alarm was acknowledged and is unacknowledged"
    assert never in sabotage.fails("alarm", {"hmi.engine.alarms": broken}, never)
