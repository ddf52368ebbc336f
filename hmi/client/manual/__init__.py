"""The manual in the window: its chapters, searched, and opened at what is shown."""
