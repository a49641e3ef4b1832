"""Tells merchant and holder of what happened: the handler of the outbox's `settlement.changed`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.database import Database
from app.core.statements import Tx, rows
from app.notifications.ports import WebhookEvent
from app.notifications.service.notices import Notices, NoticeText
from app.notifications.service.posting import PartnerEvents
from app.outbox.ports import Message, Postponed
from app.settlement.benefits.trace_words import yuan
from app.settlement.models.purchase import Adjustment, Settlement
from app.settlement.service.purchase.telling import (
    ADJUSTED,
    HELD,
    REFUNDED,
    REVERSED,
    SETTLED,
    VOIDED,
)

_MERCHANTS: Final = "SELECT id, merchant_id, msgid FROM settlements WHERE id = ANY(%(ids)s)"
_TO_MERCHANTS: Final = frozenset({SETTLED, REFUNDED, REVERSED, VOIDED})
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    VOIDED: (
        "您在{merchant}的一笔结算未完成支付，已全部撤回，未扣任何款项。",
        "A purchase at {merchant} was not paid in time. It was undone; nothing was taken.",
    ),
    REFUNDED: (
        "您在{merchant}的一笔购买已部分退款，详情见购药记录。",
        "Part of a purchase at {merchant} was refunded. Your purchases show the details.",
    ),
    REVERSED: (
        "您在{merchant}的一笔购买已全部退回，详情见购药记录。",
        "A purchase at {merchant} was given back in full. Your purchases show the details.",
    ),
    ADJUSTED: (
        "您在{merchant}的一笔购买已重算：统筹 {fund} 元，账户 {account} 元，待缴 {due} 元。",
        "A purchase at {merchant} was computed anew: fund {fund}, account {account}, owed {due}.",
    ),
}
"""What happened without the holder's own code being shown in that moment."""
_ONLY_MERCHANTS: Final = _TO_MERCHANTS - _WORDS.keys()


class PurchaseAnnouncing:
    """Announces one event, in the transaction that marks its message as handled: once."""

    def __init__(self, *, database: Database, notices: Notices, events: PartnerEvents) -> None:
        """Take the ports."""
        self._database = database
        self._notices = notices
        self._events = events

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell the merchant and, where it needs telling, the holder."""
        event, at = message.payload["event"], datetime.fromisoformat(message.payload["at"])
        if event == HELD:
            return None
        with self._database.transaction() as tx:
            settlement = tx.get_one(Settlement, message.payload["settlement"])
            if event in _TO_MERCHANTS:
                self._tell_merchant(tx, settlement, message)
            if event in _WORDS:
                detail = str(message.payload["detail"])
                change = _change(tx, settlement.id, detail) if event == ADJUSTED else None
                self._tell_holder(settlement, event, change, at, message.id)
        return None

    def together(self, tx: Tx, messages: Sequence[Message], /) -> None:
        """Announce many events; one by one where the holder is told of any, too.

        Both ways in one batch would change the order of what is told of a settlement.
        """
        if any(message.payload["event"] not in _ONLY_MERCHANTS for message in messages):
            for message in messages:
                self(message)
            return
        ids = [message.payload["settlement"] for message in messages]
        found = {row[0]: row for row in rows(tx, _MERCHANTS, {"ids": ids})}
        for message in messages:
            settlement_id, merchant_id, msgid = found[message.payload["settlement"]]
            event = _event(settlement_id, msgid, message)
            self._events.post(tx, merchant_id, event, about=settlement_id)

    def _tell_merchant(self, tx: Session, settlement: Settlement, message: Message) -> None:
        event = _event(settlement.id, settlement.msgid, message)
        self._events.post(tx, settlement.merchant_id, event, about=settlement.id)

    def _tell_holder(
        self,
        settlement: Settlement,
        event: str,
        change: Adjustment | None,
        at: datetime,
        message_id: str,
    ) -> None:
        values = {"merchant": settlement.merchant_name}
        if change is not None:
            values |= {name: _signed(getattr(change, name)) for name in ("fund", "account", "due")}
        zh, en = (words.format(**values) for words in _WORDS[event])
        notice = NoticeText(kind=f"purchase.{event}", about=settlement.id, zh=zh, en=en, at=at)
        self._notices.tell(settlement.person_id, notice, message_id=message_id)


def _event(settlement_id: str, msgid: str, message: Message) -> WebhookEvent:
    payload = message.payload
    return WebhookEvent(
        type=f"settlement.{payload['event']}",
        data={
            "settlement": settlement_id,
            "msgid": msgid,
            "refund": payload["detail"] or None,
            "at": payload["at"],
        },
    )


def _change(tx: Session, settlement_id: str, cause_id: str) -> Adjustment:
    query = select(Adjustment).where(
        Adjustment.settlement_id == settlement_id, Adjustment.cause_id == cause_id
    )
    return tx.scalars(query).one()


def _signed(fen: int) -> str:
    return f"{'-' if fen < 0 else '+'}{yuan(abs(fen))}"
