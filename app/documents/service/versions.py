"""Versions: a certificate never changes, a newer one takes its place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import case, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.documents.errors import SUSPENDED as SUSPENDED_KIND
from app.documents.models import (
    LAST_VERSION,
    SERIALS,
    SUPERSEDED,
    SUSPENDED,
    VALID,
    Certificate,
    CertificateSeries,
)
from app.documents.moves import Reason
from app.documents.service.changes import note_change

_SERIAL_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A place in a series."""

    serial: int
    version: int

    @property
    def serial_text(self) -> str:
        """The serial as it stands in the identifier."""
        return f"{self.serial:0{_SERIAL_DIGITS}d}"


def refuse_if_suspended(tx: Session, *, person_id: str, type_code: str) -> None:
    """Asking again is no way around a suspension.

    Raises:
        DomainError: CERTIFICATE_SUSPENDED.
    """
    suspended = select(Certificate.id).where(
        Certificate.person_id == person_id,
        Certificate.type == type_code,
        Certificate.state == SUSPENDED,
    )
    if tx.scalar(suspended) is not None:
        raise SUSPENDED_KIND()


def next_version(tx: Session, *, person_id: str, type_code: str) -> Version:
    """Take the next place in the person's series of this type.

    One statement takes the place and, until the transaction ends, keeps others out: two requests
    at the same moment become two versions, one after the other, and neither fails.
    """
    series = CertificateSeries
    full = series.version >= LAST_VERSION
    taken = tx.execute(
        insert(series)
        .values(person_id=person_id, type=type_code, serial=SERIALS.next_value(), version=1)
        .on_conflict_do_update(
            index_elements=[series.person_id, series.type],
            set_={
                "serial": case((full, SERIALS.next_value()), else_=series.serial),
                "version": case((full, 1), else_=series.version + 1),
            },
        )
        .returning(series.serial, series.version)
    ).one()
    return Version(serial=taken.serial, version=taken.version)


def supersede(tx: Session, *, person_id: str, type_code: str, now: datetime) -> None:
    """End the version that is valid now, if there is one; call after `next_version`."""
    ended = tx.scalars(
        update(Certificate)
        .where(
            Certificate.person_id == person_id,
            Certificate.type == type_code,
            Certificate.state == VALID,
        )
        .values(state=SUPERSEDED)
        .returning(Certificate.id)
    ).all()
    for certificate_id in ended:
        note_change(
            tx,
            certificate_id,
            state=SUPERSEDED,
            reason=Reason.NEW_VERSION,
            by=person_id,
            now=now,
        )
