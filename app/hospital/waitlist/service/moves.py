"""Moving an entry: one conditional update, and a message about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from app.core.statements import Tx, row
from app.hospital.states import sources
from app.hospital.waitlist.states import ENTRY_MOVES, EntryState
from app.outbox.service.posting import post_in

CHANGED: Final = "waitlist.changed"
"""Topic of the outbox: the entry `payload.entry` took the state `payload.state` at `payload.at`,
by `payload.by`: `patient` or `system`."""
_MOVE: Final = """
UPDATE waitlist_entries SET state = %(state)s, state_changed_at = %(now)s
WHERE id = %(id)s AND state = ANY(%(sources)s) RETURNING id
"""


def move_entry(
    tx: Tx,
    entry_id: str,
    state: EntryState,
    now: datetime,
    *,
    by: str = "system",
    only_from: EntryState | None = None,
) -> bool:
    """Move an entry, if the table of moves allows it; returns whether it did.

    Args:
        tx: the transaction.
        entry_id: which.
        state: where to.
        now: the present moment.
        by: `patient`, or `system`: then the person is told.
        only_from: narrows the states it may be in.
    """
    allowed = sources(ENTRY_MOVES, state)
    if only_from is not None:
        allowed = tuple(one for one in allowed if one is only_from)
    values = {
        "id": entry_id,
        "state": state.value,
        "now": now,
        "sources": [one.value for one in allowed],
    }
    if row(tx, _MOVE, values) is None:
        return False
    payload = {"entry": entry_id, "state": state.value, "by": by, "at": now.isoformat()}
    post_in(tx, CHANGED, key=entry_id, payload=payload, now=now)
    return True
