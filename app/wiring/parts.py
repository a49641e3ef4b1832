"""What tests may replace: everything that touches the world outside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.core.clock import Clock, SystemClock
from app.documents.ports import RecordSource
from app.identity.ports import FacePort
from app.settlement.ports import CashPayments
from app.wiring.settlement import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Replacements; the defaults are the real thing."""

    clock: Clock = field(default_factory=SystemClock)
    faces: FacePort | None = None
    """Judges faces; None: the engine with its worker processes."""
    sources: Mapping[str, RecordSource] = field(default_factory=dict)
    """Departments' data for certificates by name; these take the place of the real ones."""
    family: Family | None = None
    """Mandates and mutual aid; None: those of the family service."""
    payments: CashPayments | None = None
    """The payment provider; None: tills collect cash themselves."""
