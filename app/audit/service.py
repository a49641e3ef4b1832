"""Writes and reads the access log."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select

from app.audit.models import AccessEvent
from app.audit.ports import Dictionary
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.statements import finally_run


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: the person (`self`), a terminal, the system, staff, or one of the family."""

    kind: str
    id: str
    name: str


SYSTEM: Final = Actor(kind="system", id="zero-run", name="一次都不跑 Zero-Run")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A time; None: open at that end."""

    since: datetime | None = None
    until: datetime | None = None
    """Not included."""


EVER: Final = Span()
_LOOKED: Final = (
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor",
    "action",
    "purpose",
    "fields",
    "request_id",
)
_RECORD: Final = """
INSERT INTO access_events (id, person_id, at, actor_kind, actor_id, actor, action, purpose, fields,
  request_id, source, outcome)
VALUES (%(id)s, %(person)s, %(at)s, %(actor_kind)s, %(actor_id)s, %(actor)s, %(action)s,
  %(purpose)s, %(fields)s, %(request)s, %(source)s, %(outcome)s)
"""


def recording(name: str, *, source: str, person: str) -> str:
    """The part of a plain statement that records a look at whoever the statement found.

    Args:
        name: tells its values from others': those of `AccessLog.values` under the same name.
        source: what holds the row that was found, such as another part's name.
        person: the row's column with the person's id; where it is null nobody was looked at.
    """
    columns = ", ".join(_LOOKED)
    values = ", ".join(f"%({name}_{column})s" for column in _LOOKED)
    return (
        f"INSERT INTO access_events (person_id, {columns}) "  # noqa: S608 - our own names
        f"SELECT {person}, {values} FROM {source} WHERE {person} IS NOT NULL"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some events, newest first, and the cursor of the next page."""

    events: Sequence[AccessEvent]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessDictionary:
    """The words the log is shown in."""

    words: Dictionary


class AccessLog:
    """The append-only record of every look at a person's data."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def record(
        self,
        *,
        person_id: str,
        actor: Actor,
        action: str,
        purpose: str,
        fields: Sequence[str] = (),
        request_id: str = "",
        source: str | None = None,
        outcome: str | None = None,
    ) -> None:
        """Add an event in the transaction under way, so that no look goes unrecorded.

        Args:
            person_id: whose data.
            actor: who acts.
            action: a constant of `app.audit.actions`.
            purpose: why; a code.
            fields: names of what was read or asked for.
            request_id: of the request.
            source: the department's source that was asked, with `outcome`: what came of it.
            outcome: as in the record of the exchange.
        """
        now: datetime = self._clock.now()
        values = {
            "id": new_id("acc", now),
            "person": person_id,
            "at": now,
            "actor_kind": actor.kind,
            "actor_id": actor.id,
            "actor": actor.name,
            "action": action,
            "purpose": purpose,
            "fields": sorted(fields),
            "request": request_id,
            "source": source,
            "outcome": outcome,
        }
        with self._database.direct() as tx:
            finally_run(tx, _RECORD, values)

    def values(
        self, name: str, *, actor: Actor, action: str, purpose: str, fields: Sequence[str] = ()
    ) -> dict[str, Any]:
        """What `recording` records; arguments as of `record`."""
        now = self._clock.now()
        looked = (
            new_id("acc", now),
            now,
            actor.kind,
            actor.id,
            actor.name,
            action,
            purpose,
            sorted(fields),
            "",
        )
        return {f"{name}_{key}": value for key, value in zip(_LOOKED, looked, strict=True)}

    def of_person(
        self,
        person_id: str,
        *,
        before: str | None,
        limit: int,
        span: Span = EVER,
        actions: Collection[str] | None = None,
    ) -> Page:
        """The events of a person, newest first.

        Args:
            person_id: whose.
            before: cursor: the last id of the page before.
            limit: events a page, 1 to 100.
            span: of which time.
            actions: which acts; None: all.
        """
        query = select(AccessEvent).where(AccessEvent.person_id == person_id)
        if actions is not None:
            query = query.where(AccessEvent.action.in_(actions))
        if span.since is not None:
            query = query.where(AccessEvent.at >= span.since)
        if span.until is not None:
            query = query.where(AccessEvent.at < span.until)
        if before is not None:
            query = query.where(AccessEvent.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(AccessEvent.id.desc()).limit(limit + 1)).all()
        return Page(events=found[:limit], next=found[limit - 1].id if len(found) > limit else None)
