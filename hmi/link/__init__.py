"""Floor 2: the street between the houses: messages between engine and client, in one process or over a socket."""
