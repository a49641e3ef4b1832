"""Servers of a test's own, to be stopped and started again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.core.migrations import migrate
from launch.place import passing_place
from launch.postgres import Postgres
from launch.process import Processes
from launch.valkey import Valkey


@dataclass(frozen=True, kw_only=True)
class OwnServers:
    postgres: Postgres
    valkey: Valkey


@contextmanager
def own_servers(logs: Path) -> Iterator[OwnServers]:
    """A migrated PostgreSQL and a Valkey that nobody else uses."""
    with ExitStack() as stack:
        processes = stack.enter_context(Processes())
        place = stack.enter_context(passing_place())
        postgres = Postgres(place=place, processes=processes, logs=logs, durable=False)
        valkey = Valkey(place=place, processes=processes, logs=logs, durable=False)
        stack.enter_context(valkey)
        stack.enter_context(postgres)
        migrate(postgres.url)
        yield OwnServers(postgres=postgres, valkey=valkey)
