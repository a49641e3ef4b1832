"""Campuses, departments and practitioners: added and changed by the hospital's own ids."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from app.core.ids import new_id
from app.core.statements import Tx, row
from app.hospital.models.places import PlaceState
from app.hospital.planning.service.initials import initials_of
from app.hospital.planning.service.known import Entry, Known, Row
from app.hospital.planning.service.lines.records import (
    CampusRecord,
    DepartmentRecord,
    PractitionerRecord,
)
from app.hospital.planning.service.outcomes import Outcome

PlaceRecord = CampusRecord | DepartmentRecord | PractitionerRecord
_PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {"campus": "cam", "department": "dep", "practitioner": "doc"}
)
_STATEMENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "campus": """
INSERT INTO campuses (id, hospital_id, external_id, name, address, latitude, longitude, changed_at)
VALUES (%(id)s, %(hospital)s, %(external)s, %(name)s, %(address)s, %(latitude)s, %(longitude)s,
  %(now)s)
ON CONFLICT (hospital_id, external_id) DO UPDATE SET name = excluded.name,
  address = excluded.address, latitude = excluded.latitude, longitude = excluded.longitude,
  changed_at = excluded.changed_at
RETURNING id
""",
        "department": """
INSERT INTO departments (id, hospital_id, campus_id, external_id, name, initials, state, changed_at)
VALUES (%(id)s, %(hospital)s, %(campus)s, %(external)s, %(name)s, %(initials)s, %(state)s, %(now)s)
ON CONFLICT (hospital_id, external_id) DO UPDATE SET campus_id = excluded.campus_id,
  name = excluded.name, initials = excluded.initials, state = excluded.state,
  changed_at = excluded.changed_at
RETURNING id
""",
        "practitioner": """
INSERT INTO practitioners (id, hospital_id, external_id, name, initials, title, state, changed_at)
VALUES (%(id)s, %(hospital)s, %(external)s, %(name)s, %(initials)s, %(title)s, %(state)s, %(now)s)
ON CONFLICT (hospital_id, external_id) DO UPDATE SET name = excluded.name,
  initials = excluded.initials, title = excluded.title, state = excluded.state,
  changed_at = excluded.changed_at
RETURNING id
""",
    }
)


def place_stands(known: Known, record: PlaceRecord) -> bool:
    """Whether a record says what is there already.

    Raises:
        DomainError: CAMPUS_NOT_KNOWN.
    """
    there = known.of(record.kind).get(record.id)
    return there is not None and there.said == _said(known, record)


def take_place(tx: Tx | None, known: Known, record: PlaceRecord, now: datetime) -> Outcome:
    """Add or change one.

    Args:
        tx: the transaction; None: only tell what would happen.
        known: what is there; kept up.
        record: what the hospital says.
        now: the present moment.

    Raises:
        DomainError: CAMPUS_NOT_KNOWN.
    """
    said, there = _said(known, record), known.of(record.kind).get(record.id)
    if there is not None and there.said == said:
        return Outcome.UNCHANGED
    own = new_id(_PREFIXES[record.kind], now) if there is None else there.id
    if tx is not None:
        own = _write(tx, known, record, own, now)
    known.of(record.kind)[record.id] = Entry(id=own, said=said)
    return Outcome.CREATED if there is None else Outcome.UPDATED


def _said(known: Known, record: PlaceRecord) -> Row:
    """The columns that are compared, in the order they are read in."""
    match record:
        case CampusRecord():
            return (record.name, record.address, record.latitude, record.longitude)
        case DepartmentRecord():
            return (known.id_of("campus", record.campus), record.name, record.active)
        case PractitionerRecord():
            return (record.name, record.title, record.active)


def _write(tx: Tx, known: Known, record: PlaceRecord, own: str, now: datetime) -> str:
    values: dict[str, object] = {
        "id": own,
        "hospital": known.hospital_id,
        "external": record.id,
        "name": record.name,
        "now": now,
    }
    match record:
        case CampusRecord():
            values |= record.model_dump(include={"address", "latitude", "longitude"})
        case DepartmentRecord():
            values |= {"campus": known.id_of("campus", record.campus), **_named(record)}
        case PractitionerRecord():
            values |= {"title": record.title, **_named(record)}
    written = row(tx, _STATEMENTS[record.kind], values)
    return own if written is None else str(written[0])


def _named(record: DepartmentRecord | PractitionerRecord) -> dict[str, object]:
    state = PlaceState.ACTIVE if record.active else PlaceState.SUSPENDED
    return {"initials": initials_of(record.name), "state": state.value}
