"""Invariants that hold whatever the code does, because the database holds them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.family.states import MOVES, AgreementState, sources
from app.identity.models.person import Person
from tests.app.family.steps import Relative, accepted, offered, spend
from tests.app.world import World

BROKEN: list[tuple[str, str]] = [
    ("UPDATE family_agreements SET spent = -1", "spent_within"),
    ("UPDATE family_agreements SET spent = yearly_limit + 1", "spent_within"),
    ("UPDATE family_agreements SET purchase_limit = yearly_limit + 1", "purchase_limit"),
    ("UPDATE family_agreements SET purchase_limit = NULL", "terms_of_kind"),
    ("UPDATE family_agreements SET purposes = '{}'", "terms_of_kind"),
    ("UPDATE family_agreements SET other_id = grantor_id", "two_people"),
    ("UPDATE family_agreements SET other_id = NULL", "active_has_other"),
    ("UPDATE family_agreements SET expires_at = created_at + interval '1 y 2 d'", "at_most_a_year"),
    ("UPDATE family_agreements SET state = 'OFFERED'", "move of family_agreements refused"),
    ("UPDATE family_uses SET given_back = amount + 1", "given_back_within"),
    ("UPDATE family_uses SET amount = 0", "amount"),
]


def test_the_database_refuses_what_no_agreement_may_be(
    world: World, elder: Relative, agent: Relative
) -> None:
    mandate = accepted(world, elder, agent)
    with world.database.transaction() as tx:
        spend(world, tx, mandate, elder, agent)
    for change, constraint in BROKEN:
        with pytest.raises(IntegrityError, match=constraint), world.database.separate() as tx:
            tx.execute(text(change))


def test_the_database_allows_exactly_the_moves_of_the_table(
    world: World, elder: Relative, agent: Relative
) -> None:
    offered(world, elder, agent)
    for old in AgreementState:
        for new in AgreementState:
            assert _moves(world, elder, old, new) == (old == new or new in MOVES[old]), (old, new)


def _moves(world: World, who: Relative, old: str, new: str) -> bool:
    table, agent = "family_agreements", agent_of(world, who)
    change = text(f"UPDATE {table} SET state = :state, other_id = :agent")  # noqa: S608
    with world.database.separate() as tx:
        tx.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {table}_state_moves"))
        tx.execute(change, {"state": old, "agent": agent})
        tx.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER {table}_state_moves"))
    try:
        with world.database.separate() as tx:
            tx.execute(change, {"state": new, "agent": agent})
    except IntegrityError:
        return False
    return True


def agent_of(world: World, elder: Relative) -> str:
    """The only other person."""
    query = select(Person.id).where(Person.id != elder.person_id(world))
    with world.database.separate() as tx:
        return tx.scalars(query).one()


def test_sources_are_the_moves_read_backwards() -> None:
    assert sources(AgreementState.REVOKED) == (AgreementState.OFFERED, AgreementState.ACTIVE)
    assert sources(AgreementState.DECLINED) == (AgreementState.OFFERED,)
    assert sources(AgreementState.OFFERED) == ()
