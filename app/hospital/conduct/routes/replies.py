"""Conduct as replies."""

from __future__ import annotations

from app.hospital.conduct.counting import Restriction
from app.hospital.conduct.models import BookingOutage
from app.hospital.conduct.rulebook import Version
from app.hospital.conduct.schemas import (
    AppealReply,
    AppealsReply,
    BookingOutageReply,
    ConductPointReply,
    ConductReply,
    ConductRulesReply,
    RestrictionReply,
)
from app.hospital.conduct.service.appeals import AppealsPage
from app.hospital.conduct.service.reading import ConductView, PointView


def conduct_reply(view: ConductView) -> ConductReply:
    """How somebody stands, on the wire."""
    return ConductReply(
        restriction=None if view.restriction is None else _restriction(view.restriction),
        rules=None if view.rules is None else _rules(view.rules),
        points=[_point(one) for one in view.points],
        next=view.next,
    )


def appeals_reply(page: AppealsPage) -> AppealsReply:
    """Appeals on the wire."""
    items = [
        AppealReply.model_validate(
            {
                "id": one.id,
                "kind": one.kind.value,
                "hospital_id": one.hospital_id,
                "appointment_id": one.appointment_id,
                "at": one.at,
                "expires_at": one.expires_at,
                "text": one.appeal,
                "appealed_at": one.appealed_at,
            }
        )
        for one in page.items
    ]
    return AppealsReply(items=items, next=page.next)


def outage_reply(row: BookingOutage) -> BookingOutageReply:
    """An outage on the wire."""
    return BookingOutageReply(
        id=row.id,
        hospital_id=row.hospital_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        reason=row.reason,
        recorded_at=row.recorded_at,
    )


def _restriction(one: Restriction) -> RestrictionReply:
    return RestrictionReply.model_validate(
        {"kind": one.kind.value, "since": one.since, "until": one.until}
    )


def _rules(rules: Version) -> ConductRulesReply:
    city = rules.city
    return ConductRulesReply(
        version=rules.version,
        sha256=rules.sha256,
        no_shows=city.no_shows,
        no_show_within_days=city.no_show_within.days,
        no_show_restricts_days=city.no_show_restricts.days,
        late_cancels=city.late_cancels,
        late_cancel_within_days=city.late_cancel_within.days,
        late_cancel_restricts_days=city.late_cancel_restricts.days,
    )


def _point(view: PointView) -> ConductPointReply:
    one = view.point
    return ConductPointReply.model_validate(
        {
            "id": one.id,
            "kind": one.kind.value,
            "status": one.state.value,
            "counts": view.counts,
            "hospital_id": one.hospital_id,
            "appointment_id": one.appointment_id,
            "at": one.at,
            "expires_at": one.expires_at,
            "rules": one.rules,
            "forgiven_for": one.forgiven_for,
            "appealed_at": one.appealed_at,
            "decision": one.decision,
            "decided_at": one.decided_at,
        }
    )
