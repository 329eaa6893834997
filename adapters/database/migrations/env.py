"""Run by alembic. It works on the connection that `migrate.py` hands over, inside the transaction begun there."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from adapters.database.metadata import Moment, Number
from adapters.database.schema import metadata


def plainly(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    """Write our column types as what they are in the database: migrations must not change when our code does."""
    if kind != "type":
        return False
    if item is Number:
        return "NUMBER"
    if isinstance(item, Moment):
        return "MOMENT"
    return f"sa.{type(item.impl).__name__}()" if type(item).__module__ == Moment.__module__ else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_item=plainly,
    # SQLite changes a table by copying it.
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
