"""Invariants that hold whatever the code does, because the database holds them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.card.models import Card, CardToken, CodeGrant, Presentation
from app.card.states import GrantState
from app.core.database import Base
from tests.app.card.steps import decode, show
from tests.app.device import Device
from tests.app.world import World


def refuse_copy(world: World, table: type[Base], constraint: str, **changes: object) -> None:
    """A second row like the only one, but for its id, is refused by the named constraint."""
    with world.database.separate() as tx:
        row = dict(tx.execute(select(*table.__table__.columns)).mappings().one())
    with pytest.raises(IntegrityError, match=constraint), world.database.separate() as tx:
        tx.execute(insert(table).values({**row, "id": "another", **changes}))


@pytest.mark.usefixtures("holder")
def test_a_person_has_one_open_card_a_scheme(world: World) -> None:
    refuse_copy(world, Card, "uq_cards_one_open")


@pytest.mark.usefixtures("holder")
def test_a_card_is_once_on_a_device(world: World) -> None:
    refuse_copy(world, CardToken, "uq_card_tokens_one_live")


def test_a_token_has_one_live_code_a_mode_and_purpose(world: World, holder: Device) -> None:
    show(holder)
    refuse_copy(world, CodeGrant, "uq_code_grants_one_live", code_hash=bytes(32))


def test_no_two_codes_are_the_same(world: World, holder: Device) -> None:
    show(holder)
    refuse_copy(world, CodeGrant, "uq_code_grants_code_hash", purpose="01301")


def test_a_code_is_presented_at_most_once(world: World, holder: Device, till: Device) -> None:
    assert decode(till, show(holder)).status_code == 200
    refuse_copy(world, Presentation, "uq_presentations_grant_id")


@pytest.mark.usefixtures("till")
def test_a_code_cannot_be_consumed_after_its_time(world: World, holder: Device) -> None:
    show(holder)
    late = update(CodeGrant).values(
        state=GrantState.CONSUMED,
        ended_at=CodeGrant.expires_at + timedelta(seconds=1),
        terminal_id="any",
    )
    with pytest.raises(IntegrityError, match="consumed_in_time"), world.database.separate() as tx:
        tx.execute(late)


def test_a_consumed_code_names_its_consumer(world: World, holder: Device) -> None:
    show(holder)
    nameless = update(CodeGrant).values(state=GrantState.CONSUMED, ended_at=CodeGrant.issued_at)
    with pytest.raises(IntegrityError, match="consumer"), world.database.separate() as tx:
        tx.execute(nameless)
