"""Composes the environment of the API process. `.env.example` documents every name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from launch.ports import HOST
from launch.services import ServiceOptions

# A demonstration is played again and again by the same few persons from one address.
_SANDBOX_RATES = {
    "RATE_ADDRESS": "100000 per minute",
    "RATE_VERIFICATIONS": "1000 per 10 minutes",
    "RATE_VERIFICATIONS_ADDRESS": "1000 per 10 minutes",
    "RATE_CODES": "1000 per minute",
    "VERIFICATION_ADDRESS_FAILURES": "1000",
}
_MOST_FACE_WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """What the launcher has started, or was given, for the API to talk to."""

    database_url: str
    redis_url: str
    departments: Mapping[str, str] = field(default_factory=dict)
    """Settings of the departments that were started, by their names."""


def service_options(given: Mapping[str, str]) -> ServiceOptions:
    """Read from the caller's environment which servers are given and which programs to use."""
    postgres_bin, redis_bin = given.get("POSTGRES_BIN"), given.get("REDIS_BIN")
    return ServiceOptions(
        database_url=given.get("DATABASE_URL", ""),
        redis_url=given.get("REDIS_URL", ""),
        postgres_bin=Path(postgres_bin) if postgres_bin else None,
        redis_bin=Path(redis_bin) if redis_bin else None,
    )


def var_folder(checkout: Path, given: Mapping[str, str]) -> Path:
    """Return the absolute path of `var/`, or of VAR_DIR where that is given."""
    return (checkout / (given.get("VAR_DIR") or "var")).resolve()


def api_environment(
    given: Mapping[str, str],
    *,
    var: Path,
    port: int,
    connections: Connections,
) -> dict[str, str]:
    """Return the whole environment of the API and of the commands that prepare its database.

    Whatever the caller gave stays, except what the launcher decides: where things are.
    """
    defaults = {
        "PUBLIC_URL": f"http://{HOST}:{port}",
        "WEBHOOKS_INSIDE": "true",
        "TERMINAL_KEYS_INSIDE": "true",
        "FACE_WORKERS": str(min(_MOST_FACE_WORKERS, os.cpu_count() or 1)),
        **_SANDBOX_RATES,
    }
    decided = {
        "DATABASE_URL": connections.database_url,
        "REDIS_URL": connections.redis_url,
        **connections.departments,
        "VAR_DIR": str(var),
    }
    return {**defaults, **{name: text for name, text in given.items() if text}, **decided}
