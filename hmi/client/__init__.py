"""Floor 3: the window: Qt, and nothing else has Qt."""
