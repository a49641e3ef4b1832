"""Taking a hospital's file. The same file twice changes nothing the second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.statements import Tx, changed
from app.hospital.planning.errors import IMPORT_LINE_REPEATED, IMPORT_TOO_MANY_LINES
from app.hospital.planning.service.chinese_days import day_of
from app.hospital.planning.service.importing.places import place_stands, take_place
from app.hospital.planning.service.importing.report import ImportReport, Mode
from app.hospital.planning.service.known import Known, known_of
from app.hospital.planning.service.lines.reading import Read, Refused
from app.hospital.planning.service.lines.records import (
    HolidayRecord,
    Record,
    SessionRecord,
    TemplateRecord,
)
from app.hospital.planning.service.outcomes import Outcome
from app.hospital.planning.service.sessions.planned import PlannedSession, digest_of, planned
from app.hospital.planning.service.sessions.taking import SessionTaking
from app.hospital.planning.service.weekly.calendars import take_holiday, take_template

MOST_ATOMIC: Final = 2_000
"""Records in one transaction: what they change is locked, and so unbookable, until it ends."""
BUDGET: Final = timedelta(seconds=45)
"""Less than what stands in front of us waits for an answer."""
_FAULT: Final = 500
_CHECKED: Final = "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"
Lines = Callable[[], Iterator[Read | Refused]]
"""Reads the file from its beginning."""


class _Undone(Exception):  # noqa: N818 - ends a transaction that is not wanted
    """Undoes what was written."""


class ScheduleImport:
    """Takes campuses, departments, doctors, sessions, templates and holidays."""

    def __init__(self, *, database: Database, clock: Clock, sessions: SessionTaking) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._sessions = sessions

    def run(self, hospital_id: str, lines: Lines, mode: Mode) -> ImportReport:
        """Take a file.

        A transaction a line is the rule: a schedule has thousands of sessions, and one that cannot
        be changed because people have places in it must not hold up the rest. A line refers to what
        is there or to an earlier line.

        Args:
            hospital_id: whose.
            lines: the file.
            mode: each line by itself, all or none, or nothing at all.

        Raises:
            DomainError: IMPORT_TOO_MANY_LINES for more than is taken at once, or what reading the
                first line refuses; UNAVAILABLE: what was done until then is done.
        """
        if mode == Mode.EACH:
            return self._each(hospital_id, lines)
        report = self._tried(hospital_id, lines, mode)
        if mode == Mode.DRY_RUN or report.refused or report.next_line is not None:
            return report
        return self._together(hospital_id, lines)

    def _each(self, hospital_id: str, lines: Lines) -> ImportReport:
        report, known = ImportReport(mode=Mode.EACH), self._known(hospital_id)

        def take(record: Record) -> Outcome:
            if stands(known, record):
                return Outcome.UNCHANGED
            with self._database.direct() as tx:
                return self._take(tx, known, record)

        self._go_through(lines, report, take)
        return report

    def _tried(self, hospital_id: str, lines: Lines, mode: Mode) -> ImportReport:
        report = ImportReport(mode=mode, written=False)
        known = self._known(hospital_id)

        def try_out(record: Record) -> Outcome:
            if stands(known, record):
                return Outcome.UNCHANGED
            with self._database.direct() as tx:
                return self._try_out(tx, known, record)

        self._go_through(lines, report, try_out)
        if mode == Mode.ATOMIC and report.lines > MOST_ATOMIC:
            raise IMPORT_TOO_MANY_LINES(members={"most": MOST_ATOMIC})
        return report

    def _together(self, hospital_id: str, lines: Lines) -> ImportReport:
        report, known = ImportReport(mode=Mode.ATOMIC), self._known(hospital_id)
        with suppress(_Undone), self._database.direct() as tx:

            def take(record: Record) -> Outcome:
                outcome = self._take(tx, known, record)
                for check in _CHECKED:  # now, by the line, rather than all of them at the commit
                    changed(tx, check, {})
                return outcome

            self._go_through(lines, report, take)
            if report.refused or report.next_line is not None:
                report.written = False
                raise _Undone
        return report

    def _go_through(
        self, lines: Lines, report: ImportReport, take: Callable[[Record], Outcome]
    ) -> None:
        begun, seen = self._clock.now(), set[tuple[str, str]]()
        for one in lines():
            if self._clock.now() - begun > BUDGET:
                report.next_line = one.line
                return
            if isinstance(one, Refused):
                report.refused.append(one)
                continue
            key = (one.record.kind, one.record.id)
            if key in seen:
                report.refuse(one, IMPORT_LINE_REPEATED())
                continue
            seen.add(key)
            try:
                report.count(take(one.record))
            except DomainError as refusal:
                if refusal.kind.status >= _FAULT:
                    raise
                report.refuse(one, refusal)

    def _take(self, tx: Tx, known: Known, record: Record) -> Outcome:
        now = self._clock.now()
        match record:
            case SessionRecord():
                plan = _planned(known, record)
                return self._sessions.take(tx, known.hospital_id, plan, now)
            case TemplateRecord():
                return take_template(tx, known, record, now, write=True)
            case HolidayRecord():
                return take_holiday(tx, known, record, now, write=True)
            case _:
                return take_place(tx, known, record, now)

    def _try_out(self, tx: Tx, known: Known, record: Record) -> Outcome:
        now = self._clock.now()
        match record:
            case SessionRecord():
                plan = _planned(known, record)
                return self._sessions.try_out(tx, known.hospital_id, plan, now)
            case TemplateRecord():
                return take_template(tx, known, record, now, write=False)
            case HolidayRecord():
                return take_holiday(tx, known, record, now, write=False)
            case _:
                return take_place(None, known, record, now)

    def _known(self, hospital_id: str) -> Known:
        return known_of(self._database, hospital_id, day_of(self._clock.now()))


def stands(known: Known, record: Record) -> bool:
    """Whether it is plain, without a question to the database, that a record changes nothing."""
    match record:
        case SessionRecord():
            return known.digests.get(record.id) == digest_of(record)
        case TemplateRecord() | HolidayRecord():
            return False
        case _:
            return place_stands(known, record)


def _planned(known: Known, record: SessionRecord) -> PlannedSession:
    return planned(
        record,
        department_id=known.id_of("department", record.department),
        practitioner_id=known.id_of("practitioner", record.practitioner),
    )
