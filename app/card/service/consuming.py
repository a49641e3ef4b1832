"""The one statement that uses a code up, and the second look when it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.audit.service import recording
from app.card.errors import (
    CARD_FROZEN,
    CARD_LOST,
    CODE_EXPIRED,
    CODE_PURPOSE_MISMATCH,
    CODE_REVOKED,
    CODE_SUPERSEDED,
    CODE_UNKNOWN,
    CODE_USED,
)
from app.card.states import CardState, GrantState
from app.core.database import Database
from app.core.errors import ErrorKind
from app.core.statements import Values

_ENDED: Final = {
    GrantState.CONSUMED: CODE_USED,
    GrantState.EXPIRED: CODE_EXPIRED,
    GrantState.SUPERSEDED: CODE_SUPERSEDED,
    GrantState.REVOKED: CODE_REVOKED,
}
_NOT_ACTIVE: Final = {CardState.FROZEN: CARD_FROZEN, CardState.LOST: CARD_LOST}
# Whoever showed the code is looked at, and so is the agent who showed it for them.
_CONSUME: Final = f"""
WITH consumed AS (
  UPDATE code_grants AS code
  SET state = 'CONSUMED', ended_at = %(now)s, terminal_id = %(terminal)s
  FROM card_tokens AS token JOIN cards AS card ON card.id = token.card_id
  WHERE code.code_hash = ANY(%(hashes)s) AND code.state = 'ISSUED' AND code.expires_at > %(now)s
    AND code.purpose = %(purpose)s AND token.id = code.token_id AND token.state = 'ACTIVE'
    AND card.state = 'ACTIVE'
  RETURNING code.id AS grant_id, card.id AS card_id, card.person_id, code.mode, token.mandate_id,
    token.agent_id, code.amount_cap),
presented AS (
  INSERT INTO presentations (id, grant_id, card_id, terminal_id, purpose, fields, at, expires_at)
  SELECT %(presentation)s, grant_id, card_id, %(terminal)s, %(purpose)s, %(fields)s, %(now)s,
    %(presence_ends)s
  FROM consumed),
holder AS ({recording("holder", source="consumed", person="person_id")}),
agent AS ({recording("agent", source="consumed", person="agent_id")})
SELECT grant_id, card_id, person_id, mode, mandate_id, agent_id, amount_cap,
"""  # noqa: S608 - our own names
_LOOK_AGAIN: Final = """
SELECT code.state, code.expires_at, code.purpose, card.state
FROM code_grants AS code JOIN card_tokens AS token ON token.id = code.token_id
JOIN cards AS card ON card.id = token.card_id
WHERE code.code_hash = ANY(%(hashes)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumed:
    """A code that this caller, and nobody else, used up."""

    grant_id: str
    card_id: str
    person_id: str
    mode: str
    mandate_id: str | None = None
    """By which an agent showed it, who is `agent_id`."""
    agent_id: str | None = None
    amount_cap: int | None = None
    """Fen."""
    identity: Sequence[bytes] | None = field(default=None, repr=False)
    """The person's, as `Holders.sealed` selects it; None: there is none, or it was not asked."""


def consume(
    database: Database,
    *,
    hashes: Sequence[bytes],
    purpose: str,
    terminal_id: str,
    now: datetime,
    written: Values,
    identity: str,
) -> Consumed | None:
    """Use a code up: one conditional update, so at most one caller ever gets a row back.

    All conditions stand in the statement: the code is live, of this purpose, and its device's
    token and its card are active. A freeze ends live codes under its own lock on the card, so a
    decode that waits for such a row looks at it again and finds it ended.

    What comes of it, presentation and access-log rows, is written by the same statement: all of it
    is committed when this returns, or none.

    Args:
        database: where no transaction is under way.
        hashes: the keyed hashes the code may be stored under.
        purpose: the purpose the terminal names.
        terminal_id: who consumes.
        now: the present moment.
        written: `presentation` (its id), `fields`, `presence_ends`, and the `AccessLog.values` of
            `holder` and of `agent`.
        identity: SQL that selects the identity of `person_id`; ours.

    Returns:
        What was consumed, or None: `refusal_of` then tells why.
    """
    values = {"hashes": list(hashes), "purpose": purpose, "terminal": terminal_id, "now": now}
    found = database.look(f"{_CONSUME}  {identity} FROM consumed", {**values, **written})
    if not found:
        return None
    ((grant_id, card_id, person_id, mode, mandate_id, agent_id, amount_cap, sealed),) = found
    return Consumed(
        grant_id=grant_id,
        card_id=card_id,
        person_id=person_id,
        mode=mode,
        mandate_id=mandate_id,
        agent_id=agent_id,
        amount_cap=amount_cap,
        identity=sealed,
    )


def refusal_of(
    database: Database, *, hashes: Sequence[bytes], purpose: str, now: datetime
) -> ErrorKind:
    """Why a code was not consumed: the first cause that holds.

    1. There is no such code.
    2. It has ended, in one of four ways.
    3. Its time is over.
    4. It is for another purpose, and stays usable for its own.
    5. Its card or its device is not active.
    """
    found = database.look(_LOOK_AGAIN, {"hashes": list(hashes)})
    if not found:  # 1
        return CODE_UNKNOWN
    ((state, expires_at, of_purpose, card_state),) = found
    if state in _ENDED:  # 2
        return _ENDED[state]
    if expires_at <= now:  # 3
        return CODE_EXPIRED
    if of_purpose != purpose:  # 4
        return CODE_PURPOSE_MISMATCH
    return _NOT_ACTIVE.get(card_state, CODE_REVOKED)  # 5
