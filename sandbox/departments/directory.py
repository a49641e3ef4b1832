"""The eight departments: what a launcher needs to start each of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """How a department's data are read."""

    HTTP = "http"
    """Asked over HTTP under contracts, with a service token."""
    SQL = "sql"
    """A view of its database, read by a role that can do nothing else."""
    FILES = "files"
    """Signed snapshots it drops into a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One department."""

    name: str
    title: str
    """As its own messages call it."""
    way: Way
    secret_name: str | None
    """Environment variable of the service token, or of the reader's password; None needs none."""
    port: int | None = None
    """Where it is asked unless told otherwise; 0 takes a free port, None has none."""
    control_port: int | None = None
    """Where the sandbox switches its faults, by the same rule."""

    @property
    def module(self) -> str:
        """The program: ``python -m <module> --help``."""
        return f"sandbox.departments.{self.name}"


def _http(name: str, title: str) -> Entry:
    token_name = f"{name.upper()}_TOKEN"
    return Entry(
        name=name, title=title, way=Way.HTTP, secret_name=token_name, port=0, control_port=0
    )


DEPARTMENTS = (
    _http("population", "population registry"),
    _http("housing", "housing department"),
    _http("civil_affairs", "civil affairs department"),
    _http("health", "health department"),
    _http("social_security", "human resources and social security department"),
    _http("market_regulation", "market regulation department"),
    Entry(
        name="housing_fund",
        title="housing fund",
        way=Way.SQL,
        secret_name="HOUSING_FUND_READER_PASSWORD",  # noqa: S106 - the name of a variable
    ),
    Entry(name="veterans", title="veterans department", way=Way.FILES, secret_name=None),
)
"""Public security first: everybody else's people are in its registry."""


def department(name: str) -> Entry:
    """Return one department.

    Raises:
        KeyError: there is none of that name.
    """
    return {entry.name: entry for entry in DEPARTMENTS}[name]
