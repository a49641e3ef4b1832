"""Tells patients what becomes of their appointments: a handler of the outbox's messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Tx, row
from app.hospital.service import notice_words as words
from app.hospital.service.reminders import post_reminders
from app.hospital.states import AppointmentState
from app.notifications.service.notices import Notices, NoticeText
from app.outbox.ports import Message, Postponed

_APPOINTMENT: Final = """
SELECT a.id, a.person_id, a.agent_id, a.mandate_id, a.state, a.starts_at, a.deadline,
  a.replaces IS NOT NULL, u.number, h.name, d.name, p.name
FROM appointments AS a
JOIN hospitals AS h ON h.id = a.hospital_id
JOIN departments AS d ON d.id = a.department_id
JOIN practitioners AS p ON p.id = a.practitioner_id
JOIN slot_units AS u ON u.id = a.unit_id
WHERE a.id = %(id)s
"""
_DETAIL: Final = """
SELECT detail FROM appointment_events WHERE appointment_id = %(id)s AND sequence = %(sequence)s
"""
_UNTOLD: Final = frozenset(
    {"pending_payment", "arrived", "fulfilled", "declined", "noshow", "excused"}
)
"""What the patient did at that moment themselves, or saw happen; and what conduct tells of."""


class Agents(Protocol):
    """Who acts for whom; the family service implements it, through wiring."""

    def held_by(self, tx: Tx, agent_id: str) -> Collection[str]:
        """The mandates by which somebody may deal with others' appointments now."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An appointment as notices speak of it."""

    id: str
    person_id: str
    agent_id: str | None
    mandate_id: str | None
    state: str
    starts_at: datetime
    deadline: datetime | None
    replaces: bool
    number: int
    hospital: str
    department: str
    practitioner: str

    def values(self, detail: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
        """What the words of both languages are filled with."""
        when = words.moment_words(self.starts_at)
        until = words.moment_words(self.deadline or self.starts_at)
        reason = words.REASONS.get(str(detail.get("reason")), ("", ""))
        room = str(detail.get("room", ""))
        names = (self.hospital, self.department, self.practitioner)
        places = (
            "{}{} {}医生，{}，第 {} 号".format(*names, when[0], self.number),
            "{}, {}, {}, {}, number {}".format(*names, when[1], self.number),
        )
        told = [
            {"place": place, "deadline": deadline, "reason": why, "room": room}
            for place, deadline, why in zip(places, until, reason, strict=True)
        ]
        return told[0], told[1]


class AppointmentTelling:
    """Tells of changes, in the transaction that marks their messages as handled: once.

    1. The patient is told, whoever did it.
    2. So is who booked it for them, as long as the mandate stands.
    3. What is booked is reminded of; reminders look again when they are due.
    """

    def __init__(
        self, *, database: Database, clock: Clock, notices: Notices, agents: Agents
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._notices = notices
        self._agents = agents

    def changed(self, tx: Tx, messages: Sequence[Message], /) -> None:
        """Handle messages of `appointment.changed`."""
        for message in messages:
            if message.payload["kind"] in _UNTOLD:
                continue
            one = _appointment(tx, message.payload["appointment"])
            detail = _detail(tx, message)
            kind = _kind(message.payload["kind"], one, detail)
            if kind is None:
                continue
            at = datetime.fromisoformat(message.payload["at"])
            self._tell(tx, one, kind, detail, at=at, message_id=message.id)
            if message.payload["kind"] == words.BOOKED:  # 3
                post_reminders(tx, one.id, starts_at=one.starts_at, now=self._clock.now())

    def __call__(self, message: Message, /) -> Postponed | None:
        """Handle a message of `appointment.reminder`: silent where the appointment moved on."""
        now = self._clock.now()
        with self._database.direct() as tx:
            one = _appointment(tx, message.payload["appointment"])
            if one.state == AppointmentState.BOOKED and now < one.starts_at:
                self._tell(tx, one, message.payload["kind"], {}, at=now, message_id=message.id)
        return None

    def _tell(
        self,
        tx: Tx,
        one: _Told,
        kind: str,
        detail: Mapping[str, Any],
        *,
        at: datetime,
        message_id: str,
    ) -> None:
        zh, en = (
            text.format(**values)
            for text, values in zip(words.NOTICES[kind], one.values(detail), strict=True)
        )
        notice = NoticeText(kind=f"appointment.{kind}", about=one.id, zh=zh, en=en, at=at)
        self._notices.tell(one.person_id, notice, message_id=message_id)  # 1
        if one.agent_id is not None and one.mandate_id in self._agents.held_by(tx, one.agent_id):
            for_zh, for_en = words.FOR_SOMEBODY  # 2
            another = NoticeText(
                kind=notice.kind, about=one.id, zh=for_zh + zh, en=for_en + en, at=at
            )
            self._notices.tell(one.agent_id, another, message_id=message_id)


def _kind(kind: str, one: _Told, detail: Mapping[str, Any]) -> str | None:
    """In which words; None: in none."""
    if kind == words.BOOKED and "stop" in detail:
        return words.REPLANNED
    if kind == words.BOOKED and one.replaces:
        return words.MOVED
    if kind == words.MOVED:
        return None  # the appointment that takes its place is told of
    if kind == words.CANCELLED_HOSPITAL and detail.get("reason") in words.REASONS:
        return words.STOPPED
    return kind if kind in words.NOTICES else None


def _appointment(tx: Tx, appointment_id: str) -> _Told:
    found = row(tx, _APPOINTMENT, {"id": appointment_id})
    if found is None:
        raise LookupError(appointment_id)
    return _Told(**dict(zip(_Told.__dataclass_fields__, found, strict=True)))


def _detail(tx: Tx, message: Message) -> Mapping[str, Any]:
    values = {"id": message.payload["appointment"], "sequence": message.payload["sequence"]}
    found = row(tx, _DETAIL, values)
    detail: Mapping[str, Any] = {} if found is None else found[0]
    return detail
