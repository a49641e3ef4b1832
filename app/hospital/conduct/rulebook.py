"""The rules of booking: files of data, one a version, read once and refused whole when wrong."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.core.clock import Clock
from app.core.ids import ID_PATTERN
from app.hospital.policy import BookingPolicy

HOME: Final = Path(__file__).with_name("data") / "rules"
_CHINA: Final = ZoneInfo("Asia/Shanghai")
_MOST_BYTES: Final = 256 * 1024
_MOST_FILES: Final = 100
_EMPTY: Final = BookingPolicy()
_Days = Annotated[int, Field(ge=1, le=366)]
_Count = Annotated[int, Field(ge=1, le=100)]


class RulesRefused(Exception):  # noqa: N818 - reads as what happened
    """A file of rules cannot be used; names the file and the member at fault, not its value."""

    def __init__(self, file: str, why: str) -> None:
        """Say which file, and what is wrong with it."""
        super().__init__(f"{file}: {why}")


class BookingTerms(BaseModel):
    """The rules of a city or a hospital. Whole minutes and days; times are local."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    window_days: int = Field(ge=1, le=60)
    releases_at: time
    hold_minutes: int = Field(ge=1, le=10)
    payment_minutes: int = Field(ge=0, le=10)
    hold_again_after_minutes: int = Field(ge=0, le=1440)
    offer_minutes: int = Field(ge=1, le=1440)
    offer_same_day_minutes: int = Field(ge=1, le=120)
    most_waiting: int = Field(ge=0, le=10)
    cancel_expert_until: time
    cancel_ordinary_before_minutes: int = Field(ge=0, le=1440)
    refunds_late: bool
    check_in_before_minutes: int = Field(ge=0, le=1440)
    closes_after_minutes: int = Field(ge=0, le=1440)
    replan_days: int = Field(ge=0, le=30)
    replan_notice_minutes: int = Field(ge=0, le=2880)
    no_shows: _Count
    no_show_within_days: _Days
    no_show_restricts_days: int = Field(ge=0, le=366)
    late_cancels: _Count
    late_cancel_within_days: _Days
    late_cancel_restricts_days: int = Field(ge=0, le=366)

    def policy(self, version: str) -> BookingPolicy:
        """The rules as booking asks for them."""
        return BookingPolicy(
            version=version,
            window_days=self.window_days,
            releases_at=self.releases_at,
            hold=timedelta(minutes=self.hold_minutes),
            payment=timedelta(minutes=self.payment_minutes),
            hold_again_after=timedelta(minutes=self.hold_again_after_minutes),
            offer=timedelta(minutes=self.offer_minutes),
            offer_same_day=timedelta(minutes=self.offer_same_day_minutes),
            most_waiting=self.most_waiting,
            cancel_expert_until=self.cancel_expert_until,
            cancel_ordinary_before=timedelta(minutes=self.cancel_ordinary_before_minutes),
            refunds_late=self.refunds_late,
            check_in_before=timedelta(minutes=self.check_in_before_minutes),
            closes_after=timedelta(minutes=self.closes_after_minutes),
            replan_days=self.replan_days,
            replan_notice=timedelta(minutes=self.replan_notice_minutes),
            no_shows=self.no_shows,
            no_show_within=timedelta(days=self.no_show_within_days),
            no_show_restricts=timedelta(days=self.no_show_restricts_days),
            late_cancels=self.late_cancels,
            late_cancel_within=timedelta(days=self.late_cancel_within_days),
            late_cancel_restricts=timedelta(days=self.late_cancel_restricts_days),
        )


class _FileData(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: str = Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])(\.[1-9][0-9]?)?$")
    """Year and month, and a number where there are several."""
    valid_from: date
    """First day, in China; it holds until the next version's."""
    city: dict[str, Any]
    hospitals: dict[Annotated[str, Field(pattern=ID_PATTERN)], dict[str, Any]] = {}
    """What differs from the city's, by the id of the hospital."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One file of rules."""

    version: str
    valid_from: date
    sha256: str
    """Of the file's bytes, hex: what `sha256sum` prints."""
    city: BookingPolicy
    hospitals: Mapping[str, BookingPolicy]


class RuleBook:
    """All versions, and which is in force (`app.hospital.ports.Rules`). Safe to share."""

    def __init__(self, versions: Sequence[Version], *, clock: Clock) -> None:
        """Take what `read_versions` read."""
        self._versions = versions
        self._clock = clock

    def in_force(self) -> Version | None:
        """The version whose first day came last; None: there is none, and nothing is booked."""
        today = self._clock.now().astimezone(_CHINA).date()
        return next((one for one in self._versions if one.valid_from <= today), None)

    def for_hospital(self, hospital_id: str) -> BookingPolicy:
        """The policy in force now: the hospital's own, or else the city's."""
        found = self.in_force()
        return _EMPTY if found is None else found.hospitals.get(hospital_id, found.city)


def read_versions(home: Path = HOME) -> tuple[Version, ...]:
    """Read every `<version>.toml` of a folder, the latest first.

    Raises:
        RulesRefused: there is none, one cannot be used, or two begin on one day.
    """
    files = sorted(home.glob("*.toml"))
    if not 1 <= len(files) <= _MOST_FILES:
        raise RulesRefused(home.name, "no file, or too many")
    found = sorted(map(_read, files), key=lambda one: one.valid_from, reverse=True)
    if len({one.valid_from for one in found}) < len(found):
        raise RulesRefused(home.name, "valid_from: two versions begin on one day")
    return tuple(found)


def _read(path: Path) -> Version:
    body = _body(path)
    try:
        data = _FileData.model_validate(tomllib.loads(body.decode("utf-8")))
        city = BookingTerms.model_validate(data.city)
        hospitals = {
            hospital: BookingTerms.model_validate({**data.city, **own}).policy(data.version)
            for hospital, own in data.hospitals.items()
        }
    except ValidationError as wrong:
        raise RulesRefused(path.name, _said(wrong)) from None
    except ValueError:
        raise RulesRefused(path.name, "not TOML") from None
    if data.version != path.stem:
        raise RulesRefused(path.name, "version: not the file's name")
    return Version(
        version=data.version,
        valid_from=data.valid_from,
        sha256=hashlib.sha256(body).hexdigest(),
        city=city.policy(data.version),
        hospitals=MappingProxyType(hospitals),
    )


def _body(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            body = opened.read(_MOST_BYTES + 1)
    except OSError:
        raise RulesRefused(path.name, "cannot be read") from None
    if len(body) > _MOST_BYTES:
        raise RulesRefused(path.name, "too large")
    return body


def _said(wrong: ValidationError) -> str:
    error = wrong.errors(include_url=False, include_input=False)[0]
    return f"{'.'.join(str(step) for step in error['loc'])}: {error['type']}"
