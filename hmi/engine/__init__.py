"""Floor 3: the engine: asyncio, headless, no Qt."""
