"""A session as its hospital wants it, with our ids and with moments instead of local times."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from app.hospital.planning.service.chinese_days import moment
from app.hospital.planning.service.lines.records import SessionRecord

_MINUTE: Final = timedelta(minutes=1)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A numbered place to be."""

    channel: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSession:
    """What a hospital wants of one session."""

    external_id: str
    department_id: str
    practitioner_id: str
    day: date
    half_day: str
    starts_at: datetime
    ends_at: datetime
    fee_class: str
    fee: int
    """Fen."""
    item_code: str
    opens_at: datetime | None
    """None: by the rule."""
    published: bool
    sizes: dict[str, int]
    """Places by channel, in the order of the record."""
    gives_back: dict[str, datetime | None]
    listed: tuple[Place, ...] | None
    """Windows in the order of their numbers; None: the time is divided evenly."""
    record: dict[str, Any]
    digest: str


def planned(record: SessionRecord, *, department_id: str, practitioner_id: str) -> PlannedSession:
    """A record with the ids that its own ids stand for here."""
    day = record.day
    written = record.model_dump(mode="json", exclude_none=True)
    return PlannedSession(
        external_id=record.id,
        department_id=department_id,
        practitioner_id=practitioner_id,
        day=day,
        half_day=record.half_day,
        starts_at=moment(day, record.starts),
        ends_at=moment(day, record.ends),
        fee_class=record.fee_class,
        fee=record.fee,
        item_code=record.item_code,
        opens_at=record.opens_at,
        published=record.published,
        sizes={pool.channel: pool.size for pool in record.pools},
        gives_back={pool.channel: pool.gives_back_at for pool in record.pools},
        listed=listed(day, record.model_dump(mode="json").get("windows")),
        record=written,
        digest=digest_of(record),
    )


def digest_of(record: SessionRecord) -> str:
    """SHA-256 of a record, hexadecimal; the same whether it came as JSON or as CSV."""
    written = record.model_dump(mode="json", exclude_none=True)
    text = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def listed(day: date, windows: Sequence[dict[str, str]] | None) -> tuple[Place, ...] | None:
    """The windows of a record that was written down; None: it lists none."""
    if windows is None:
        return None
    return tuple(
        Place(
            channel=one["channel"],
            starts_at=moment(day, time.fromisoformat(one["starts"])),
            ends_at=moment(day, time.fromisoformat(one["ends"])),
        )
        for one in windows
    )


def divided(starts_at: datetime, ends_at: datetime, sizes: dict[str, int]) -> tuple[Place, ...]:
    """Windows that divide a session evenly, the first numbers for the first channel.

    They begin at whole minutes where there is a minute for each, else at whole seconds. They do not
    overlap, and together they are the session.
    """
    channels = [channel for channel, size in sizes.items() for _ in range(size)]
    step = _MINUTE if (ends_at - starts_at) // _MINUTE >= len(channels) else _SECOND
    steps, count = (ends_at - starts_at) // step, len(channels)
    return tuple(
        Place(
            channel=channel,
            starts_at=starts_at + step * (n * steps // count),
            ends_at=starts_at + step * ((n + 1) * steps // count),
        )
        for n, channel in enumerate(channels)
    )


def layout(plan: PlannedSession) -> tuple[Place, ...]:
    """All places of a new session, in the order of their numbers."""
    if plan.listed is not None:
        return plan.listed
    return divided(plan.starts_at, plan.ends_at, plan.sizes)
