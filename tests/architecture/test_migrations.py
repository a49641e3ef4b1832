"""The models and the migrations describe the same database."""

from __future__ import annotations

from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, pool

from app.core.database import Base
from app.wiring.models import SEALED, TABLES
from tests.conftest import Servers

FOLDER = Path(__file__).parents[2] / "migrations"


def test_there_is_one_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1


def test_a_migrated_database_is_what_the_models_say(servers: Servers) -> None:
    engine = create_engine(servers.database_url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_table_is_known_to_the_wiring() -> None:
    assert {t.__tablename__ for t in TABLES} == set(Base.metadata.tables)


def test_every_sealed_column_is_there() -> None:
    for column in SEALED:
        assert {column.column, column.row} <= set(column.table.c.keys())
