"""Floor 1: the plant's logic, pure. Standard library, numpy and msgspec; no I/O, no clock, no threads, no Qt."""
