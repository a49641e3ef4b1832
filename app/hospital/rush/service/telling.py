"""Tells people their ranks once a lottery is drawn: the handler of the outbox's `lottery.drawn`."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Row, Tx, rows
from app.hospital.rush.service.drawing import DRAWN
from app.hospital.service.notice_words import moment_words
from app.notifications.service.notices import Notices, NoticeText
from app.outbox.ports import Message, Postponed
from app.outbox.service.posting import post_in

_BATCH: Final = 500
"""Tickets a message: each has the time that any message has."""
_RANKED: Final = """
SELECT t.id, t.person_id, t.rank, t.admits_at, r.name
FROM queue_tickets AS t JOIN releases AS r ON r.id = t.release_id
WHERE t.release_id = %(release)s AND t.rank > %(after)s ORDER BY t.rank LIMIT %(most)s
"""


class DrawTelling:
    """Tells a part of the tickets in the transaction that marks the message as handled: once.

    What is left is the next message's, so that a hundred thousand hold nothing else up.
    """

    def __init__(
        self, *, database: Database, clock: Clock, notices: Notices, batch: int = _BATCH
    ) -> None:
        """Take the ports, and how many tickets one message tells."""
        self._database = database
        self._clock = clock
        self._notices = notices
        self._batch = batch

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell those of the next ranks."""
        told = {**message.payload, "most": self._batch}
        with self._database.transaction() as tx:
            found = rows(tx, _RANKED, told)
            for ticket in found:
                self._tell(ticket, message)
            if len(found) == self._batch:
                self._go_on(tx, message, after=found[-1][2])
        return None

    def _tell(self, ticket: Row, message: Message) -> None:
        ticket_id, person_id, rank, admits_at, name = ticket
        when_zh, when_en = moment_words(admits_at)
        notice = NoticeText(
            kind="queue.drawn",
            about=ticket_id,
            zh=f"“{name}”已摇号：您排第 {rank} 位，{when_zh} 起轮到您选号。",
            en=f"{name} was drawn: your rank is {rank}, and your turn begins at {when_en}.",
            at=datetime.fromisoformat(message.payload["at"]),
        )
        self._notices.tell(person_id, notice, message_id=message.id)

    def _go_on(self, tx: Tx, message: Message, *, after: int) -> None:
        payload = {**message.payload, "after": after}
        post_in(tx, DRAWN, key=message.key, payload=payload, now=self._clock.now())
