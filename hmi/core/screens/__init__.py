"""Screens and symbols: parsed text, no pixels."""

from hmi.core.screens.model import Binding, Element, Screen, Shape, Symbol

__all__ = ["Binding", "Element", "Screen", "Shape", "Symbol"]
