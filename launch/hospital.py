"""The city's hospital in the demonstration: who works there, when, and its information system."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sandbox.hospital_his.schedule.places import HOSPITALS
from sandbox.hospital_his.schedule.records import records, written
from sandbox.phone.keys import load_or_generate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSPITAL: Final = HOSPITALS[0]
WALK_IN: Final = "全科医学科"
"""The department of the half-day that has begun: whoever books there can come at once."""
_AHEAD_DAYS: Final = 13
"""After today: what the rules of booking let people book."""
_LASTS: Final = timedelta(hours=3)
_STEP_MINUTES: Final = 10
_NOON, _EVENING = 12, 18
_CHINA: Final = ZoneInfo("Asia/Shanghai")
_DOCTOR: Final = "P0901"
_DEPARTMENT: Final = "D91"


@dataclass(frozen=True, slots=True, kw_only=True)
class HospitalFiles:
    """What the command that registers the hospital is given."""

    jwks: Path
    schedule: Path
    key_file: Path
    """The private key of its information system, known to nobody else."""

    @property
    def words(self) -> tuple[str, ...]:
        """The command."""
        return (
            "seed-hospital",
            f"--name={HOSPITAL.name}",
            f"--region={HOSPITAL.region}",
            f"--jwks={self.jwks}",
            f"--schedule={self.schedule}",
        )


def hospital_files(folder: Path, *, now: datetime) -> HospitalFiles:
    """Write the public key of the hospital's system, and its schedule from this hour on."""
    key_file = folder / "hospital.pem"
    key = load_or_generate(key_file)
    public = {**key.public_jwk(), "kid": key.thumbprint(), "use": "sig", "alg": "ES256"}
    jwks = folder / "hospital.jwks.json"
    jwks.write_text(json.dumps({"keys": [public]}), encoding="utf-8")
    local = now.astimezone(_CHINA)
    schedule = folder / "hospital.ndjson"
    tomorrow = local.date() + timedelta(days=1)
    with schedule.open("w", encoding="utf-8") as file:
        file.writelines(written(records(HOSPITAL, first=tomorrow, days=_AHEAD_DAYS)))
        file.writelines(written(walk_in(local)))
    return HospitalFiles(jwks=jwks, schedule=schedule, key_file=key_file)


def walk_in(local: datetime) -> Iterator[dict[str, Any]]:
    """The half-day of a family doctor that has begun: a new one at each launch, until midnight.

    Args:
        local: the time in China.
    """
    minute = local.minute // _STEP_MINUTES * _STEP_MINUTES
    starts = local.replace(minute=minute, second=0, microsecond=0)
    last = starts.replace(hour=23, minute=59)
    yield {"kind": "department", "id": _DEPARTMENT, "campus": "C1", "name": WALK_IN}
    yield {"kind": "practitioner", "id": _DOCTOR, "name": "林知和", "title": "主治医师"}
    yield {
        "kind": "session",
        "id": f"{_DOCTOR}-{starts:%Y%m%d-%H%M}",
        "department": _DEPARTMENT,
        "practitioner": _DOCTOR,
        "day": starts.date().isoformat(),
        "half_day": _half_day(starts.hour),
        "starts": f"{starts:%H:%M}",
        "ends": f"{min(starts + _LASTS, last):%H:%M}",
        "fee_class": "ordinary",
        "fee": 1_000,
        "item_code": "YL0001",
        "pools": [{"channel": "app", "size": 9}, {"channel": "window", "size": 3}],
    }


def _half_day(hour: int) -> str:
    if hour < _NOON:
        return "morning"
    return "afternoon" if hour < _EVENING else "evening"
