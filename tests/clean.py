"""A clean slate between tests."""

from __future__ import annotations

import redis
from sqlalchemy import text

from app.core.database import Base, Database


def forget_everything(database: Database, memory: redis.Redis) -> None:
    """Delete whatever earlier tests left in the database and in Redis."""
    tables = [table.name for table in Base.metadata.sorted_tables]
    with database.separate() as tx:
        # Triggers and foreign keys aside: deleting a few rows is ten times as fast as truncating.
        tx.execute(text("SET LOCAL session_replication_role = replica"))
        for name in tables:
            tx.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - our own tables' names
    memory.flushall()
