"""Putting hospitals on the list, stopping them and letting them book again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.hospital.errors import HOSPITAL_UNKNOWN
from app.hospital.models.places import Hospital, PlaceState
from app.hospital.planning.errors import (
    HOSPITAL_EXISTS,
    HOSPITAL_MERCHANT_REFUSED,
    HOSPITAL_NAME_INVALID,
)
from app.hospital.planning.ports import Merchants
from app.hospital.planning.service.initials import initials_of

COMMANDS: Final = "commands"
"""Who acts at the command line."""
HOSPITAL_ADDED: Final = "hospital.added"
HOSPITAL_SUSPENDED: Final = "hospital.suspended"
HOSPITAL_RESUMED: Final = "hospital.resumed"
_REGION: Final = re.compile(r"[0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalsPage:
    """Some hospitals, newest first, and the cursor of the next page."""

    items: Sequence[Hospital]
    next: str | None


class HospitalOnboarding:
    """What an operator does with hospitals."""

    def __init__(self, *, database: Database, clock: Clock, merchants: Merchants) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._merchants = merchants

    def add(
        self, *, name: str, region: str, merchant_id: str | None = None, by: str = COMMANDS
    ) -> str:
        """Add a hospital; its terminals are added to its merchant, as a pharmacy's are.

        Args:
            name: what patients read.
            region: administrative division, six digits.
            merchant_id: a merchant of the kind hospital; None: a new one of the same name.
            by: who adds it.

        Returns:
            The hospital's id.

        Raises:
            DomainError: HOSPITAL_NAME_INVALID, HOSPITAL_MERCHANT_REFUSED or HOSPITAL_EXISTS.
        """
        if not name.strip() or _REGION.fullmatch(region) is None:
            raise HOSPITAL_NAME_INVALID(pointer="/region" if name.strip() else "/name")
        with self._database.transaction() as tx:
            if merchant_id is None:
                merchant_id = self._merchants.add(name=name.strip(), region=region, by=by)
            elif not self._merchants.is_hospital(merchant_id):
                raise HOSPITAL_MERCHANT_REFUSED(pointer="/merchant_id")
            tx.flush()
            hospital_id = self._insert(tx, name.strip(), region, merchant_id)
            if hospital_id is None:
                raise HOSPITAL_EXISTS(pointer="/merchant_id")
            self._merchants.record(
                HOSPITAL_ADDED, by=by, merchant_id=merchant_id, detail=[hospital_id]
            )
        return hospital_id

    def suspend(self, hospital_id: str, *, by: str = COMMANDS) -> None:
        """Let nobody book with a hospital any more; what is booked stands.

        Raises:
            DomainError: HOSPITAL_UNKNOWN.
        """
        self._set(hospital_id, PlaceState.SUSPENDED, HOSPITAL_SUSPENDED, by)

    def resume(self, hospital_id: str, *, by: str = COMMANDS) -> None:
        """Let people book again.

        Raises:
            DomainError: HOSPITAL_UNKNOWN.
        """
        self._set(hospital_id, PlaceState.ACTIVE, HOSPITAL_RESUMED, by)

    def read(self, hospital_id: str) -> Hospital:
        """One hospital.

        Raises:
            DomainError: HOSPITAL_UNKNOWN.
        """
        with self._database.transaction() as tx:
            found = tx.get(Hospital, hospital_id, populate_existing=True)
        if found is None:
            raise HOSPITAL_UNKNOWN()
        return found

    def page(self, *, before: str | None, limit: int) -> HospitalsPage:
        """All hospitals, newest first.

        Args:
            before: cursor: the last id of the page before.
            limit: hospitals a page.
        """
        query = select(Hospital)
        if before is not None:
            query = query.where(Hospital.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(Hospital.id.desc()).limit(limit + 1)).all()
        following = found[limit - 1].id if len(found) > limit else None
        return HospitalsPage(items=found[:limit], next=following)

    def _insert(self, tx: Session, name: str, region: str, merchant_id: str) -> str | None:
        now = self._clock.now()
        row = insert(Hospital).values(
            id=new_id("hos", now),
            merchant_id=merchant_id,
            name=name,
            initials=initials_of(name),
            region=region,
            state=PlaceState.ACTIVE,
            created_at=now,
            state_changed_at=now,
        )
        return tx.scalar(
            row.on_conflict_do_nothing(index_elements=["merchant_id"]).returning(Hospital.id)
        )

    def _set(self, hospital_id: str, state: PlaceState, action: str, by: str) -> None:
        with self._database.transaction() as tx:
            found = tx.get(Hospital, hospital_id, with_for_update=True, populate_existing=True)
            if found is None:
                raise HOSPITAL_UNKNOWN()
            if found.state == state:
                return
            found.state, found.state_changed_at = state, self._clock.now()
            self._merchants.record(
                action, by=by, merchant_id=found.merchant_id, detail=[hospital_id]
            )
