"""The rush: releases, tickets, admissions and lotteries."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from app.hospital.rush.policy import CITY
from app.hospital.rush.service.admitting import QueueAdmissions
from app.hospital.rush.service.closing import LotteryClosing
from app.hospital.rush.service.drawing import DRAWN, Drawing
from app.hospital.rush.service.forgetting import TicketForgetting
from app.hospital.rush.service.queueing import Queueing
from app.hospital.rush.service.reading import ReleaseReading
from app.hospital.rush.service.releases import Releases
from app.hospital.rush.service.telling import DrawTelling
from app.hospital.rush.service.tokens import QueueTokens
from app.notifications.service.notices import Notices
from app.outbox.ports import Topic
from app.wiring.infrastructure import Infrastructure


def build_queue_tokens(shared: Infrastructure) -> QueueTokens:
    """Tickets as tokens."""
    return QueueTokens(
        issuer=shared.settings.public_url,
        ring=shared.keys.signing("queue-ticket"),
        cipher=shared.cipher,
    )


def build_admissions(shared: Infrastructure) -> QueueAdmissions:
    """The core's port `Admissions`."""
    return QueueAdmissions(tokens=build_queue_tokens(shared))


def build_rush(shared: Infrastructure) -> dict[type, object]:
    """What people, hospitals and operators ask for."""
    database, clock, cipher = shared.database, shared.clock, shared.cipher
    return {
        Queueing: Queueing(
            database=database,
            clock=clock,
            limits=shared.limits,
            tokens=build_queue_tokens(shared),
            policy=CITY,
        ),
        Releases: Releases(
            database=database,
            clock=clock,
            cipher=cipher,
            random_bytes=secrets.token_bytes,
            policy=CITY,
        ),
        Drawing: _drawing(shared),
        ReleaseReading: ReleaseReading(database=database, policy=CITY),
    }


def build_lottery_closing(shared: Infrastructure) -> LotteryClosing:
    """What closes lotteries when their moment comes."""
    return LotteryClosing(database=shared.database, clock=shared.clock, drawing=_drawing(shared))


def build_ticket_forgetting(shared: Infrastructure) -> TicketForgetting:
    """What deletes tickets of long ago."""
    return TicketForgetting(database=shared.database, clock=shared.clock, policy=CITY)


def rush_topics(shared: Infrastructure) -> Mapping[str, Topic]:
    """The rush's messages of the outbox."""
    database, clock = shared.database, shared.clock
    notices = Notices(database=database, clock=clock)
    return {DRAWN: Topic(handler=DrawTelling(database=database, clock=clock, notices=notices))}


def _drawing(shared: Infrastructure) -> Drawing:
    return Drawing(database=shared.database, clock=shared.clock, cipher=shared.cipher)
