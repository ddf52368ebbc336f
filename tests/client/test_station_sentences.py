"""What the engine says of the station's own troubles, in the operator's language."""

from __future__ import annotations

import re

import pytest

from hmi.client.language import speak
from hmi.client.sentences import said
from hmi.core.alarms.station import ends_in
from hmi.core.links import LOST
from hmi.core.outgoing import Backlog
from hmi.engine.forward_told import Told, note_of
from hmi.store.keeping import Room
from hmi.uplink.faults import not_connected

HOUR = 3_600 * 10**9
NOW = 1_000_000 * HOUR
OLD = Told("away", backlog=Backlog(10, 50_000_000, 7, NOW - 300 * HOUR))
ROOM = Room(used=1.9e9, days=10, per_day=1e8, limit=2e9, keep_days=400)


@pytest.mark.parametrize("code", ["de", "zh"])
@pytest.mark.parametrize(
    "text",
    [
        note_of(OLD, Room(used=1e9, days=10, per_day=1e8, limit=2e10), 24.0, NOW),
        note_of(OLD, ROOM._replace(limit=4e8), 24.0, NOW),
        ROOM.warning,
        ROOM._replace(by="disk", limit=2.5e9).warning,
        ROOM.text,
        ROOM._replace(days=1, per_day=0.0).text,
        ROOM._replace(used=0.1e9, limit=0.25e9, by="disk").text,
        ROOM._replace(limit=1e12).text,
        ROOM._replace(limit=1.8e9).text,
        LOST.format(count=12),
        f"{ends_in('the station', 5)} (connection filler)",
        f"{ends_in('the server opc.tcp://plc:4840', -1)} (connection filler)",
    ],
)
def test_each_trouble_is_said(text: str, code: str):
    speak(code)
    told = said(text)
    assert text and not re.search(r"\b(the|is|not|than|days?|renew|room|full|disk|yet)\b", told), told


def test_why_the_plant_server_takes_nothing():
    refused = not_connected(OSError('FATAL: password authentication failed for user "hmi"'))
    speak("de")
    assert said(str(refused)) == (
        "der Anlagenserver nimmt das Passwort dieser Station nicht an: das neue mit hmi secret set server eingeben: es "
        'gilt beim nächsten Versuch (FATAL: password authentication failed for user "hmi")'
    )


@pytest.mark.parametrize(
    ("text", "german"),
    [
        ("2 orders: 4711, 4712", "2 Aufträge: 4711, 4712"),
        ("by 7, version 4", "durch 7, Version 4"),
        (
            "7 is superseded: there is nothing to decide. by 8, version 5",
            "7 ist überholt: hier ist nichts zu entscheiden. durch 8, Version 5",
        ),
        (
            (
                "The engine does not change the folder that it runs (/plant): plant files are put into force here by "
                "hmi server accept on this computer, or hmi plant install"
            ),
            (
                "Die Engine ändert den Ordner nicht, mit dem sie läuft (/plant): Anlagendateien werden hier mit "
                "hmi server accept auf diesem Rechner in Kraft gesetzt, oder mit hmi plant install"
            ),
        ),
    ],
)
def test_what_came_from_the_plant_server(text: str, german: str):
    speak("de")
    assert said(text) == german
