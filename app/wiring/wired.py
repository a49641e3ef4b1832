"""What the composition root hands to the factory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from flask_openapi import APIBlueprint

from app.core.access.gatekeeper import Gatekeeper
from app.core.http.addresses import AddressLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """Everything the factory puts into an application."""

    services: Mapping[type, object]
    blueprints: Sequence[APIBlueprint]
    gate: Gatekeeper
    addresses: AddressLimits
    closing: ExitStack
    """Closes connections and ends worker processes."""
