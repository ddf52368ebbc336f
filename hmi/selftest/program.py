"""The checks of the program itself: each part of it does its work here and now, from the controller to the paper."""

from __future__ import annotations

from typing import Final

from hmi.selftest.checks import Check
from hmi.selftest.controllers import alarm, modbus, opcua
from hmi.selftest.pages import letters, paper, updates, window
from hmi.selftest.protected import secure_channel
from hmi.selftest.records import history, journal

CHECKS: Final = (
    Check("letters", "text is really drawn on a screen", letters),
    Check("window", "the window shows every page of a plant with live values", window, 150.0),
    Check("modbus", "values of a Modbus controller arrive, and one is written and read back", modbus, 90.0),
    Check("opc ua", "values of an OPC UA server arrive, and one is written and read back", opcua, 120.0),
    Check(
        "secure channel",
        "a server is believed only when a person says so, and then nobody can listen in",
        secure_channel,
        120.0,
    ),
    Check("alarm", "an alarm is raised, acknowledged and gone again, and the journal has it all", alarm, 90.0),
    Check("history", "what was stored is read back to the last bit", history),
    Check("journal", "records stand in a chain, and a changed one is found", journal),
    Check("paper", "a page is printed as PDF with its letters", paper),
    Check("20000 updates", "the windows' library lives through 20,000 changes of a text", updates),
)
