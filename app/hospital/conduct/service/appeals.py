"""Appeals, and what is decided about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import select

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher, Place
from app.core.statements import row
from app.hospital.conduct.errors import (
    APPEAL_NOT_OPEN,
    APPEAL_NOT_POSSIBLE,
    CONDUCT_POINT_UNKNOWN,
)
from app.hospital.conduct.models import ConductPoint
from app.hospital.conduct.service.forgiving import REACH, excuse
from app.hospital.conduct.service.journal import announce
from app.hospital.conduct.states import PointKind, PointState

PURPOSE: Final = "01101"
_OWN: Final = "SELECT id FROM conduct_points WHERE id = %(id)s AND person_id = %(person)s"
_APPEAL: Final = """
UPDATE conduct_points SET state = 'APPEALED', appeal = %(appeal)s, appealed_at = %(now)s,
  state_changed_at = %(now)s
WHERE id = %(id)s AND person_id = %(person)s AND state = 'COUNTS' AND expires_at > %(reach)s
RETURNING id
"""
_DECIDE: Final = """
UPDATE conduct_points SET state = %(state)s, decided_by = %(by)s, decision = %(decision)s,
  decided_at = %(now)s, state_changed_at = %(now)s
WHERE id = %(id)s AND state = 'APPEALED'
  AND (%(hospital)s::varchar IS NULL OR hospital_id = %(hospital)s)
RETURNING kind, appointment_id, person_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An appeal that waits for a decision."""

    id: str
    kind: PointKind
    hospital_id: str
    appointment_id: str
    at: datetime
    expires_at: datetime
    appeal: str = field(repr=False)
    appealed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealsPage:
    """Some appeals, the oldest first, and the cursor of the next page."""

    items: Sequence[Appeal]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who decides."""

    actor: Actor
    hospital_id: str | None
    """Only of this hospital; None: of all."""


class Appeals:
    """Takes appeals, shows them to who decides, and writes decisions down."""

    def __init__(
        self, *, database: Database, clock: Clock, cipher: FieldCipher, accesses: AccessLog
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._cipher = cipher
        self._accesses = accesses

    def appeal(self, citizen: Citizen, point_id: str, words: str) -> None:
        """Say that a point is wrong; once a point. It counts until somebody decides.

        An expired one can be appealed for a year more: a restriction may come from it.

        Raises:
            DomainError: CONDUCT_POINT_UNKNOWN or APPEAL_NOT_POSSIBLE.
        """
        now = self._clock.now()
        about = {"id": point_id, "person": citizen.person_id}
        sealed = self._cipher.seal(words, place_of_appeal(point_id))
        with self._database.direct() as tx:
            if row(tx, _OWN, about) is None:
                raise CONDUCT_POINT_UNKNOWN()
            if (
                row(tx, _APPEAL, {**about, "appeal": sealed, "now": now, "reach": now - REACH})
                is None
            ):
                raise APPEAL_NOT_POSSIBLE()
            announce(tx, point_id, PointState.APPEALED, now)

    def open(self, office: Office, *, after: str | None, limit: int) -> AppealsPage:
        """What waits for a decision, the oldest point first; each person's log says who read it.

        Args:
            office: who reads.
            after: cursor: the last id of the page before.
            limit: appeals a page.
        """
        point = ConductPoint
        query = select(point).where(point.state == PointState.APPEALED).order_by(point.id)
        if office.hospital_id is not None:
            query = query.where(point.hospital_id == office.hospital_id)
        if after is not None:
            query = query.where(point.id > after)
        with self._database.transaction() as tx:
            found = tx.scalars(query.limit(limit + 1)).all()
            for one in found[:limit]:
                self._note(one.person_id, office, actions.CONDUCT_APPEAL_READ)
        items = [self._appeal(one) for one in found[:limit]]
        return AppealsPage(items=items, next=found[limit - 1].id if len(found) > limit else None)

    def decide(self, office: Office, point_id: str, *, granted: bool, decision: str) -> None:
        """Decide an appeal: one conditional update. A no-show that is revoked is excused.

        Args:
            office: who decides; a hospital only about its own appointments.
            point_id: what is appealed.
            granted: whether the point goes.
            decision: what the person is told.

        Raises:
            DomainError: APPEAL_NOT_OPEN.
        """
        now, state = self._clock.now(), PointState.REVOKED if granted else PointState.UPHELD
        values = {
            "id": point_id,
            "state": state.value,
            "by": office.actor.id,
            "decision": decision,
            "hospital": office.hospital_id,
            "now": now,
        }
        with self._database.direct() as tx:
            found = row(tx, _DECIDE, values)
            if found is None:
                raise APPEAL_NOT_OPEN()
            kind, appointment_id, person_id = found
            if granted and kind == PointKind.NO_SHOW:
                excuse(tx, appointment_id, now)
            announce(tx, point_id, state, now)
            self._note(person_id, office, actions.CONDUCT_APPEAL_DECIDED)

    def _note(self, person_id: str, office: Office, action: str) -> None:
        self._accesses.record(
            person_id=person_id, actor=office.actor, action=action, purpose=PURPOSE
        )

    def _appeal(self, one: ConductPoint) -> Appeal:
        return Appeal(
            id=one.id,
            kind=one.kind,
            hospital_id=one.hospital_id,
            appointment_id=one.appointment_id,
            at=one.at,
            expires_at=one.expires_at,
            appeal=self._cipher.open_text(one.appeal or b"", place_of_appeal(one.id)),
            appealed_at=one.appealed_at,
        )


def place_of_appeal(point_id: str) -> Place:
    """Where the sealed words of an appeal live."""
    return Place(ConductPoint.__tablename__, "appeal", point_id)
