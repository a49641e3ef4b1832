"""Where the facade is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FhirBase:
    """The base address of the facade, as hospitals reach it."""

    url: str
    """Without a slash at its end."""
