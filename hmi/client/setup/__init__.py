"""The first start of a new station: what it is told of itself before anybody works at it."""
