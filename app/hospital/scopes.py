"""What a hospital's terminals may be allowed to do."""

from __future__ import annotations

from typing import Final

SCHEDULE_SCOPE: Final = "hospital.schedule"
"""Import departments, doctors and sessions; add, substitute and stop sessions."""
DESK_SCOPE: Final = "hospital.desk"
"""Check in, call and serve; read the day's sessions."""
FHIR_SCOPE: Final = "hospital.fhir"
"""The FHIR facade and the appointment events."""
