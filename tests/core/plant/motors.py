"""A small plant of two motors of one type, for the tests of templates and what they make."""

from __future__ import annotations

from pathlib import Path

SYMBOLS = Path(__file__).parents[3] / "screens" / "symbols"
LIBRARY = {f"symbols/{name}.toml": (SYMBOLS / f"{name}.toml").read_text() for name in ("value", "button", "motor")}
HEADER = "tag,connection,address,type,unit,low,high,scale,offset,deadband,period_ms,history,access,description"
TAGS = [
    "running,bool,,r",
    "speed,float64,1/min,r",
    "start,bool,,rw",
    "door,bool,,r",
    "hours,float64,h,r",
    "name,string,,r",
]
TEXTS = {
    "plant.toml": '[plant]\nid = "p"\nname = "P"\ntimezone = "UTC"\n'
    '[[connection]]\nid = "plc"\ndriver = "opcua"\naddress = "opc.tcp://plc"\n',
    "tags.csv": f"{HEADER}\n"
    + "".join(
        f"line.{machine}.{name},plc,ns=2;s={machine}.{name},{type_},{unit},,,,,,,,{access},{name} of {machine}\n"
        for machine in ("m1", "m2")
        for name, type_, unit, access in (tag.split(",") for tag in TAGS)
        if (machine, name) != ("m2", "hours")
    ),
    "screens/top.toml": '[screen]\nid = "top"\ntitle = "Top"\nlevel = 2\nsize = [800, 600]\nparent = "top"\n'
    '[[element]]\nequipment = "m1"\nat = [0, 0]\ngo = "m1-detail"\n',
    "templates/motor.toml": """[template]
id = "motor"
symbol = "motor"
bind = { state = ".running" }
parameters = { max = 1500 }
pens = [".speed", ".hours"]
maintenance = [".hours", ".speed"]

[[member]]
name = "running"

[[member]]
name = "speed"
label = "Speed of ${name}"

[[member]]
name = "hours"
required = false

[[interlock]]
needs = "not .door"
blocked = "Door of ${name} is open: close it"
member = ".start"

[[interlock]]
needs = ".hours < 1000"
blocked = "Service is due"

[[alarm]]
id = ".speed.high"
tag = ".speed"
type = "level_h"
limit = "${max}"
suppress_when = ".running == 0"

[[alarm]]
id = ".hours.high"
tag = ".hours"
type = "level_h"
limit = 1000

[[part]]
name = "faceplate"
size = [360, 420]

[[part.element]]
symbol = "value"
at = [10, 10]
tag = ".speed"
range = [0, "${max}"]

[[part]]
name = "detail"
title = "${name}, diagnostics"
size = [800, 600]

[[part.element]]
symbol = "value"
at = [10, 10]
tag = ".hours"
""",
    "equipment.toml": """[[equipment]]
id = "line"
name = "Line"
kind = "line"
screen = "top"

[[equipment]]
id = "m1"
name = "Motor 1"
parent = "line"
path = "line.m1"
template = "motor"
with = { max = 900 }

[[equipment]]
id = "m2"
name = "Motor 2"
path = "line.m2"
template = "motor"
screen = "top"
""",
}
