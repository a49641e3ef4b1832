"""What stands in for the waitlist."""

from __future__ import annotations

from datetime import datetime

from app.core.statements import Tx


class NobodyWaits:
    def vacated(self, _tx: Tx, _unit_id: str, _session_id: str, _now: datetime) -> None:
        pass
