"""Work instructions in the window: what is open and due, and the player that goes through a job step by step."""
