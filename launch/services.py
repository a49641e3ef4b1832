"""The two private servers together, for the launcher and for tests."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from launch.place import passing_place, server_place
from launch.postgres import Postgres, find_binaries
from launch.process import Processes
from launch.valkey import Valkey, find_binary

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Where the database and the one-use store are."""

    database_url: str
    """SQLAlchemy URL, driver psycopg."""
    redis_url: str
    """URL for redis-py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOptions:
    """What may be given from outside; a server is started only for what is not."""

    database_url: str = ""
    redis_url: str = ""
    postgres_bin: Path | None = None
    """Directory with `postgres` and `initdb`; the wheel's unless given."""
    redis_bin: Path | None = None
    """The server program; the wheel's unless given."""
    durable: bool = True
    """False: nothing need survive a crash of the machine (tests)."""


@contextlib.contextmanager
def private_services(
    directory: Path,
    *,
    options: ServiceOptions | None = None,
    durable: bool = True,
    processes: Processes | None = None,
) -> Iterator[Services]:
    """Run PostgreSQL and Valkey with data, sockets and logs under `directory`.

    Args:
        directory: made if it is not there; data of an earlier run are found again.
        options: servers given from outside, other binaries.
        durable: shorthand for `options.durable` when no options are given. False: only the logs
            lie in `directory`; the data are in a temporary one that goes when the servers do.
        processes: what starts the servers, if the caller has one already.

    Raises:
        LaunchRefused: with the reason.
    """
    wanted = options or ServiceOptions(durable=durable)
    directory.mkdir(parents=True, exist_ok=True)
    logs = directory.resolve() / "logs"
    with contextlib.ExitStack() as stack:
        running = processes or stack.enter_context(Processes())
        durably = wanted.durable
        place = (
            server_place(directory.resolve()) if durably else stack.enter_context(passing_place())
        )
        database_url, redis_url = wanted.database_url, wanted.redis_url
        if not redis_url:
            valkey = Valkey(
                place=place,
                processes=running,
                logs=logs,
                binary=find_binary(wanted.redis_bin),
                durable=durably,
            )
            redis_url = stack.enter_context(valkey).url
        if not database_url:
            postgres = Postgres(
                place=place,
                processes=running,
                logs=logs,
                binaries=find_binaries(wanted.postgres_bin),
                durable=durably,
            )
            database_url = stack.enter_context(postgres).url
        yield Services(database_url=database_url, redis_url=redis_url)
