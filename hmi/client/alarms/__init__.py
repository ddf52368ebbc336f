"""The alarm list and its help, and what the banner and the navigation make of the alarms."""
