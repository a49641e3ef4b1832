"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import structlog
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, pool, text
from sqlalchemy.exc import OperationalError

from app.core.errors import UNAVAILABLE

_FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"
# Any 64-bit number will do, as long as every process uses the same one.
_ADVISORY_LOCK: Final = 0x5A_65_72_6F_52_75_6E
log = structlog.get_logger("database")


def migrate(url: str) -> None:
    """Run all migrations that are missing, once, however many processes ask at the same time.

    Raises:
        DomainError: UNAVAILABLE when the database cannot be reached.
    """
    try:
        _upgrade(url)
    except OperationalError as failed:
        log.error("migration_failed", error=type(failed.orig).__name__)
        raise UNAVAILABLE() from failed


def _upgrade(url: str) -> None:
    engine = create_engine(url, poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
        connection.commit()
        config = Config()
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
