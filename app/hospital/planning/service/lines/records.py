"""What a line of a hospital's file may say. The ids are the hospital's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Final, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationInfo,
    field_validator,
)

MOST_PLACES: Final = 500
"""Numbers in one session."""
ExternalId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$")]
Text = Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")]
Address = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$")]
Channel = Literal["app", "window", "referral", "return", "elder", "urgent"]
Weekday = Annotated[int, Field(ge=1, le=7)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class CampusRecord(_Record):
    """An address (院区)."""

    kind: Literal["campus"]
    id: ExternalId
    name: Text
    address: Address
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]
    """Degrees, WGS 84."""


class DepartmentRecord(_Record):
    """A department (科室)."""

    kind: Literal["department"]
    id: ExternalId
    campus: ExternalId
    name: Text
    active: bool = True
    """False: nothing more can be booked with it."""


class PractitionerRecord(_Record):
    """A doctor."""

    kind: Literal["practitioner"]
    id: ExternalId
    name: Text
    title: Text
    active: bool = True


class PoolRecord(_Record):
    """The places of one channel."""

    channel: Channel
    size: Annotated[int, Field(ge=0, le=MOST_PLACES)]
    gives_back_at: AwareDatetime | None = None
    """From when what is free goes to the channel `app`."""

    @field_validator("gives_back_at")
    @classmethod
    def _to_another(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and info.data.get("channel") == "app":
            raise ValueError
        return value


class WeeklyPoolRecord(_Record):
    """The places of one channel, every week."""

    channel: Channel
    size: Annotated[int, Field(ge=0, le=MOST_PLACES)]
    gives_back_days: Annotated[int, Field(ge=1, le=60)] | None = None
    """So many days before, at seven in the evening, what is free goes to the channel `app`."""

    @field_validator("gives_back_days")
    @classmethod
    def _to_another(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and info.data.get("channel") == "app":
            raise ValueError
        return value


class WindowRecord(_Record):
    """The window of one number; local times."""

    starts: time
    ends: time
    channel: Channel

    @field_validator("starts", "ends")
    @classmethod
    def _local(cls, value: time) -> time:
        return local(value)

    @field_validator("ends")
    @classmethod
    def _lasts(cls, value: time, info: ValidationInfo) -> time:
        return after(value, info)


class Clinic(_Record):
    """What sessions and templates have in common."""

    id: ExternalId
    department: ExternalId
    practitioner: ExternalId
    half_day: Literal["morning", "afternoon", "evening"]
    starts: time
    ends: time
    """Local times of one day."""
    fee_class: Literal["ordinary", "expert", "special"]
    fee: Annotated[int, Field(ge=0, le=1_000_000)]
    """Fen."""
    item_code: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")]
    """Of the fee, in the catalogue of what insurance pays."""

    @field_validator("starts", "ends")
    @classmethod
    def _local(cls, value: time) -> time:
        return local(value)

    @field_validator("ends")
    @classmethod
    def _lasts(cls, value: time, info: ValidationInfo) -> time:
        return after(value, info)


class SessionRecord(Clinic):
    """A doctor's half-day (出诊)."""

    kind: Literal["session"]
    day: date
    opens_at: AwareDatetime | None = None
    """From when the public may book; left out: by the rule of the window."""
    published: bool = True
    pools: Annotated[tuple[PoolRecord, ...], Field(min_length=1, max_length=6)]
    windows: Annotated[tuple[WindowRecord, ...], Field(max_length=MOST_PLACES)] | None = None
    """Of each number in their order; left out: the session's time is divided evenly."""

    @field_validator("pools")
    @classmethod
    def _pools(cls, value: tuple[PoolRecord, ...], info: ValidationInfo) -> tuple[PoolRecord, ...]:
        fitting(value, info)
        return value

    @field_validator("windows")
    @classmethod
    def _windows(
        cls, value: tuple[WindowRecord, ...] | None, info: ValidationInfo
    ) -> tuple[WindowRecord, ...] | None:
        return agreeing(value, info)


class TemplateRecord(Clinic):
    """A session of every week (排班模板)."""

    kind: Literal["template"]
    weekday: Weekday
    """1 is Monday (ISO 8601)."""
    since: date
    until: date | None = None
    active: bool = True
    pools: Annotated[tuple[WeeklyPoolRecord, ...], Field(min_length=1, max_length=6)]
    windows: Annotated[tuple[WindowRecord, ...], Field(max_length=MOST_PLACES)] | None = None

    @field_validator("id")
    @classmethod
    def _leaves_room(cls, value: str) -> str:
        if len(value) > 53:  # noqa: PLR2004 - `:2026-12-31` is added to name its sessions
            raise ValueError
        return value

    @field_validator("until")
    @classmethod
    def _until(cls, value: date | None, info: ValidationInfo) -> date | None:
        if value is not None and "since" in info.data and value < info.data["since"]:
            raise ValueError
        return value

    @field_validator("pools")
    @classmethod
    def _pools(
        cls, value: tuple[WeeklyPoolRecord, ...], info: ValidationInfo
    ) -> tuple[WeeklyPoolRecord, ...]:
        fitting(value, info)
        return value

    @field_validator("windows")
    @classmethod
    def _windows(
        cls, value: tuple[WindowRecord, ...] | None, info: ValidationInfo
    ) -> tuple[WindowRecord, ...] | None:
        return agreeing(value, info)


class HolidayRecord(_Record):
    """A day that is not worked by its weekday. Templates heed it; what is planned already stays."""

    kind: Literal["holiday"]
    day: date
    name: Text
    plan_as: Weekday | None = None
    """The weekday whose templates hold instead (调休); left out: none does."""
    active: bool = True
    """False: it is an ordinary day after all."""

    @property
    def id(self) -> str:
        """Its day."""
        return self.day.isoformat()


Record = (
    CampusRecord
    | DepartmentRecord
    | PractitionerRecord
    | SessionRecord
    | TemplateRecord
    | HolidayRecord
)
RECORDS: Final[TypeAdapter[Record]] = TypeAdapter(Annotated[Record, Field(discriminator="kind")])


def local(value: time) -> time:
    """A time of day in whole minutes without a zone.

    Raises:
        ValueError: it is another.
    """
    if value.tzinfo is not None or value.second or value.microsecond:
        raise ValueError
    return value


def after(value: time, info: ValidationInfo) -> time:
    """A time after the field `starts`.

    Raises:
        ValueError: it is not.
    """
    if "starts" in info.data and value <= info.data["starts"]:
        raise ValueError
    return value


def fitting(pools: Sequence[PoolRecord | WeeklyPoolRecord], info: ValidationInfo) -> None:
    """Each channel once; 500 places at most, and at most sixty a minute.

    Raises:
        ValueError: otherwise.
    """
    channels = [pool.channel for pool in pools]
    count = sum(pool.size for pool in pools)
    if len(set(channels)) != len(channels) or count > MOST_PLACES:
        raise ValueError
    if {"starts", "ends"} <= info.data.keys():
        starts, ends = info.data["starts"], info.data["ends"]
        minutes = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
        if count > minutes * 60:
            raise ValueError


def agreeing(
    windows: tuple[WindowRecord, ...] | None, info: ValidationInfo
) -> tuple[WindowRecord, ...] | None:
    """Windows within the session, as many of each channel as its pool has places.

    Raises:
        ValueError: otherwise.
    """
    said = info.data
    if windows is None or not {"starts", "ends", "pools"} <= said.keys():
        return windows
    for pool in said["pools"]:
        if sum(window.channel == pool.channel for window in windows) != pool.size:
            raise ValueError
    within = all(said["starts"] <= one.starts and one.ends <= said["ends"] for one in windows)
    if len(windows) != sum(pool.size for pool in said["pools"]) or not within:
        raise ValueError
    return windows
