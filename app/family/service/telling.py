"""Tells the other of the two: the handler of the outbox's `family.changed`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.core.database import Database
from app.family.models import FamilyAgreement
from app.family.service.notes import FamilyNotes
from app.family.states import AgreementKind, AgreementState
from app.notifications.service.notices import Notices, NoticeText
from app.outbox.ports import Message, Postponed

Words = tuple[str, str]
"""Simplified Chinese, English."""

_THINGS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        AgreementKind.MANDATE: ("亲情账户授权", "family mandate"),
        AgreementKind.MUTUAL_AID: ("家庭共济协议", "mutual aid agreement"),
    }
)
_BECAME: Final[Mapping[str, Words]] = MappingProxyType(
    {
        AgreementState.OFFERED: ("有一份{}等待您答复", "Somebody offers you a {}"),
        AgreementState.ACTIVE: ("一份{}已生效", "A {} has come into force"),
        AgreementState.DECLINED: ("您提出的{}被谢绝", "The {} you offered was declined"),
        AgreementState.REVOKED: ("一份{}已被撤销", "A {} was revoked"),
    }
)


class FamilyTelling:
    """Tells of one change, in the transaction that marks its message as handled: once."""

    def __init__(self, *, database: Database, notes: FamilyNotes, notices: Notices) -> None:
        """Take the ports."""
        self._database = database
        self._notes = notes
        self._notices = notices

    def __call__(self, message: Message, /) -> Postponed | None:
        """Tell who did not do it themselves; nobody where no person of that number is known."""
        state, by = message.payload["state"], message.payload["by"]
        with self._database.transaction() as tx:
            row = tx.get_one(FamilyAgreement, message.payload["agreement"])
            another = self._notes.counterpart(row, by)
            if another is not None:
                notice = self._notice(row, state, by, message)
                self._notices.tell(another, notice, message_id=message.id)
        return None

    def _notice(self, row: FamilyAgreement, state: str, by: str, message: Message) -> NoticeText:
        name = self._notes.actor(row, by).name
        (thing_zh, thing), (zh, en) = _THINGS[row.kind], _BECAME[state]
        return NoticeText(
            kind=f"family.{state.lower()}",
            about=row.id,
            zh=f"{zh.format(thing_zh)}（{name}）。",
            en=f"{en.format(thing)} ({name}).",
            at=datetime.fromisoformat(message.payload["at"]),
        )
