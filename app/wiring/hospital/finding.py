"""Finding hospitals, doctors and sessions."""

from __future__ import annotations

from app.hospital.finding.service.places import PlaceFinding
from app.hospital.finding.service.sessions import SessionFinding
from app.wiring.infrastructure import Infrastructure


def build_finding(shared: Infrastructure) -> dict[type, object]:
    """What anybody may look for."""
    return {
        PlaceFinding: PlaceFinding(database=shared.database, clock=shared.clock),
        SessionFinding: SessionFinding(database=shared.database, clock=shared.clock),
    }
