"""Mimics: a screen of the plant on one painted widget."""

from hmi.client.mimic.canvas import Mimic

__all__ = ["Mimic"]
