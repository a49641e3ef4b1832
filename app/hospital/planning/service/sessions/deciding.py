"""What has to change so that a session is as its hospital wants it, or why it may not: no I/O."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.hospital.planning.errors import (
    SESSION_DAY_REFUSED,
    SESSION_ENDED,
    SESSION_HAS_APPOINTMENTS,
    SESSION_SHRINKS_BELOW_CLAIMED,
    SESSION_STAYS_PUBLISHED,
    SESSION_TOO_LARGE,
)
from app.hospital.planning.service.lines.records import MOST_PLACES
from app.hospital.planning.service.sessions.planned import (
    Place,
    PlannedSession,
    divided,
    layout,
    listed,
)
from app.hospital.planning.service.sessions.standing import Standing, Unit
from app.hospital.states import SessionState

FURTHEST: Final = timedelta(days=366)
_KEPT: Final = {
    "department_id": "/department",
    "practitioner_id": "/practitioner",
    "fee_class": "/fee_class",
    "item_code": "/item_code",
}
"""What stays as long as somebody has a place, and where the record says it."""
_FREELY: Final = ("half_day", "fee")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is to be done with a session that is there."""

    columns: dict[str, object] = field(default_factory=dict)
    """Of the session itself."""
    publish: bool = False
    added: tuple[Place, ...] = ()
    first: int = 1
    """Number of the first that is added."""
    removed: tuple[Unit, ...] = ()
    gives_back: dict[str, datetime | None] = field(default_factory=dict)
    """By channel, where it changes."""

    @property
    def empty(self) -> bool:
        """Whether everything is as it should be already."""
        return self == Change(first=self.first)


def require_possible(plan: PlannedSession, now: datetime) -> None:
    """Refuse what can never be booked.

    Raises:
        DomainError: SESSION_DAY_REFUSED.
    """
    if plan.ends_at <= now or plan.starts_at > now + FURTHEST:
        raise SESSION_DAY_REFUSED(pointer="/day")


def change_of(old: Standing, plan: PlannedSession, now: datetime) -> Change:
    """What has to change.

    1. The session is not called off, closed or over.
    2. What is published stays published.
    3. While somebody has a place, doctor, department, class and item stay.
    4. Once anybody had a place, day, times and windows stay; places can be added and removed.
    5. A pool does not become smaller than what is taken of it.
    6. There are numbers for all places.

    Raises:
        DomainError: SESSION_ENDED, SESSION_STAYS_PUBLISHED, SESSION_HAS_APPOINTMENTS,
            SESSION_SHRINKS_BELOW_CLAIMED, SESSION_TOO_LARGE or SESSION_DAY_REFUSED.
    """
    _require_alive(old, plan, now)  # 1, 2
    require_possible(plan, now)
    columns = _columns(old, plan)  # 3
    publish = plan.published and old.state == SessionState.DRAFT
    gives_back = {
        channel: at
        for channel, at in plan.gives_back.items()
        if channel not in old.pools or old.pools[channel].gives_back_at != at
    }
    if _same_layout(old, plan):
        added, removed = _resized(old, plan)  # 5
        first = _next_number(old, added, removed)  # 6
        return Change(
            columns=columns,
            publish=publish,
            added=added,
            first=first,
            removed=removed,
            gives_back=gives_back,
        )
    if any(unit.used for unit in old.units):  # 4
        raise SESSION_HAS_APPOINTMENTS(pointer=_moved(old, plan))
    times: dict[str, object] = {
        "day": plan.day,
        "starts_at": plan.starts_at,
        "ends_at": plan.ends_at,
    }
    return Change(
        columns=columns | times,
        publish=publish,
        added=layout(plan),
        removed=old.units,
        gives_back=plan.gives_back,
    )


def _require_alive(old: Standing, plan: PlannedSession, now: datetime) -> None:
    if old.state in {SessionState.STOPPED, SessionState.CLOSED} or old.ends_at <= now:
        raise SESSION_ENDED()
    if old.state == SessionState.PUBLISHED and not plan.published:
        raise SESSION_STAYS_PUBLISHED(pointer="/published")


def _columns(old: Standing, plan: PlannedSession) -> dict[str, object]:
    changed = {
        name: getattr(plan, name)
        for name in (*_KEPT, *_FREELY)
        if getattr(old, name) != getattr(plan, name)
    }
    for name, pointer in _KEPT.items():
        if name in changed and old.live:
            raise SESSION_HAS_APPOINTMENTS(pointer=pointer)
    if plan.opens_at is not None and plan.opens_at != old.opens_at:
        changed["opens_at"] = plan.opens_at
    return changed


def _same_layout(old: Standing, plan: PlannedSession) -> bool:
    """Whether the places that are to stay keep their windows."""
    if (old.day, old.starts_at, old.ends_at) != (plan.day, plan.starts_at, plan.ends_at):
        return False
    before = _listed_before(old)
    if before is None or plan.listed is None:
        return before is None and plan.listed is None
    shorter = min(len(before), len(plan.listed))
    return before[:shorter] == plan.listed[:shorter]


def _resized(old: Standing, plan: PlannedSession) -> tuple[tuple[Place, ...], tuple[Unit, ...]]:
    before = _listed_before(old)
    if before is not None and plan.listed is not None:
        added = plan.listed[len(before) :]
        return added, _with_windows(old, before[len(plan.listed) :])
    sizes = _sizes_before(old)
    grown = {
        channel: size - sizes.get(channel, 0)
        for channel, size in plan.sizes.items()
        if size > sizes.get(channel, 0)
    }
    fewer = {
        channel: size - plan.sizes.get(channel, 0)
        for channel, size in sizes.items()
        if size > plan.sizes.get(channel, 0)
    }
    return divided(plan.starts_at, plan.ends_at, grown), _last_open(old, fewer)


def _last_open(old: Standing, fewer: dict[str, int]) -> tuple[Unit, ...]:
    """The open places with the highest numbers of each channel."""
    removed: list[Unit] = []
    for channel, count in fewer.items():
        there = [unit for unit in old.units if unit.channel == channel and unit.open]
        if len(there) < count:
            raise SESSION_SHRINKS_BELOW_CLAIMED(
                pointer="/pools", members={"channel": channel, "open": len(there)}
            )
        removed += there[-count:]
    return tuple(removed)


def _with_windows(old: Standing, windows: tuple[Place, ...]) -> tuple[Unit, ...]:
    """Open places with these windows, wherever they have been given to since."""
    wanted = Counter((one.starts_at, one.ends_at) for one in windows)
    removed: list[Unit] = []
    for unit in reversed(old.units):
        window = (unit.starts_at, unit.ends_at)
        if unit.open and wanted[window]:
            wanted[window] -= 1
            removed.append(unit)
    if wanted.total():
        raise SESSION_SHRINKS_BELOW_CLAIMED(pointer="/windows")
    return tuple(removed)


def _next_number(old: Standing, added: tuple[Place, ...], removed: tuple[Unit, ...]) -> int:
    """The number after those that stay; what somebody had stays, removed or not."""
    gone = {unit.id for unit in removed if not unit.used}
    stay = (unit.number for unit in old.units if unit.id not in gone)
    last = max(stay, default=0)
    if last + len(added) > MOST_PLACES:
        raise SESSION_TOO_LARGE(pointer="/pools")
    return last + 1


def _moved(old: Standing, plan: PlannedSession) -> str:
    if old.day != plan.day:
        return "/day"
    if (old.starts_at, old.ends_at) != (plan.starts_at, plan.ends_at):
        return "/starts" if old.starts_at != plan.starts_at else "/ends"
    return "/windows"


def _listed_before(old: Standing) -> tuple[Place, ...] | None:
    if old.record is None:
        return None
    return listed(date.fromisoformat(old.record["day"]), old.record.get("windows"))


def _sizes_before(old: Standing) -> dict[str, int]:
    """Places by channel as the hospital said last, whatever was given back since."""
    if old.record is None:
        return {channel: pool.size for channel, pool in old.pools.items()}
    pools: list[dict[str, Any]] = old.record["pools"]
    return {pool["channel"]: pool["size"] for pool in pools}
