"""The course engine: decides, and touches nothing outside Python's memory."""
