"""The citizens' applications, as data."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class CitizenClient:
    """An application that citizens sign in with: a public client, proven by the device's key."""

    id: str
    scope: frozenset[str]


CITIZEN_CLIENTS: Final = MappingProxyType(
    {"miniprogram": CitizenClient(id="miniprogram", scope=frozenset({"citizen"}))}
)
