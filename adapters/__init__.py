"""Everything outside Python's memory: each package is one piece of the world."""
