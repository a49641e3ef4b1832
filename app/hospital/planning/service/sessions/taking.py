"""Taking a session from its hospital: new, changed, or as it was."""

from __future__ import annotations

from datetime import datetime

from app.core.statements import Tx
from app.hospital.planning.ports import Rules, Succession
from app.hospital.planning.service.chinese_days import opening
from app.hospital.planning.service.outcomes import Outcome
from app.hospital.planning.service.sessions.deciding import change_of, require_possible
from app.hospital.planning.service.sessions.planned import PlannedSession
from app.hospital.planning.service.sessions.standing import Standing, standing
from app.hospital.planning.service.sessions.writing import apply, insert, keep_plan


class SessionTaking:
    """Makes sessions be as their hospitals want them."""

    def __init__(self, *, rules: Rules, succession: Succession) -> None:
        """Take the ports.

        Args:
            rules: from when a day can be booked.
            succession: has a place that was added before the public has it.
        """
        self._rules = rules
        self._succession = succession

    def take(self, tx: Tx, hospital_id: str, plan: PlannedSession, now: datetime) -> Outcome:
        """Add or change a session, in the transaction at hand.

        Session, pools and places are locked in this order before anything is decided, so that what
        is decided is still so when it is done. Claims pass over locked places.

        Raises:
            DomainError: what `change_of` refuses.
        """
        there = standing(tx, hospital_id=hospital_id, external_id=plan.external_id, lock=True)
        if there is None:
            require_possible(plan, now)
            opens_at = self._opens_at(hospital_id, plan)
            if insert(tx, plan, hospital_id=hospital_id, opens_at=opens_at, now=now) is not None:
                return Outcome.CREATED
            # Somebody else added it in the meantime.
            there = standing(tx, hospital_id=hospital_id, external_id=plan.external_id, lock=True)
        if there is None or there.digest == plan.digest:
            return Outcome.UNCHANGED
        return self._change(tx, there, hospital_id, plan, now)

    def try_out(self, tx: Tx, hospital_id: str, plan: PlannedSession, now: datetime) -> Outcome:
        """Tell what `take` would do as things stand; nothing is locked or written.

        Raises:
            DomainError: what `change_of` refuses.
        """
        there = standing(tx, hospital_id=hospital_id, external_id=plan.external_id, lock=False)
        if there is None:
            require_possible(plan, now)
            return Outcome.CREATED
        if there.digest == plan.digest or change_of(there, plan, now).empty:
            return Outcome.UNCHANGED
        return Outcome.UPDATED

    def _change(
        self, tx: Tx, there: Standing, hospital_id: str, plan: PlannedSession, now: datetime
    ) -> Outcome:
        change = change_of(there, plan, now)
        if change.empty:
            keep_plan(tx, there.id, plan, now)
            return Outcome.UNCHANGED
        if there.day != plan.day and plan.opens_at is None:
            change.columns["opens_at"] = self._opens_at(hospital_id, plan)
        for unit_id in apply(tx, there, plan, change, now):
            self._succession.vacated(tx, unit_id, there.id, now)
        return Outcome.UPDATED

    def _opens_at(self, hospital_id: str, plan: PlannedSession) -> datetime:
        """As the hospital says, else by the rule; a day no rule opens is never open."""
        if plan.opens_at is not None:
            return plan.opens_at
        by_rule = opening(plan.day, self._rules.for_hospital(hospital_id))
        return plan.ends_at if by_rule is None else by_rule
