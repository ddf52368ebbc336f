"""The check of the protected channel fails by name when the protection is broken."""

# An engine says that it is ready when ten seconds have passed and a server could not be used.
QUICK = {"hmi.engine.engine": "Engine.__init__.__kwdefaults__['ready_s'] = 0.5"}

# The check waits for half a minute whether a person is asked; here it ends as soon as the engine has said why not.
TOLD = """
_as_ever = Station.until

def until(self, wanted, otherwise):
    def or_told():
        if "does not offer" in self.reason:
            raise Failed(otherwise)
        return wanted()
    return _as_ever(self, or_told, otherwise)

Station.until = until
"""

CARELESS = """
_init = Protection.__init__

def __init__(self, connection, *more):
    from dataclasses import replace
    _init(self, replace(connection, security="None"), *more)

Protection.__init__ = __init__
"""


def test_a_server_without_protection_is_found(sabotage):
    broken = "async def _protect(self, now_ns): pass\nOpcUaGateway._protect = _protect"
    text = sabotage.fails("secure channel", {"hmi.sim.opcua": broken, "hmi.selftest.station": TOLD, **QUICK})
    assert "does not offer Basic256Sha256:SignAndEncrypt" in text


def test_a_channel_that_can_be_listened_to_is_found(sabotage):
    """A driver that quietly takes what is offered without protection."""
    text = sabotage.fails("secure channel", {"hmi.drivers.opcua_security": CARELESS, **QUICK})
    assert "a server that nobody knows was believed" in text


def test_values_in_clear_are_found(sabotage):
    """All goes well, and the word is on the wire all the same."""
    broken = "_meet_as_before = _meet\ndef _meet(station):\n    _meet_as_before(station)\n"
    broken += "    station.heard.extend(b'an_open_secret')"
    text = sabotage.fails("secure channel", {"hmi.selftest.protected": broken, **QUICK})
    assert "went over the network in clear" in text
