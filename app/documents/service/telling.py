"""Tells holder and followers of a change: the handler of the outbox's `certificate.changed`."""

from __future__ import annotations

from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.documents.models import Certificate, CertificateChange, CertificateFollower
from app.documents.moves import Reason, told_as
from app.documents.notice_words import change_words
from app.documents.records import Titles
from app.notifications.ports import WebhookEvent
from app.notifications.service.delivering import written
from app.notifications.service.notices import Notices, NoticeText
from app.notifications.service.posting import PartnerEvents
from app.outbox.ports import Message, Postponed


class Names(Protocol):
    """Knows what types are called; `app.documents.making`."""

    def titles(self, code: str) -> Titles:
        """What a type is called."""
        ...


class ChangeTelling:
    """Tells of one change, in the transaction that marks its message as handled: once."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        names: Names,
        notices: Notices,
        events: PartnerEvents,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._names = names
        self._notices = notices
        self._events = events

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell the holder, unless it was their own doing, and everybody who follows it."""
        change_id = message.payload["change"]
        with self._database.transaction() as tx:
            change = tx.get_one(CertificateChange, change_id)
            certificate = tx.get_one(Certificate, change.certificate_id)
            if change.reason != Reason.NEW_VERSION:
                self._tell_holder(certificate, change, message.id)
            self._tell_followers(tx, certificate, change)
        return None

    def _tell_holder(
        self, certificate: Certificate, change: CertificateChange, message_id: str
    ) -> None:
        titles = self._names.titles(certificate.type)
        zh, en = change_words(titles, certificate.number, state=change.state, reason=change.reason)
        kind = f"certificate.{told_as(change.state, change.reason)}"
        notice = NoticeText(kind=kind, about=certificate.id, zh=zh, en=en, at=change.at)
        self._notices.tell(certificate.person_id, notice, message_id=message_id)

    def _tell_followers(
        self, tx: Session, certificate: Certificate, change: CertificateChange
    ) -> None:
        live = select(CertificateFollower).where(
            CertificateFollower.certificate_id == certificate.id,
            CertificateFollower.expires_at > self._clock.now(),
        )
        for follower in tx.scalars(live).all():
            event = WebhookEvent(
                type=f"certificate.{told_as(change.state, change.reason)}",
                data={
                    "subscription": follower.id,
                    "certificate": certificate.number,
                    "status": change.state,
                    "reason": change.reason,
                    "at": written(change.at),
                },
            )
            self._events.post(tx, follower.merchant_id, event, about=certificate.id)
