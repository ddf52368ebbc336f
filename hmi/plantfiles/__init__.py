"""Floor 2: reads plant folders; hands their texts to core.plant."""
