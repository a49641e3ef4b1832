"""Giving a place to an entry: for everybody in it, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from app.core.errors import DomainError, ErrorKind
from app.core.statements import Tx, attempt, changed, rows
from app.hospital.errors import (
    APPOINTMENT_OVERLAPS,
    APPOINTMENT_SAME_DEPARTMENT_DAY,
    APPOINTMENT_SAME_DOCTOR_DAY,
)
from app.hospital.policy import BookingPolicy
from app.hospital.ports import Conduct, Rules
from app.hospital.service.claiming.claims import Claimed, Wanted, claim
from app.hospital.states import AppointmentState
from app.hospital.waitlist.ports import Mandates
from app.hospital.waitlist.service.matching import Candidate, Place
from app.hospital.waitlist.service.moves import move_entry
from app.hospital.waitlist.states import EntryState, SkipReason
from app.outbox.service.posting import post_in

OFFER_DUE: Final = "waitlist.offer_due"
"""Topic of the outbox: the deadline of the offer to `payload.entry` has come."""
_CHINA: Final = ZoneInfo("Asia/Shanghai")
_FAULT: Final = 500
_NEVER: Final = timedelta(0)
_MEMBERS: Final = """
SELECT person_id, mandate_id FROM waitlist_members WHERE entry_id = %(entry)s ORDER BY person_id
"""
_OTHERS: Final = """
SELECT u.id FROM slot_units u JOIN unit_pools p ON p.id = u.pool_id
WHERE p.session_id = %(session)s AND p.channel = 'app' AND u.state = 'FREE' AND u.id <> %(unit)s
  AND u.starts_at >= %(from)s
ORDER BY u.number LIMIT %(most)s FOR UPDATE OF u SKIP LOCKED
"""
_GIVEN: Final = """
INSERT INTO waitlist_places (appointment_id, entry_id, unit_id)
VALUES (%(appointment)s, %(entry)s, %(unit)s)
"""
_BY_QUOTA: Final[Mapping[ErrorKind, SkipReason]] = MappingProxyType(
    {
        APPOINTMENT_SAME_DEPARTMENT_DAY: SkipReason.QUOTA,
        APPOINTMENT_SAME_DOCTOR_DAY: SkipReason.QUOTA,
        APPOINTMENT_OVERLAPS: SkipReason.OVERLAP,
    }
)


class _Skipped(Exception):  # noqa: N818 - reads as what happened
    """The entry is passed over; what was done for it so far is undone."""

    def __init__(self, reason: SkipReason) -> None:
        self.reason = reason
        super().__init__(reason.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Terms:
    """How a place is given."""

    state: AppointmentState
    deadline: datetime | None


class PlaceGiving:
    """Gives places."""

    def __init__(self, *, rules: Rules, conduct: Conduct, mandates: Mandates) -> None:
        """Take the ports."""
        self._rules = rules
        self._conduct = conduct
        self._mandates = mandates

    def give(self, tx: Tx, entry: Candidate, place: Place, now: datetime) -> SkipReason | None:
        """Give a place to an entry, and further ones of its session where it is a group's.

        1. Whoever entered may still book for everybody they entered.
        2. Nobody of them is restricted.
        3. Everybody gets a place, and no quota is violated by it.

        What fails is undone, and the transaction can go on.

        Returns:
            None: it is given. Otherwise why not.

        Raises:
            DomainError: something does not work, whoever it is for.
        """
        terms = self._terms(entry, place, now)
        if terms is None:
            return SkipReason.TOO_LATE
        try:
            with attempt(tx):
                self._given(tx, entry, place, terms, now)
        except _Skipped as skipped:
            return skipped.reason
        return None

    def _given(self, tx: Tx, entry: Candidate, place: Place, terms: _Terms, now: datetime) -> None:
        members = rows(tx, _MEMBERS, {"entry": entry.id})
        units = _units(tx, place, len(members), terms.deadline or now)
        for (person_id, mandate_id), unit_id in zip(members, units, strict=True):
            wanted = Wanted(
                person_id=person_id,
                agent_id=None if mandate_id is None else entry.person_id,
                mandate_id=mandate_id,
                session_id=place.session_id,
                unit_id=unit_id,
                state=terms.state,
                deadline=terms.deadline,
                source="waitlist",
                actor="system",
                detail={"entry": entry.id},
            )
            claimed = self._claimed(tx, wanted, place.hospital_id, now)
            given = {"appointment": claimed.appointment_id, "entry": entry.id, "unit": unit_id}
            changed(tx, _GIVEN, given)
        self._moved(tx, entry, terms, now)

    def _claimed(self, tx: Tx, wanted: Wanted, hospital_id: str, now: datetime) -> Claimed:
        if wanted.mandate_id is not None and wanted.agent_id is not None:  # 1
            with _or_skipped(SkipReason.MANDATE):
                self._mandates.hold(tx, mandate_id=wanted.mandate_id, agent_id=wanted.agent_id)
        with _or_skipped(SkipReason.RESTRICTED):  # 2
            self._conduct.may_book(tx, wanted.person_id, hospital_id, now)
        with _or_skipped(SkipReason.QUOTA):  # 3
            claimed = claim(tx, wanted, now)
        if claimed is None:
            raise _Skipped(SkipReason.TOO_FEW_FOR_GROUP)
        return claimed

    def _moved(self, tx: Tx, entry: Candidate, terms: _Terms, now: datetime) -> None:
        if terms.deadline is None:
            _expect(move_entry(tx, entry.id, EntryState.BOOKED, now))
            return
        _expect(move_entry(tx, entry.id, EntryState.OFFERED, now))
        due = f"{entry.id}:{terms.deadline.isoformat()}"  # a key of its own: it holds nothing up
        after = terms.deadline - now
        post_in(tx, OFFER_DUE, key=due, payload={"entry": entry.id}, now=now, after=after)

    def _terms(self, entry: Candidate, place: Place, now: datetime) -> _Terms | None:
        if entry.automatic and place.fee == 0:
            return _Terms(state=AppointmentState.BOOKED, deadline=None)
        stands = offer_time(self._rules.for_hospital(place.hospital_id), place, now)
        if stands <= _NEVER or now + stands > place.starts_at:
            return None
        return _Terms(state=AppointmentState.OFFERED, deadline=now + stands)


def offer_time(policy: BookingPolicy, place: Place, now: datetime) -> timedelta:
    """How long an offer of a place stands: shorter on the day itself, in China."""
    today = now.astimezone(_CHINA).date() == place.day
    return policy.offer_same_day if today else policy.offer


def _units(tx: Tx, place: Place, people: int, begins: datetime) -> list[str]:
    """The place, and as many more of its session as are needed; they begin then or later."""
    values = {
        "session": place.session_id,
        "unit": place.unit_id,
        "from": begins,
        "most": people - 1,
    }
    others = [found[0] for found in rows(tx, _OTHERS, values)] if people > 1 else []
    if len(others) < people - 1:
        raise _Skipped(SkipReason.TOO_FEW_FOR_GROUP)
    return [place.unit_id, *others]


def _expect(moved: bool) -> None:  # noqa: FBT001 - the outcome of a move
    """Whoever holds the lock of a waiting entry can move it; otherwise all of it is undone."""
    if not moved:
        msg = "an entry moved under its lock"
        raise RuntimeError(msg)


@contextmanager
def _or_skipped(reason: SkipReason) -> Iterator[None]:
    """Pass over an entry for a refusal; what does not work at all is not its fault."""
    try:
        yield
    except DomainError as refused:
        if refused.kind.status >= _FAULT:
            raise
        raise _Skipped(_BY_QUOTA.get(refused.kind, reason)) from refused
