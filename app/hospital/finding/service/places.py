"""Finding hospitals, departments and doctors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from app.core.clock import Clock
from app.core.database import Database
from app.core.statements import Row, Values
from app.hospital.finding.service.days import local_day
from app.hospital.finding.service.distance import Near, metres, values
from app.hospital.finding.service.views import (
    CampusView,
    DepartmentView,
    Found,
    HospitalView,
    Named,
    PractitionerView,
)
from app.hospital.finding.service.words import patterns

T = TypeVar("T")
_CALLED: Final = "({0}.name ILIKE %(like)s OR {0}.initials LIKE %(initials)s)"
# The nearest campus counts; the rest of the order is that of the ids.
_HOSPITALS: Final = """
WITH near AS (
  SELECT h.id, h.name, h.region, min({metres}) AS far,
    jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'address', c.address,
      'latitude', c.latitude, 'longitude', c.longitude, 'distance', {metres})
      ORDER BY {metres}, c.id) AS campuses
  FROM hospitals h JOIN campuses c ON c.hospital_id = h.id
  WHERE h.state = 'ACTIVE' AND {where} GROUP BY h.id
)
SELECT id, name, region, campuses FROM near
WHERE (%(within)s::integer IS NULL OR far <= %(within)s)
  AND (%(cursor)s::varchar IS NULL
    OR (far, id) > (SELECT far, id FROM near WHERE id = %(cursor)s))
ORDER BY far, id LIMIT %(limit)s
"""
_DEPARTMENTS: Final = """
WITH near AS (
  SELECT d.id, d.name, h.id AS hospital, h.name AS hospital_name, c.id AS campus,
    c.name AS campus_name, c.address, c.latitude, c.longitude, {metres} AS far
  FROM departments d JOIN campuses c ON c.id = d.campus_id
  JOIN hospitals h ON h.id = d.hospital_id
  WHERE d.state = 'ACTIVE' AND h.state = 'ACTIVE' AND {where}
)
SELECT * FROM near
WHERE (%(within)s::integer IS NULL OR far <= %(within)s)
  AND (%(cursor)s::varchar IS NULL
    OR (far, id) > (SELECT far, id FROM near WHERE id = %(cursor)s))
ORDER BY far, id LIMIT %(limit)s
"""
_PRACTITIONERS: Final = """
WITH page AS (
  SELECT p.id, p.name, p.title, h.id AS hospital, h.name AS hospital_name
  FROM practitioners p JOIN hospitals h ON h.id = p.hospital_id
  WHERE p.state = 'ACTIVE' AND h.state = 'ACTIVE' AND {where}
    AND (%(cursor)s::varchar IS NULL OR p.id > %(cursor)s)
  ORDER BY p.id LIMIT %(limit)s
)
SELECT page.*, (
  SELECT jsonb_agg(DISTINCT jsonb_build_object('id', d.id, 'name', d.name))
  FROM clinic_sessions s JOIN departments d ON d.id = s.department_id
  WHERE s.practitioner_id = page.id AND s.day >= %(today)s AND s.state = 'PUBLISHED'
)
FROM page ORDER BY page.id
"""
_IN_DEPARTMENT: Final = """EXISTS (
    SELECT FROM clinic_sessions s WHERE s.practitioner_id = p.id AND s.day >= %(today)s
      AND s.department_id = %(department)s AND s.state = 'PUBLISHED')"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Which page."""

    cursor: str | None
    """The last id of the page before."""
    limit: int


class PlaceFinding:
    """Finds what can be asked for; anybody may."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def hospitals(self, *, q: str | None, near: Near | None, page: Page) -> Found[HospitalView]:
        """Hospitals, the nearest first where somebody says where they are."""
        where = {_CALLED.format("h"): q}
        statement = _HOSPITALS.format(metres=metres(near), where=_all(where))
        found = self._rows(statement, q, page, values(near))
        return _paged(found, page, lambda row: _hospital(row, near))

    def departments(
        self, *, q: str | None, hospital: str | None, near: Near | None, page: Page
    ) -> Found[DepartmentView]:
        """Departments, likewise."""
        where = {_CALLED.format("d"): q, "d.hospital_id = %(hospital)s": hospital}
        statement = _DEPARTMENTS.format(metres=metres(near), where=_all(where))
        found = self._rows(statement, q, page, {**values(near), "hospital": hospital})
        return _paged(found, page, lambda row: _department(row, near))

    def practitioners(
        self, *, q: str | None, hospital: str | None, department: str | None, page: Page
    ) -> Found[PractitionerView]:
        """Doctors; those of a department are those who see patients there from today on."""
        where = {
            _CALLED.format("p"): q,
            "p.hospital_id = %(hospital)s": hospital,
            _IN_DEPARTMENT: department,
        }
        named = {
            "hospital": hospital,
            "department": department,
            "today": local_day(self._clock.now()),
        }
        found = self._rows(_PRACTITIONERS.format(where=_all(where)), q, page, named)
        return _paged(found, page, _practitioner)

    def _rows(
        self, statement: str, q: str | None, page: Page, named: Mapping[str, object]
    ) -> list[Row]:
        bounds = {"cursor": page.cursor, "limit": page.limit + 1}
        asked: Values = {**(patterns(q) if q else {}), **named, **bounds}
        return self._database.look(statement, asked)


def _all(conditions: Mapping[str, str | None]) -> str:
    """The conditions that were asked for."""
    return " AND ".join(["true", *(one for one, value in conditions.items() if value)])


def _paged(found: Sequence[Row], page: Page, view: Callable[[Row], T]) -> Found[T]:
    items = found[: page.limit]
    more = len(found) > page.limit
    return Found(items=[view(row) for row in items], next=items[-1][0] if more else None)


def _hospital(row: Row, near: Near | None) -> HospitalView:
    campuses = [
        CampusView(**{**one, "distance": None if near is None else one["distance"]})
        for one in row[3]
    ]
    return HospitalView(id=row[0], name=row[1], region=row[2], campuses=campuses)


def _department(row: Row, near: Near | None) -> DepartmentView:
    campus = CampusView(
        id=row[4],
        name=row[5],
        address=row[6],
        latitude=row[7],
        longitude=row[8],
        distance=None if near is None else row[9],
    )
    hospital = Named(id=row[2], name=row[3])
    return DepartmentView(id=row[0], name=row[1], hospital=hospital, campus=campus)


def _practitioner(row: Row) -> PractitionerView:
    return PractitionerView(
        id=row[0],
        name=row[1],
        title=row[2],
        hospital=Named(id=row[3], name=row[4]),
        departments=[Named(**one) for one in row[5] or ()],
    )
