"""The housing fund: a database of its own on the server there is, and a reader's way into it."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

from launch.bootstrap import CHECKOUT
from launch.errors import LaunchRefused
from launch.process import tail
from sandbox.departments.directory import department
from sandbox.departments.housing_fund.database import DATABASE, READER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from launch.process import Child, Processes

SETTING = "HOUSING_FUND_DATABASE_URL"
_ENTRY = department("housing_fund")
_SECONDS = 60


class Fund:
    """The fund of one launch."""

    def __init__(
        self, *, database_url: str, given: Mapping[str, str], var: Path, processes: Processes
    ) -> None:
        """Begin to establish it.

        Args:
            database_url: SQLAlchemy URL of a role that may make databases and roles.
            given: the caller's environment.
            var: where logs lie.
            processes: what starts the program.
        """
        self._processes = processes
        password = secrets.token_urlsafe(32)
        self.url = reader_url(database_url, password=password)
        self._child: Child = processes.start(
            [sys.executable, "-m", _ENTRY.module],
            name=f"The {_ENTRY.title}",
            log=var / "logs" / f"{_ENTRY.name}.log",
            environment={
                **given,
                "HOUSING_FUND_DSN": database_url.replace("+psycopg", "", 1),
                str(_ENTRY.secret_name): password,
            },
            directory=CHECKOUT,
        )

    def wait(self) -> None:
        """Wait until it is established.

        Raises:
            LaunchRefused: it could not be.
        """
        code: int | None = None
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = self._child.process.wait(_SECONDS)
        self._processes.stop(self._child)
        if code != 0:
            msg = (
                f"The {_ENTRY.title} could not be established; give {SETTING}, or a DATABASE_URL "
                f"whose role may make databases and roles. {self._child.log} ends:\n"
            )
            raise LaunchRefused(msg + tail(self._child.log))


def reader_url(database_url: str, *, password: str) -> str:
    """Return the way of the fund's reader to the same server."""
    parts = urlsplit(database_url)
    _, _, server = parts.netloc.rpartition("@")
    netloc = f"{READER}:{quote(password, safe='')}@{server}"
    return urlunsplit((parts.scheme, netloc, f"/{DATABASE}", parts.query, ""))
