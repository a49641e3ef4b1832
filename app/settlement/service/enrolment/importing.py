"""Importing who is insured where. Running the same file twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.settlement.models.enrolment import Enrolment
from app.settlement.ports import Insured
from app.settlement.service.enrolment.crediting import OPENING, AccountCrediting
from app.settlement.service.enrolment.records import EnrolmentRecord, read_records

_SHOWN: Final = 100


@dataclass(kw_only=True)
class ImportReport:
    """What came of a file."""

    dry_run: bool
    enrolled: int = 0
    moved: int = 0
    """Insured elsewhere before; that insurance ends the day the new one begins."""
    changed: int = 0
    unchanged: int = 0
    credited_fen: int = 0
    refused: int = 0
    refusals: list[dict[str, object]] = field(default_factory=list)
    """The first hundred: number of the line and reason; nothing of its content."""


class _OnlyTried(Exception):  # noqa: N818 - ends a dry run
    """Undoes what was tried."""


class EnrolmentImport:
    """Takes an insurance office's file."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        insured: Insured,
        crediting: AccountCrediting,
        places: Collection[tuple[str, str]],
    ) -> None:
        """Take the ports.

        Args:
            database: where enrolments live.
            clock: tells the time.
            insured: knows persons, and makes those nobody has met yet.
            crediting: for opening balances.
            places: region and scheme of every benefit rule. Empty: nobody can be enrolled.
        """
        self._database = database
        self._clock = clock
        self._insured = insured
        self._crediting = crediting
        self._places = frozenset(places)

    def run(self, path: Path, *, dry_run: bool) -> ImportReport:
        """Import a file, a transaction a line: a line that is refused hinders no other.

        Raises:
            DomainError: IMPORT_FILE_UNREADABLE.
        """
        report = ImportReport(dry_run=dry_run)
        for number, record in read_records(path):
            outcome = record if isinstance(record, str) else self._one(record, report)
            if outcome in {"enrolled", "moved", "changed", "unchanged"}:
                setattr(report, outcome, getattr(report, outcome) + 1)
                continue
            report.refused += 1
            if len(report.refusals) < _SHOWN:
                report.refusals.append({"line": number, "reason": outcome})
        return report

    def _one(self, record: EnrolmentRecord, report: ImportReport) -> str:
        if (record.region, record.scheme) not in self._places:
            return "no_rule_for_place"
        outcome = ""
        with suppress(_OnlyTried), self._database.transaction() as tx:
            outcome, enrolment = self._enrol(tx, record)
            fen = 0 if enrolment is None else self._opened(enrolment, record, report)
            if outcome == "unchanged" and fen:
                outcome = "changed"
            report.credited_fen += fen
            if report.dry_run:
                raise _OnlyTried
        return outcome

    def _enrol(self, tx: Session, record: EnrolmentRecord) -> tuple[str, Enrolment | None]:
        person_id = self._insured.register(record.citizen_number, record.name)
        latest = tx.scalars(
            select(Enrolment)
            .where(Enrolment.person_id == person_id)
            .order_by(Enrolment.since.desc())
            .limit(1)
            .with_for_update()
        ).one_or_none()
        if latest is None:
            return self._added(tx, person_id, record, "enrolled")
        if latest.since == record.since:
            return self._same(tx, latest, record)
        if record.since < latest.since or (latest.until or record.since) > record.since:
            return "overlaps", None
        if latest.until is None:
            _set(tx, latest.id, until=record.since)
        return self._added(tx, person_id, record, "moved")

    def _added(
        self, tx: Session, person_id: str, record: EnrolmentRecord, outcome: str
    ) -> tuple[str, Enrolment | None]:
        now = self._clock.now()
        enrolment = Enrolment(
            id=new_id("enr", now),
            person_id=person_id,
            region=record.region,
            scheme=record.scheme,
            since=record.since,
            until=record.until,
            monthly_fen=record.monthly_fen,
            created_at=now,
        )
        tx.add(enrolment)
        tx.flush()
        return outcome, enrolment

    def _same(
        self, tx: Session, latest: Enrolment, record: EnrolmentRecord
    ) -> tuple[str, Enrolment | None]:
        if (latest.region, latest.scheme) != (record.region, record.scheme):
            return "overlaps", None
        if (latest.until, latest.monthly_fen) == (record.until, record.monthly_fen):
            return "unchanged", latest
        _set(tx, latest.id, until=record.until, monthly_fen=record.monthly_fen)
        return "changed", latest

    def _opened(self, enrolment: Enrolment, record: EnrolmentRecord, report: ImportReport) -> int:
        amount = record.opening_fen
        if not amount or self._crediting.was_credited(enrolment.person_id, OPENING):
            return 0
        if not report.dry_run:
            self._crediting.credit(enrolment, period=OPENING, amount=amount)
        return amount


def _set(tx: Session, enrolment_id: str, **values: object) -> None:
    tx.execute(
        update(Enrolment)
        .where(Enrolment.id == enrolment_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
