"""Runs migrations on the connection it is given; `app.commands migrate` is the only caller."""

from alembic import context

from app.core.database import Base
from app.wiring import models  # noqa: F401 - registers every table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
