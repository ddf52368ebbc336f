"""Faceplates: the small window of one machine (level 3), inside the window and never in its way."""
