"""A hospital's records, as `POST /v1/hospital/imports` takes them (docs/hospital.md)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sandbox.departments.city.chance import Chance
from sandbox.hospital_his.schedule.doctors import MORNING, Doctor, doctors
from sandbox.hospital_his.schedule.places import HospitalPlaces

DOCTORS: Final = 20
"""Of a hospital: sixty in the city."""
SEED: Final = 20_261_201
_CHINA: Final = ZoneInfo("Asia/Shanghai")
_TIMES: Final = {MORNING: ("08:00", "12:00"), "afternoon": ("13:30", "17:30")}
_GIVES_BACK: Final = time(19, 0)
"""The day before."""


def records(
    hospital: HospitalPlaces,
    *,
    first: date,
    days: int,
    count: int = DOCTORS,
    seed: int = SEED,
) -> Iterator[dict[str, Any]]:
    """Yield a hospital's records; what a record refers to comes before it.

    Args:
        hospital: whose.
        first: the first day with sessions.
        days: how many days.
        count: doctors.
        seed: the same seed is the same schedule.
    """
    yield from _places(hospital)
    staff = list(doctors(Chance(seed), count=count, departments=len(hospital.departments)))
    for doctor in staff:
        yield {
            "kind": "practitioner",
            "id": doctor.id,
            "name": doctor.name,
            "title": doctor.rank.title,
        }
    for day in (first + timedelta(days=n) for n in range(days)):
        for doctor in staff:
            for weekday, half_day in doctor.works:
                if weekday == day.isoweekday():
                    yield _session(doctor, day, half_day)


def written(found: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield a line a record (NDJSON)."""
    return (f"{json.dumps(one, ensure_ascii=False)}\n" for one in found)


def _places(hospital: HospitalPlaces) -> Iterator[dict[str, Any]]:
    for campus in hospital.campuses:
        yield {
            "kind": "campus",
            "id": campus.id,
            "name": campus.name,
            "address": campus.address,
            "latitude": campus.latitude,
            "longitude": campus.longitude,
        }
    for n, name in enumerate(hospital.departments):
        yield {
            "kind": "department",
            "id": _department(n),
            "campus": hospital.campuses[n % len(hospital.campuses)].id,
            "name": name,
        }


def _department(n: int) -> str:
    return f"D{n + 1:02d}"


def _session(doctor: Doctor, day: date, half_day: str) -> dict[str, Any]:
    starts, ends = _TIMES[half_day]
    back = datetime.combine(day - timedelta(days=1), _GIVES_BACK, tzinfo=_CHINA).isoformat()
    return {
        "kind": "session",
        "id": f"{doctor.id}-{day:%Y%m%d}-{'AM' if half_day == MORNING else 'PM'}",
        "department": _department(doctor.department),
        "practitioner": doctor.id,
        "day": day.isoformat(),
        "half_day": half_day,
        "starts": starts,
        "ends": ends,
        "fee_class": doctor.rank.fee_class,
        "fee": doctor.rank.fee,
        "item_code": doctor.rank.item_code,
        "pools": [
            {
                "channel": channel,
                "size": size,
                **({} if channel == "app" else {"gives_back_at": back}),
            }
            for channel, size in doctor.rank.sizes.items()
        ],
    }
