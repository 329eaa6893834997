"""Reads course files from the disk; what they mean is decided in `bot.rules.content`."""
