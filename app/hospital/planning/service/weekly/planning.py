"""Sessions of the days ahead, from the weekly templates. Planning twice changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

import structlog

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError, ErrorKind
from app.core.statements import changed
from app.hospital.planning.errors import PLAN_DAYS_REFUSED
from app.hospital.planning.ports import Rules
from app.hospital.planning.service.chinese_days import day_of, moment
from app.hospital.planning.service.known import Known, known_of
from app.hospital.planning.service.lines.records import (
    PoolRecord,
    SessionRecord,
    TemplateRecord,
    WeeklyPoolRecord,
)
from app.hospital.planning.service.outcomes import Outcome
from app.hospital.planning.service.sessions.planned import digest_of, planned
from app.hospital.planning.service.sessions.taking import SessionTaking

MOST_DAYS: Final = 60
BUDGET: Final = timedelta(seconds=45)
_AHEAD_OF_WINDOW: Final = 7
"""Days planned beyond those that can be booked, for the hospital to look at."""
_GIVES_BACK: Final = time(19, 0)
_FAULT: Final = 500
_TEMPLATES: Final = """
SELECT record FROM session_templates
WHERE hospital_id = %(hospital)s AND active AND since <= %(last)s
  AND (until IS NULL OR until >= %(first)s)
ORDER BY external_id
"""
_HOLIDAYS: Final = """
SELECT day, plan_as FROM hospital_holidays
WHERE hospital_id = %(hospital)s AND day BETWEEN %(first)s AND %(last)s
"""
_DUE: Final = """
SELECT h.id FROM hospitals h
WHERE h.state = 'ACTIVE'
  AND EXISTS (SELECT FROM session_templates t WHERE t.hospital_id = h.id AND t.active)
  AND NOT EXISTS (
    SELECT FROM planning_rounds r WHERE r.hospital_id = h.id AND r.planned_on >= %(today)s)
ORDER BY h.id LIMIT %(most)s
"""
_DONE: Final = """
INSERT INTO planning_rounds (hospital_id, planned_on) VALUES (%(hospital)s, %(today)s)
ON CONFLICT (hospital_id) DO UPDATE SET planned_on = excluded.planned_on
"""
log = structlog.get_logger("planning")


@dataclass(frozen=True, slots=True, kw_only=True)
class NotPlanned:
    """A template that could not be held on a day."""

    template: str
    """The hospital's own id."""
    day: date
    kind: ErrorKind


@dataclass(kw_only=True)
class PlanReport:
    """What came of planning the days ahead."""

    first: date
    last: date
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[NotPlanned] = field(default_factory=list)
    next_day: date | None = None
    """The first that there was no time for: plan again. None: all were planned."""


class WeeklyPlanning:
    """Plans, for a hospital that asks and once a day for all."""

    def __init__(
        self, *, database: Database, clock: Clock, sessions: SessionTaking, rules: Rules
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._sessions = sessions
        self._rules = rules

    def plan(self, hospital_id: str, *, days: int | None = None) -> PlanReport:
        """Plan from today on, a transaction a session.

        A session is named by its template and day. One whose template says what it said is left
        alone: a substitution stays. One that cannot be changed any more is refused, and told.

        Args:
            hospital_id: whose.
            days: how many, today included; None: the window that can be booked, and a week.

        Raises:
            DomainError: PLAN_DAYS_REFUSED; UNAVAILABLE: what was planned until then is planned.
        """
        window = self._rules.for_hospital(hospital_id).window_days
        wanted = window + _AHEAD_OF_WINDOW if days is None else days
        if not 1 <= wanted <= MOST_DAYS:
            raise PLAN_DAYS_REFUSED(pointer="/days")
        begun = self._clock.now()
        first = day_of(begun)
        report = PlanReport(first=first, last=first + timedelta(days=wanted - 1))
        known = known_of(self._database, hospital_id, first)
        for record in self._records(hospital_id, report):
            if self._clock.now() - begun > BUDGET:
                report.next_day = record.day
                break
            self._one(known, record, report)
        return report

    def plan_due(self, *, most: int) -> int:
        """Plan for hospitals that were not planned for today; returns how many those were.

        Args:
            most: hospitals; each may take `BUDGET`.
        """
        today = day_of(self._clock.now())
        due = self._database.look(_DUE, {"today": today, "most": most})
        for (hospital_id,) in due:
            report = self.plan(hospital_id)
            log.info(
                "planned",
                hospital=hospital_id,
                created=report.created,
                updated=report.updated,
                refused=len(report.refused),
            )
            if report.next_day is None:
                with self._database.direct() as tx:
                    changed(tx, _DONE, {"hospital": hospital_id, "today": today})
        return len(due)

    def _records(self, hospital_id: str, report: PlanReport) -> Iterator[SessionRecord]:
        """What the templates want, by day; what is over today is not wanted any more."""
        names = {"hospital": hospital_id, "first": report.first, "last": report.last}
        templates = [
            TemplateRecord.model_validate(record)
            for (record,) in self._database.look(_TEMPLATES, names)
        ]
        holidays: dict[date, int | None] = dict(self._database.look(_HOLIDAYS, names))
        now = self._clock.now()
        for n in range((report.last - report.first).days + 1):
            day = report.first + timedelta(days=n)
            yield from _held(templates, day, holidays.get(day, day.isoweekday()), now)

    def _one(self, known: Known, record: SessionRecord, report: PlanReport) -> None:
        if known.digests.get(record.id) == digest_of(record):
            report.unchanged += 1
            return
        try:
            outcome = self._taken(known, record)
        except DomainError as refusal:
            if refusal.kind.status >= _FAULT:
                raise
            template = record.id.rpartition(":")[0]
            report.refused.append(NotPlanned(template=template, day=record.day, kind=refusal.kind))
        else:
            setattr(report, outcome.value, getattr(report, outcome.value) + 1)

    def _taken(self, known: Known, record: SessionRecord) -> Outcome:
        plan = planned(
            record,
            department_id=known.id_of("department", record.department),
            practitioner_id=known.id_of("practitioner", record.practitioner),
        )
        with self._database.direct() as tx:
            return self._sessions.take(tx, known.hospital_id, plan, self._clock.now())


def _held(
    templates: Sequence[TemplateRecord], day: date, weekday: int | None, now: datetime
) -> Iterator[SessionRecord]:
    for template in templates:
        lasts = template.since <= day and (template.until is None or day <= template.until)
        if lasts and template.weekday == weekday and moment(day, template.starts) > now:
            yield on_day(template, day)


def on_day(template: TemplateRecord, day: date) -> SessionRecord:
    """The session that a template means on a day, as if its hospital had sent it."""
    return SessionRecord(
        kind="session",
        id=f"{template.id}:{day.isoformat()}",
        department=template.department,
        practitioner=template.practitioner,
        day=day,
        half_day=template.half_day,
        starts=template.starts,
        ends=template.ends,
        fee_class=template.fee_class,
        fee=template.fee,
        item_code=template.item_code,
        pools=tuple(_pool(pool, day) for pool in template.pools),
        windows=template.windows,
    )


def _pool(pool: WeeklyPoolRecord, day: date) -> PoolRecord:
    days = pool.gives_back_days
    at = None if days is None else moment(day - timedelta(days=days), _GIVES_BACK)
    return PoolRecord(channel=pool.channel, size=pool.size, gives_back_at=at)
