"""Templates and holidays, as a hospital sends them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb

from app.core.ids import new_id
from app.core.statements import Tx, changed, row
from app.hospital.planning.service.known import Known
from app.hospital.planning.service.lines.records import HolidayRecord, TemplateRecord
from app.hospital.planning.service.outcomes import Outcome

_TEMPLATE: Final = """
SELECT record FROM session_templates
WHERE hospital_id = %(hospital)s AND external_id = %(external)s
"""
_WRITE_TEMPLATE: Final = """
INSERT INTO session_templates (id, hospital_id, external_id, weekday, since, until, active, record,
  changed_at)
VALUES (%(id)s, %(hospital)s, %(external)s, %(weekday)s, %(since)s, %(until)s, %(active)s,
  %(record)s, %(now)s)
ON CONFLICT (hospital_id, external_id) DO UPDATE SET weekday = excluded.weekday,
  since = excluded.since, until = excluded.until, active = excluded.active,
  record = excluded.record, changed_at = excluded.changed_at
"""
_HOLIDAY: Final = """
SELECT name, plan_as FROM hospital_holidays WHERE hospital_id = %(hospital)s AND day = %(day)s
"""
_WRITE_HOLIDAY: Final = """
INSERT INTO hospital_holidays (hospital_id, day, name, plan_as, changed_at)
VALUES (%(hospital)s, %(day)s, %(name)s, %(plan_as)s, %(now)s)
ON CONFLICT (hospital_id, day) DO UPDATE SET name = excluded.name, plan_as = excluded.plan_as,
  changed_at = excluded.changed_at
"""
_END_HOLIDAY: Final = """
DELETE FROM hospital_holidays WHERE hospital_id = %(hospital)s AND day = %(day)s
"""
# What was planned today was planned without it: the timer plans once more.
_PLAN_AGAIN: Final = "DELETE FROM planning_rounds WHERE hospital_id = %(hospital)s"


def take_template(
    tx: Tx, known: Known, record: TemplateRecord, now: datetime, *, write: bool
) -> Outcome:
    """Add or change a template, or tell what would happen.

    Raises:
        DomainError: DEPARTMENT_NOT_KNOWN or PRACTITIONER_NOT_KNOWN.
    """
    known.id_of("department", record.department)
    known.id_of("practitioner", record.practitioner)
    names = {"hospital": known.hospital_id, "external": record.id}
    there, said = row(tx, _TEMPLATE, names), record.model_dump(mode="json")
    if there is not None and there[0] == said:
        return Outcome.UNCHANGED
    if write:
        values = {
            **names,
            "id": new_id("tpl", now),
            "weekday": record.weekday,
            "since": record.since,
            "until": record.until,
            "active": record.active,
            "record": Jsonb(said),
            "now": now,
        }
        changed(tx, _WRITE_TEMPLATE, values)
        changed(tx, _PLAN_AGAIN, names)
    return Outcome.CREATED if there is None else Outcome.UPDATED


def take_holiday(
    tx: Tx, known: Known, record: HolidayRecord, now: datetime, *, write: bool
) -> Outcome:
    """Add, change or end a holiday, or tell what would happen.

    Sessions that are there already are not touched: people may have places in them.
    """
    names = {"hospital": known.hospital_id, "day": record.day}
    there = row(tx, _HOLIDAY, names)
    said = (record.name, record.plan_as) if record.active else None
    if there == said:
        return Outcome.UNCHANGED
    if write:
        values = {**names, "name": record.name, "plan_as": record.plan_as, "now": now}
        changed(tx, _WRITE_HOLIDAY if record.active else _END_HOLIDAY, values)
        changed(tx, _PLAN_AGAIN, names)
    return Outcome.CREATED if there is None else Outcome.UPDATED
