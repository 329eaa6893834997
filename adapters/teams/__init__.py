"""Microsoft Teams as a chat platform, on botbuilder-core and aiohttp."""
