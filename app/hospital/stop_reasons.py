"""Why a hospital calls a session off (停诊): codes, so that patients read it in their language."""

from __future__ import annotations

from enum import StrEnum


class StopReason(StrEnum):
    """Told to every patient of the session."""

    DOCTOR_AWAY = "doctor_away"
    """Ill, or called elsewhere."""
    EMERGENCY = "emergency"
    EQUIPMENT = "equipment"
    PREMISES = "premises"
    HOLIDAY = "holiday"
    OTHER = "other"
