import pytest

from hmi.core.alarms.served import PLACES, SEVERITIES
from hmi.core.plant.load import check

HEAD = '[plant]\nid = "a"\nname = "A"\ntimezone = "UTC"\n'
LINE = '[[connection]]\nid = "plc"\ndriver = "opcua"\naddress = "opc.tcp://10.0.0.1:4840"\n'
TAGS = (
    "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description\n"
    "a.level,plc,ns=2;s=A,float64,,,,,,,,change,r,Level\n"
)


def read(text: str):
    return check({"plant.toml": HEAD + text, "tags.csv": TAGS}, {})


def mistakes(text: str) -> list[str]:
    return [f"{one.line}: {one.what}. {one.mend}" for one in read(text)[1] if "not used" not in one.what]


def test_a_plant_that_says_nothing_has_none():
    plant, _ = read(LINE)
    assert (plant.connections[0].conditions, plant.condition_places, plant.severities) == (False, 0, SEVERITIES)


def test_what_is_wanted_of_a_server_and_how_urgent_it_is():
    plant, found = read(
        LINE
        + 'conditions = true\ncondition_areas = ["ns=2;s=Cell", "/2:Cell"]\n[conditions]\nseverity = [900, 500, 1]\n'
    )
    assert [one for one in found if one.severity == "error"] == []
    assert plant.connections[0].condition_areas == ("ns=2;s=Cell", "/2:Cell")
    assert (plant.condition_places, plant.severities) == (PLACES, (900, 500, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('conditions = true\ncondition_areas = ["Cell"]\n', "10: "),
        ('conditions = true\ncondition_areas = ["index=3;ns=2;s=A"]\n', "is not a node that tells of events"),
        ('condition_areas = ["ns=2;s=Cell"]\n', "does nothing without conditions"),
        ("conditions = true\n[conditions]\nseverity = [400, 600, 800]\n", "is not falling"),
        ("conditions = true\n[conditions]\nseverity = [800, 600]\n", "severity"),
        ("conditions = true\n[conditions]\nseverity = [1001, 600, 1]\n", "severity"),
        ("conditions = 1\n", "conditions"),
        ("conditions = true\n[conditions]\nseverities = [801, 601, 401]\n", "severity"),
        (f"conditions = true\ncondition_areas = {['ns=2;s=Cell'] * 65}\n", "64 at the most"),
    ],
)
def test_every_mistake_says_how_to_mend_it(text, said):
    assert any(said in mistake for mistake in mistakes(LINE + text)), mistakes(LINE + text)


def test_a_modbus_device_keeps_none():
    text = '[[connection]]\nid = "plc"\ndriver = "modbus"\naddress = "tcp://10.0.0.1"\nconditions = true\n'
    assert any("does nothing for modbus" in mistake for mistake in mistakes(text))
