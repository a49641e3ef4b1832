"""Tells people what the waitlist did: the handler of the outbox's `waitlist.changed`.

A place that is offered or booked for them is told of by its appointment, with all that is known.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.core.database import Database
from app.core.statements import Tx, row
from app.hospital.waitlist.states import EntryState
from app.notifications.service.notices import Notices, NoticeText
from app.outbox.ports import Message, Postponed

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        EntryState.LAPSED: (
            "您未在时限内确认候补号，候补已结束。",
            "You did not accept the place in time. Your waitlist entry has ended.",
        ),
        EntryState.WAITING: (
            "医院取消了为您保留的号，您仍按原顺序候补。",
            "The hospital took back the place kept for you. You keep your turn.",
        ),
        EntryState.CLOSED: (
            "您的候补未能兑现，已结束。",
            "No place became free for you. Your waitlist entry has ended.",
        ),
    }
)
_WHOSE: Final = "SELECT person_id FROM waitlist_entries WHERE id = %(entry)s"


class WaitlistTelling:
    """Tells of one change, in the transaction that marks its message as handled: once."""

    def __init__(self, *, database: Database, notices: Notices) -> None:
        """Take the ports."""
        self._database = database
        self._notices = notices

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell the person what they did not do themselves."""
        state, words = message.payload["state"], _WORDS.get(message.payload["state"])
        if words is None or message.payload["by"] != "system":
            return None
        with self._database.transaction() as tx:
            self._tell(tx, state, words, message)
        return None

    def _tell(self, tx: Tx, state: str, words: tuple[str, str], message: Message) -> None:
        found = row(tx, _WHOSE, {"entry": message.payload["entry"]})
        if found is None:
            return
        zh, en = words
        notice = NoticeText(
            kind=f"waitlist.{state.lower()}",
            about=message.payload["entry"],
            zh=zh,
            en=en,
            at=datetime.fromisoformat(message.payload["at"]),
        )
        self._notices.tell(found[0], notice, message_id=message.id)
