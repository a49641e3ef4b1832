"""Releases, tickets and draws as replies."""

from __future__ import annotations

from typing import Any

from app.hospital.rush.schemas import (
    DrawReply,
    HospitalReleaseReply,
    ReleaseReply,
    TicketReply,
)
from app.hospital.rush.service.lottery import FORMULA
from app.hospital.rush.service.reading import Lottery, Progress, ReleaseView
from app.hospital.rush.service.views import TicketView


def ticket_reply(view: TicketView) -> TicketReply:
    """A ticket."""
    return TicketReply(
        id=view.id,
        release_id=view.release_id,
        status=view.state.value,
        rank=view.rank,
        ahead=view.ahead,
        admits_at=view.admits_at,
        admits_until=view.admits_until,
        wait_seconds=view.wait_seconds,
        poll_after_seconds=view.poll_after_seconds,
        ticket=view.token,
    )


def release_reply(view: ReleaseView) -> ReleaseReply:
    """A release, for anybody."""
    return ReleaseReply(**_members(view))


def hospital_reply(view: ReleaseView, progress: Progress) -> HospitalReleaseReply:
    """A release, for its hospital."""
    return HospitalReleaseReply(**_members(view), tickets=progress.tickets, used=progress.used)


def draw_reply(lottery: Lottery) -> DrawReply:
    """What a lottery was drawn with."""
    release = lottery.release
    return DrawReply(
        release_id=release.id,
        formula=FORMULA,
        commitment=_hex(release.commitment) or "",
        public_source=release.public_source or "",
        tickets_until=release.tickets_until,
        published_until=lottery.published_until,
        closed_at=release.closed_at,
        entries=release.entries,
        entries_digest=_hex(release.entries_digest),
        public_value=release.public_value,
        seed=_hex(release.revealed),
        drawn_at=release.drawn_at,
    )


def _members(view: ReleaseView) -> dict[str, Any]:
    release = view.release
    return {
        "id": release.id,
        "hospital_id": release.hospital_id,
        "name": release.name,
        "mode": release.mode.value,
        "session_ids": list(view.session_ids),
        "tickets_from": release.tickets_from,
        "tickets_until": release.tickets_until,
        "opens_at": release.opens_at,
        "closes_at": release.closes_at,
        "admits_per_minute": release.admits_per_minute,
        "admission_seconds": release.admission_seconds,
        "most_tickets": release.most_tickets,
        "commitment": _hex(release.commitment),
        "public_source": release.public_source,
        "withdrawn_at": release.withdrawn_at,
    }


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()
