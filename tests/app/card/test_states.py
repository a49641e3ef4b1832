"""The moves between states: one table, obeyed by the database."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.card.offline_states import CREDENTIAL_MOVES, CredentialState
from app.card.states import (
    CARD_MOVES,
    GRANT_MOVES,
    TOKEN_MOVES,
    CardState,
    GrantState,
    TokenState,
    may_move,
    sources,
)
from app.core.database import Database
from tests.app.card.steps import show
from tests.app.card.wallet import Wallet
from tests.app.device import Device
from tests.app.world import World

# What stands beside a state besides itself, so that only the move is judged.
SET_UP: dict[str, str] = {
    "cards": (
        "UPDATE cards SET state = '{state}',"
        " cancel_reason = CASE WHEN '{state}' = 'CANCELLED' THEN 'MOVED' END"
    ),
    "offline_credentials": (
        "UPDATE offline_credentials SET state = '{state}', superseded_at = issued_at,"
        " revoked_at = issued_at + interval '1 hour',"
        " presented_at = CASE WHEN '{state}' = 'CONSUMED' THEN issued_at END,"
        " purpose = CASE WHEN '{state}' = 'CONSUMED' THEN '02121' END,"
        " code_digest = CASE WHEN '{state}' = 'CONSUMED' THEN sha256('code') END,"
        " terminal_id = CASE WHEN '{state}' = 'CONSUMED' THEN (SELECT id FROM terminals) END"
    ),
    "card_tokens": "UPDATE card_tokens SET state = '{state}'",
    "code_grants": (
        "UPDATE code_grants SET state = '{state}',"
        " ended_at = CASE WHEN '{state}' = 'ISSUED' THEN NULL ELSE issued_at END,"
        " terminal_id = CASE WHEN '{state}' = 'CONSUMED' THEN (SELECT id FROM terminals) END"
    ),
}
TABLES: list[tuple[str, Any, type[StrEnum]]] = [
    ("cards", CARD_MOVES, CardState),
    ("card_tokens", TOKEN_MOVES, TokenState),
    ("code_grants", GRANT_MOVES, GrantState),
    ("offline_credentials", CREDENTIAL_MOVES, CredentialState),
]


def try_move(database: Database, table: str, old: str, new: str) -> bool:
    """Whether the database lets a row move; the row is put into `old` with the guard off."""
    with database.separate() as tx:
        tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_state_moves"))
        tx.execute(text(SET_UP[table].format(state=old)))
        tx.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_state_moves"))
    try:
        with database.separate() as tx:
            tx.execute(text(SET_UP[table].format(state=new)))
    except IntegrityError:
        return False
    return True


@pytest.mark.usefixtures("till")
@pytest.mark.parametrize("subject", TABLES, ids=[table for table, _, _ in TABLES])
def test_the_database_allows_exactly_the_moves_of_the_table(
    world: World, holder: Device, subject: tuple[str, Any, type[StrEnum]]
) -> None:
    table, moves, states = subject
    show(holder)
    Wallet(phone=holder).fetch(1)
    for old in states:
        for new in states:
            allowed = old == new or may_move(moves, old, new)
            assert try_move(world.database, table, old, new) == allowed, (old, new)


@pytest.mark.parametrize("state", sorted(set(GrantState) - {GrantState.ISSUED}))
def test_a_code_that_ended_stays_ended(state: GrantState) -> None:
    assert GRANT_MOVES[state] == frozenset()


def test_a_lost_card_never_works_again() -> None:
    reached = {CardState.LOST}
    for _ in CardState:
        reached |= {new for old in reached for new in CARD_MOVES[old]}
    assert CardState.ACTIVE not in reached


def test_sources_are_the_moves_read_backwards() -> None:
    assert sources(CARD_MOVES, CardState.LOST) == (CardState.ACTIVE, CardState.FROZEN)
    assert sources(TOKEN_MOVES, TokenState.ACTIVE) == (TokenState.PENDING, TokenState.STALE)
