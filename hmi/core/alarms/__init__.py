"""Alarms after ISA-18.2: rules, the state machine, priorities. Pure: (state, batch, now) in, events out."""
