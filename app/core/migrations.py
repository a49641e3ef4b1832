"""Brings a database to the newest schema."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, pool, text

_FOLDER: Final = Path(__file__).resolve().parents[2] / "migrations"
# Any 64-bit number will do, as long as every process uses the same one.
_ADVISORY_LOCK: Final = 0x5A_65_72_6F_52_75_6E


def migrate(url: str) -> None:
    """Run all migrations that are missing, once, however many processes ask at the same time."""
    engine = create_engine(url, poolclass=pool.NullPool, hide_parameters=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ADVISORY_LOCK})
        connection.commit()
        config = Config()
        config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
    engine.dispose()
