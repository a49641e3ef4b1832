"""Invariants that hold whatever the code does, because the database holds them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Update, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.card.models import Card, CardToken, CodeGrant, Presentation
from app.card.offline_models import (
    CardRevocation,
    OfflineCredential,
    OfflineExposure,
    OfflineUpload,
)
from app.card.offline_states import CredentialState
from app.card.states import GrantState
from app.core.database import Base
from tests.app.card.steps import decode, show
from tests.app.card.wallet import Wallet, verdict
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock


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


def test_a_cancelled_card_has_a_reason(world: World, holder: Device) -> None:
    assert holder.get("/v1/card").status_code == 200
    for change in ({"state": "CANCELLED"}, {"cancel_reason": "MOVED"}):
        refuse_change(world, update(Card).values(change), "cancelled_for_a_reason")
    silly = update(Card).values(state="CANCELLED", cancel_reason="WHY_NOT")
    refuse_change(world, silly, "cancelled_for_a_reason")


@pytest.fixture
def accepted(clock: FakeClock, till: Device, holder: Device) -> Wallet:
    """One credential of three was used at the till."""
    wallet = Wallet(phone=holder).fetch(1)
    assert verdict(till, wallet.show(clock.now())) == "ACCEPTED"
    return wallet


def refuse_change(world: World, change: Update, constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), world.database.separate() as tx:
        tx.execute(change)


@pytest.mark.usefixtures("accepted")
def test_an_offline_code_is_accepted_at_most_once(world: World) -> None:
    other = {"presentation_id": "another", "sale_digest": bytes(32)}
    refuse_copy(world, OfflineUpload, "uq_offline_uploads_one_accepted", **other)
    refused = {"verdict": "OTHER", "presentation_id": None}
    refuse_copy(world, OfflineUpload, "uq_offline_uploads_once", **refused)
    refuse_copy(world, CodeGrant, "uq_code_grants_code_hash")


@pytest.mark.usefixtures("accepted")
def test_a_key_has_one_credential_and_a_device_one_code_a_minute(world: World) -> None:
    refuse_copy(world, OfflineCredential, "uq_offline_credentials_alias")
    refuse_copy(
        world, OfflineCredential, "uq_offline_credentials_one_code_a_minute", alias=bytes(16)
    )


@pytest.mark.usefixtures("accepted")
def test_what_was_uploaded_stays_as_it_was(world: World) -> None:
    refuse_change(world, update(OfflineUpload).values(amount_fen=0), "only grows")


@pytest.mark.usefixtures("accepted")
def test_no_sale_is_after_the_revocation_or_outside_the_credentials_life(world: World) -> None:
    row = OfflineCredential
    for change, constraint in (
        ({"revoked_at": row.presented_at}, "presented_before_revocation"),
        ({"presented_at": row.expires_at}, "presented_in_time"),
        ({"presented_at": row.issued_at - timedelta(seconds=60)}, "presented_in_time"),
        ({"terminal_id": None}, "consumer"),
        ({"state": CredentialState.LIVE}, "move of offline_credentials refused"),
    ):
        refuse_change(world, update(row).values(change), constraint)


@pytest.mark.usefixtures("accepted")
def test_no_day_of_a_card_exceeds_its_cap(world: World) -> None:
    over = update(OfflineExposure).values(spent_fen=OfflineExposure.cap_fen + 1)
    refuse_change(world, over, "within_cap")


def test_a_credential_is_on_the_list_once(world: World, holder: Device) -> None:
    Wallet(phone=holder).fetch(1)
    holder.post("/v1/card/freeze")
    with world.database.separate() as tx:
        row = dict(tx.execute(select(*CardRevocation.__table__.columns)).mappings().one())
    twin = insert(CardRevocation).values({**row, "number": 2})
    with pytest.raises(IntegrityError, match="uq_card_revocations_alias"):  # noqa: SIM117
        with world.database.separate() as tx:
            tx.execute(twin)
