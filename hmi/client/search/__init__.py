"""Finding anything in the plant by typing a part of it, or by reading the code on a machine."""
