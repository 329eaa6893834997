"""Alembic's folder: one file per change in `versions/`, forward only, never edited once released."""
