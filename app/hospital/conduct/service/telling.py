"""Tells people about their points: the handler of the outbox's `conduct.changed`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.core.database import Database
from app.core.statements import row
from app.hospital.conduct.states import PointState
from app.notifications.service.notices import Notices, NoticeText
from app.outbox.ports import Message, Postponed

_WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        PointState.COUNTS: (
            "您有一次{zh}记录，可查看原因和有效期，也可申诉。",
            "You have a point for {en}. You can see why and until when, and appeal.",
        ),
        PointState.FORGIVEN: (
            "您的一次{zh}记录已免除。",
            "Your point for {en} is forgiven.",
        ),
        PointState.UPHELD: (
            "您对{zh}记录的申诉未获支持：{decision}",
            "Your appeal against the point for {en} was not granted: {decision}",
        ),
        PointState.REVOKED: (
            "您对{zh}记录的申诉已获支持，记录已撤销：{decision}",
            "Your appeal was granted and the point for {en} is gone: {decision}",
        ),
    }
)
_KINDS: Final = {
    "NO_SHOW": ("爽约", "a missed appointment"),
    "LATE_CANCEL": ("临时取消", "a late cancellation"),
}
_POINT: Final = "SELECT person_id, kind, decision FROM conduct_points WHERE id = %(id)s"


class ConductTelling:
    """Tells of one change, in the transaction that marks its message as handled: once."""

    def __init__(self, *, database: Database, notices: Notices) -> None:
        """Take the ports."""
        self._database = database
        self._notices = notices

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell the person; of their own appeal they know."""
        state, about = message.payload["state"], message.payload["point"]
        words = _WORDS.get(state)
        if words is None:
            return None
        with self._database.transaction() as tx:
            found = row(tx, _POINT, {"id": about})
            if found is None:
                return None
            (zh, en), decision = _KINDS[found[1]], found[2] or ""
            notice = NoticeText(
                kind=f"conduct.{state.lower()}",
                about=about,
                zh=words[0].format(zh=zh, decision=decision),
                en=words[1].format(en=en, decision=decision),
                at=datetime.fromisoformat(message.payload["at"]),
            )
            self._notices.tell(found[0], notice, message_id=message.id)
        return None
