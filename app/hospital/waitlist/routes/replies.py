"""Entries as replies."""

from __future__ import annotations

from app.hospital.waitlist.schemas import WaitlistReply
from app.hospital.waitlist.service.reading import EntryView


def entry_reply(view: EntryView) -> WaitlistReply:
    """An entry on the wire."""
    entry = view.entry
    return WaitlistReply.model_validate(
        {
            "id": entry.id,
            "status": entry.state.value,
            "before": view.before,
            "hospital_id": entry.hospital_id,
            "department_id": entry.department_id,
            "practitioner_id": entry.practitioner_id,
            "session_id": entry.session_id,
            "from_day": entry.from_day,
            "to_day": entry.to_day,
            "half_days": list(entry.half_days),
            "most_fee": entry.most_fee,
            "mode": "automatic" if entry.automatic else "offer",
            "people": [{"mandate_id": one} for one in view.mandates],
            "places": [
                {
                    **{name: value for name, value in one.items() if name not in {"id", "state"}},
                    "appointment_id": one["id"],
                    "status": one["state"],
                }
                for one in view.places
            ],
            "skips": [
                {
                    "session_id": one.session_id,
                    "reason": one.reason,
                    "first_at": one.first_at,
                    "last_at": one.last_at,
                }
                for one in view.skips
            ],
            "created_at": entry.created_at,
            "changed_at": entry.state_changed_at,
        }
    )
