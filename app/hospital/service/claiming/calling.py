"""The line before a doctor's room: calling the next, calling again, passing over.

Each is one conditional update of an appointment whose state stays ARRIVED, with a numbered event
and a message, in the transaction at hand. The line is the order of the numbers; whoever was passed
over (过号) stands between two of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from psycopg.types.json import Jsonb

from app.core.statements import Tx, Values, row
from app.hospital.service.claiming.journal import announce

CALLED: Final = "called"
PASSED_OVER: Final = "passed_over"
BEHIND: Final = 3
"""So many of those who wait go before somebody who did not come when called."""
PLACE: Final = "coalesce(a.place_in_line, u.number)"
"""Where an appointment `a` of the place `u` stands; equal ones stand by their numbers."""
_NOTED: Final = """
noted AS (
  INSERT INTO appointment_events (appointment_id, sequence, kind, at, actor, detail)
  SELECT id, sequence, %(kind)s, %(now)s, 'hospital', %(detail)s FROM done
)
SELECT id, person_id, sequence FROM done
"""
# Two desks that ask at once do not wait for each other: each takes the first whom nobody has.
_NEXT: Final = f"""
WITH next AS (
  SELECT a.id FROM appointments AS a JOIN slot_units AS u ON u.id = a.unit_id
  WHERE a.session_id = %(session)s AND a.hospital_id = %(hospital)s
    AND a.state = 'ARRIVED' AND a.called_at IS NULL
  ORDER BY {PLACE}, u.number LIMIT 1
  FOR UPDATE OF a SKIP LOCKED
), done AS (
  UPDATE appointments SET called_at = %(now)s, calls = calls + 1, room = %(room)s,
    sequence = sequence + 1
  FROM next WHERE appointments.id = next.id
  RETURNING appointments.id, person_id, sequence
), {_NOTED}"""  # noqa: S608 - our own words
_AGAIN: Final = f"""
WITH done AS (
  UPDATE appointments SET called_at = %(now)s, calls = calls + 1, room = %(room)s,
    sequence = sequence + 1
  WHERE id = %(id)s AND hospital_id = %(hospital)s
    AND state = 'ARRIVED' AND called_at IS NOT NULL
  RETURNING id, person_id, sequence
), {_NOTED}"""  # noqa: S608 - our own words
# Between the third who waits and the fourth, never at a whole number: those are of the others.
_PASS: Final = f"""
WITH waiting AS (
  SELECT {PLACE} AS place, row_number() OVER (ORDER BY {PLACE}, u.number) AS nth
  FROM appointments AS a JOIN slot_units AS u ON u.id = a.unit_id
  WHERE a.session_id = (SELECT session_id FROM appointments WHERE id = %(id)s)
    AND a.state = 'ARRIVED' AND a.called_at IS NULL
), gap AS (
  SELECT max(place) FILTER (WHERE nth <= %(behind)s) AS after,
    min(place) FILTER (WHERE nth > %(behind)s) AS before
  FROM waiting
), done AS (
  UPDATE appointments SET called_at = NULL, room = NULL, sequence = sequence + 1,
    place_in_line = coalesce(
      (gap.after + least(gap.before, floor(gap.after) + 1)) * 0.5, place_in_line)
  FROM gap
  WHERE id = %(id)s AND hospital_id = %(hospital)s
    AND state = 'ARRIVED' AND called_at IS NOT NULL
  RETURNING id, person_id, sequence
), {_NOTED}"""  # noqa: S608 - our own words
Called = tuple[str, str]
"""An appointment and its patient."""


def call_next(
    tx: Tx, session_id: str, *, hospital_id: str, room: str, now: datetime
) -> Called | None:
    """Call the first of a session's line who was not called; None: nobody waits."""
    values = {"session": session_id, "hospital": hospital_id, "room": room, "now": now}
    return _done(tx, _NEXT, values, kind=CALLED, detail={"room": room})


def call_again(
    tx: Tx, appointment_id: str, *, hospital_id: str, room: str, now: datetime
) -> Called | None:
    """Call somebody who is called once more; None: they are not called now."""
    values = {"id": appointment_id, "hospital": hospital_id, "room": room, "now": now}
    return _done(tx, _AGAIN, values, kind=CALLED, detail={"room": room})


def pass_over(tx: Tx, appointment_id: str, *, hospital_id: str, now: datetime) -> Called | None:
    """Put whoever was called and did not come back into the line, behind the next three.

    Whoever is the only one stays where they are. None: they are not called now.
    """
    values = {"id": appointment_id, "hospital": hospital_id, "behind": BEHIND, "now": now}
    return _done(tx, _PASS, values, kind=PASSED_OVER, detail={})


def _done(
    tx: Tx, statement: str, values: Values, *, kind: str, detail: dict[str, str]
) -> Called | None:
    found = row(tx, statement, {**values, "kind": kind, "detail": Jsonb(detail)})
    if found is None:
        return None
    appointment_id, person_id, sequence = found
    announce(tx, appointment_id, sequence=sequence, kind=kind, at=values["now"])
    return appointment_id, person_id
