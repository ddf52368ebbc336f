"""HMI: an operator's window on a plant, straight from its controllers, with its own history."""

__version__ = "0.1.0"
