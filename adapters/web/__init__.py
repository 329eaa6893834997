"""One aiohttp application for everything that comes over HTTP; platforms hand in their routes."""
