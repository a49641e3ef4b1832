"""What was agreed with a department: the members of a contract.toml."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.exchange.errors import ContractRefused

_Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*([_-][a-z0-9]+)*$")]


class Way(StrEnum):
    """How the data come."""

    REST = "rest"
    """A question over HTTP, an answer in JSON."""
    SQL = "sql"
    """A view read by a role that may do nothing else."""
    FILES = "files"
    """Signed snapshots dropped into a folder."""


class Envelope(StrEnum):
    """What an answer holds."""

    ONE = "one"
    """A record, or nobody."""
    SEVERAL = "several"
    """Any number of records; none is an answer too."""


class Words(BaseModel):
    """What a source is called, in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: str = Field(min_length=1, max_length=60)
    en: str = Field(min_length=1, max_length=60)


class Service(BaseModel):
    """How fast the department promises to be, and how much of it we may take."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    p95_ms: int = Field(ge=1, le=10_000)
    timeout_ms: int = Field(ge=50, le=10_000)
    """Given up after, both tries together."""
    places: int = Field(ge=1, le=64)
    """Requests of one process under way at once."""


class Terms(BaseModel):
    """A contract.toml. What it does not allow is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: _Word
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    """Semantic; an answer must name the same major version."""
    source: _Word
    """Short name of the source in our data."""
    department: _Word
    """Whose it is: settings give the address by this name."""
    authority: Words
    way: Way = Field(strict=False)
    envelope: Envelope = Field(strict=False)
    path: str = ""
    """Of REST: below the department's base address. Of SQL: the view. Of files: their prefix."""
    purposes: Annotated[frozenset[str], Field(strict=False)]
    max_age_hours: int = Field(ge=0, le=24 * 366)
    """How old a record may be."""
    answer_limit_kib: int = Field(ge=1, le=4096)
    about: Annotated[tuple[str, ...], Field(strict=False)] = ("",)
    """Where in a record the person asked about stands: members with dots, `[]` after a list; "" is
    the record itself. One of the places must hold them."""
    service: Service

    @property
    def title(self) -> str:
        """Name and version, such as `population-person/1.0.0`."""
        return f"{self.name}/{self.version}"

    @property
    def max_age(self) -> timedelta:
        """How old a record may be."""
        return timedelta(hours=self.max_age_hours)


def read_terms(path: Path) -> Terms:
    """Read a contract.toml.

    Raises:
        ContractRefused: naming the file and the member at fault, never a value.
    """
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Terms.model_validate(table)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise ContractRefused(path.parent.name, f"{where}: {first['type']}") from None
    except (OSError, ValueError):
        raise ContractRefused(path.parent.name, "no readable contract.toml") from None
