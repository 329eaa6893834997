"""Remembers: the `Store` on SQLite (embedded) and PostgreSQL (beyond one machine), with SQLAlchemy Core.

Start with `tables.py`. `open_store(url)` opens a database that `migrate(url)` has brought up to date.
"""
