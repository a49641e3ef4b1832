"""Tells people what the waitlist did: the handler of the outbox's `waitlist.changed`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from app.core.database import Database
from app.core.statements import Tx, row
from app.hospital.waitlist.states import EntryState
from app.notifications.service.notices import Notices, NoticeText
from app.outbox.ports import Message, Postponed

_CHINA: Final = ZoneInfo("Asia/Shanghai")
_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        EntryState.OFFERED: (
            "候补有号了，请在{until}前确认。",
            "A place you wait for is free. Accept it by {until}.",
        ),
        EntryState.BOOKED: (
            "候补成功，已为您预约。",
            "A place you wait for was free and is booked for you.",
        ),
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
_WHOSE: Final = """
SELECT e.person_id, (
  SELECT max(a.deadline) FROM waitlist_places p JOIN appointments a ON a.id = p.appointment_id
  WHERE p.entry_id = e.id AND a.created_at = %(at)s)
FROM waitlist_entries e WHERE e.id = %(entry)s
"""


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
        at = datetime.fromisoformat(message.payload["at"])
        found = row(tx, _WHOSE, {"entry": message.payload["entry"], "at": at})
        if found is None:
            return
        until = found[1].astimezone(_CHINA).strftime("%m-%d %H:%M") if found[1] else ""
        notice = NoticeText(
            kind=f"waitlist.{state.lower()}",
            about=message.payload["entry"],
            zh=words[0].format(until=until),
            en=words[1].format(until=until),
            at=at,
        )
        self._notices.tell(found[0], notice, message_id=message.id)
