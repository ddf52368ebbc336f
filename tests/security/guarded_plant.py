"""The plant of the doors' trial, as text: two controllers, one screen, an instruction, an alarm, policies."""

POLICIES = """
[[policy]]
tags = ["door.engineers"]
role = "engineer"

[[policy]]
tags = ["door.locked", "door.locked_register"]
interlock = [{ needs = "door.count < 1", blocked = "The machine turns: stop it first" }]

[[policy]]
tags = ["door.push", "door.enable"]
reason = false
"""
STATIONS = """
[access]
everyone = "operate"

[[station]]
id = "slate"
name = "A tablet"
kind = "tablet"
"""
OVERVIEW = """
[screen]
id = "overview"
title = "Overview"
level = 1
size = [1600, 900]

[[element]]
symbol = "value"
at = [1000, 20]
label = "Count"
bind.value = "door.count"
"""
SCREEN = """
[screen]
id = "doors"
title = "Doors"
level = 2
parent = "overview"
size = [1600, 900]

[[element]]
symbol = "button"
at = [1000, 120]
label = "Push"
write = "door.push"
"""
SETPOINT = """
[[element]]
symbol = "setpoint"
at = [20, {y}]
size = [500, 40]
label = "{name}"
tag = "{name}"
write = "{name}"
"""
TEMPLATE = """
[template]
id = "cell"
symbol = "pump"

"""
PART = """
[[part]]
name = "faceplate"
size = [384, 900]
"""
OPERATE = """
[[part.element]]
symbol = "setpoint"
at = [20, {y}]
size = [340, 40]
label = "{name}"
tag = ".{name}"
write = ".{name}"
"""
EQUIPMENT = """
[[equipment]]
id = "cell"
name = "Cell"
kind = "line"
path = "door"
template = "cell"
screen = "doors"
"""
INSTRUCTION = """+++
title = "Set {name}"
+++

## How much

```step
id = "much"
type = "number"
```

## Send it

```step
id = "send"
type = "write"
tag = "{name}"
from = "much"
confirm = "Sets it"
```
"""
RELEASE = """
[[release]]
instruction = "{name}"
state = "released"
digest = "{digest}"
written_by = "W. Writer"
reviewed_by = "R. Reader"
released_by = "S. Safety"
on = 2026-03-16
"""
ALARM = """
[[alarm]]
id = "door.turns"
tag = "door.count"
type = "level_h"
limit = 1.0
class = "process"
consequence = "minor"
respond_min = 10
title = "It turns"
cause = "It was started"
effect = "It turns"
action = "None"
status = "approved"
rationalised_by = "J. Process"
rationalised_on = 2026-03-01
"""
