"""Partners who checked a certificate and want to hear of it: bounded, and not for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.ids import new_id
from app.documents.errors import ENDED, FOLLOWERS_TOO_MANY, NOT_RECOGNISED
from app.documents.models import SUSPENDED, VALID, Certificate, CertificateFollower
from app.documents.service.checks import CheckResult
from app.documents.service.views import CertificateView

MOST_OF_CERTIFICATE: Final = 50
MOST_OF_PARTNER: Final = 10_000
_LOCK: Final = "certificate-followers:"


class CodeChecks(Protocol):
    """Checks what is printed on a certificate; `app.documents.service.checks`."""

    def code(self, reference: str, typed: str, *, address: str) -> CheckResult:
        """Check an id or number with its check code.

        Raises:
            DomainError: TOO_MANY_REQUESTS, CHECK_CODE_MALFORMED.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A subscription."""

    id: str
    certificate: str
    """Identifier printed on the certificate."""
    state: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowingsPage:
    """Some subscriptions, newest first, and the cursor of the next page."""

    items: Sequence[Following]
    next: str | None


class CertificateFollowing:
    """Keeps who follows which certificate."""

    def __init__(
        self, *, checks: CodeChecks, database: Database, clock: Clock, accesses: AccessLog
    ) -> None:
        """Take the ports."""
        self._checks = checks
        self._database = database
        self._clock = clock
        self._accesses = accesses

    def follow(
        self, partner: Terminal, *, reference: str, code: str, lasts: timedelta, address: str
    ) -> Following:
        """Follow a certificate.

        1. The partner has it before them: they check it, as anybody does, by what is printed.
        2. It can still change. 3. Neither it nor the partner has too many subscriptions.
        4. The holder sees who follows it.

        Repeating it renews the subscription.

        Raises:
            DomainError: TOO_MANY_REQUESTS, CHECK_CODE_MALFORMED, CERTIFICATE_NOT_RECOGNISED,
                CERTIFICATE_ENDED, FOLLOWERS_TOO_MANY.
        """
        found = self._checks.code(reference, code, address=address).certificate  # 1
        if found is None:
            raise NOT_RECOGNISED()
        if found.status not in {VALID, SUSPENDED}:  # 2
            raise ENDED()
        now = self._clock.now()
        until = min(now + lasts, found.valid_until)
        with self._database.transaction() as tx:
            _require_live(tx, found.id)  # 2, again: held until this is written
            _require_room(tx, found.id, partner.merchant_id, now=now)  # 3
            made = _renewed(tx, found.id, partner.merchant_id, now=now, until=until)
            self._record(tx, partner, found)  # 4
        return Following(id=made, certificate=found.number, state=found.status, expires_at=until)

    def page(self, merchant_id: str, *, before: str | None, limit: int) -> FollowingsPage:
        """A partner's live subscriptions, newest first."""
        row = CertificateFollower
        query = (
            select(row, Certificate.number, Certificate.state)
            .join(Certificate, Certificate.id == row.certificate_id)
            .where(row.merchant_id == merchant_id, row.expires_at > self._clock.now())
        )
        if before is not None:
            query = query.where(row.id < before)
        with self._database.transaction() as tx:
            found = tx.execute(query.order_by(row.id.desc()).limit(limit + 1)).all()
        items = [
            Following(id=one.id, certificate=number, state=state, expires_at=one.expires_at)
            for one, number, state in found[:limit]
        ]
        return FollowingsPage(items=items, next=items[-1].id if len(found) > limit else None)

    def end(self, merchant_id: str, following_id: str) -> None:
        """End a subscription.

        Raises:
            DomainError: NOT_FOUND, the same for another partner's.
        """
        ended = (
            delete(CertificateFollower)
            .where(
                CertificateFollower.id == following_id,
                CertificateFollower.merchant_id == merchant_id,
            )
            .returning(CertificateFollower.id)
        )
        with self._database.transaction() as tx:
            if tx.scalar(ended) is None:
                raise NOT_FOUND()

    def _record(self, tx: Session, partner: Terminal, found: CertificateView) -> None:
        person_id = tx.scalars(
            select(Certificate.person_id).where(Certificate.id == found.id)
        ).one()
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=partner.terminal_id, name=partner.merchant_name),
            action=actions.CERTIFICATE_FOLLOWED,
            purpose=f"certificate:{found.type}",
            fields=("number", "status"),
        )


class FollowerSweep:
    """Housekeeping; nothing depends on its being on time."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def sweep(self) -> int:
        """Forget subscriptions that are over; returns how many."""
        row = CertificateFollower
        over = delete(row).where(row.expires_at <= self._clock.now()).returning(row.id)
        with self._database.separate() as tx:
            return len(tx.scalars(over).all())


def _require_live(tx: Session, certificate_id: str) -> None:
    # A change that comes now waits for us and then finds the follower; one that came is seen.
    state = select(Certificate.state).where(Certificate.id == certificate_id)
    if tx.scalar(state.with_for_update(read=True)) not in {VALID, SUSPENDED}:
        raise ENDED()


def _require_room(tx: Session, certificate_id: str, merchant_id: str, *, now: datetime) -> None:
    # Under a lock of each, so that many at once do not get around the bound.
    row = CertificateFollower
    for column, value, most in (
        (row.merchant_id, merchant_id, MOST_OF_PARTNER),
        (row.certificate_id, certificate_id, MOST_OF_CERTIFICATE),
    ):
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(_LOCK + value, 0))))
        others = select(row.id).where(
            column == value,
            row.expires_at > now,
            ~((row.certificate_id == certificate_id) & (row.merchant_id == merchant_id)),
        )
        counted = select(func.count()).select_from(others.limit(most).subquery())
        if tx.scalars(counted).one() >= most:
            raise FOLLOWERS_TOO_MANY()


def _renewed(
    tx: Session, certificate_id: str, merchant_id: str, *, now: datetime, until: datetime
) -> str:
    row = CertificateFollower
    return tx.scalars(
        insert(row)
        .values(
            id=new_id("sub", now),
            certificate_id=certificate_id,
            merchant_id=merchant_id,
            created_at=now,
            expires_at=until,
        )
        .on_conflict_do_update(
            index_elements=[row.certificate_id, row.merchant_id], set_={"expires_at": until}
        )
        .returning(row.id)
    ).one()
