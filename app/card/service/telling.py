"""Tells holders what happened to their card without their doing: handlers of the outbox."""

from __future__ import annotations

from typing import Final

import structlog
from sqlalchemy import select

from app.card.models import Card, CardToken
from app.card.offline_models import OfflineCredential, OfflineUpload
from app.card.states import CancelReason
from app.core.database import Database
from app.notifications.service.notices import Notices, NoticeText
from app.outbox.ports import Message, Postponed

_DOUBLE_USE: Final = (
    "您的离线码被重复使用，重复的一次未被认可。如非本人操作，请冻结电子社保卡。",
    "An offline code of yours was used twice; the second use does not count. Not you? Freeze it.",
)
_CANCELLED: Final = {
    CancelReason.DEATH: ("电子社保卡已注销。", "The e-social-security card was cancelled."),
    CancelReason.MOVED: (
        "因迁出本市，您的电子社保卡已注销。",
        "Your e-social-security card was cancelled because you moved out of the city.",
    ),
    CancelReason.ISSUED_IN_ERROR: (
        "您的电子社保卡因办理有误已注销，可重新申领。",
        "Your e-social-security card was issued in error and cancelled. You may apply again.",
    ),
}
log = structlog.get_logger("card")


class DoubleUseTelling:
    """Handles `card.offline_double_use`."""

    def __init__(self, *, database: Database, notices: Notices) -> None:
        """Take the ports."""
        self._database = database
        self._notices = notices

    def __call__(self, message: Message, /) -> Postponed | None:
        """Warn the operator of each double use, and the holder once a credential."""
        with self._database.transaction() as tx:
            upload = tx.get_one(OfflineUpload, message.payload["upload"])
            person_id = tx.scalars(
                select(Card.person_id)
                .join(CardToken, CardToken.card_id == Card.id)
                .join(OfflineCredential, OfflineCredential.token_id == CardToken.id)
                .where(OfflineCredential.id == upload.credential_id)
            ).one()
            log.warning(
                "offline_double_use",
                upload=upload.id,
                credential=upload.credential_id,
                terminal=upload.terminal_id,
            )
            zh, en = _DOUBLE_USE
            notice = NoticeText(
                kind=message.topic, about=upload.id, zh=zh, en=en, at=upload.received_at
            )
            # Thirty-two tills with one code are one piece of news.
            self._notices.tell(person_id, notice, message_id=upload.credential_id)
        return None


class CancellationTelling:
    """Handles `card.cancelled`."""

    def __init__(self, *, database: Database, notices: Notices) -> None:
        """Take the ports."""
        self._database = database
        self._notices = notices

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell the holder."""
        with self._database.transaction() as tx:
            card = tx.get_one(Card, message.payload["card"])
            zh, en = _CANCELLED[CancelReason(card.cancel_reason or "")]
            notice = NoticeText(
                kind=message.topic, about=card.id, zh=zh, en=en, at=card.state_changed_at
            )
            self._notices.tell(card.person_id, notice, message_id=message.id)
        return None
