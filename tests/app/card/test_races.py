"""Invariants under real processes on a real database."""

from __future__ import annotations

import secrets
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.audit.models import AccessEvent
from app.card.models import Card, CodeGrant, Presentation
from app.card.states import CardState, GrantState
from tests.app.card.racers import Race, run
from tests.app.card.steps import PHARMACY, Services, citizen_of
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock


@pytest.fixture
def race(world: World, clock: FakeClock, holder: Device, tmp_path: Path) -> Race:
    citizen = citizen_of(world.database, holder, now=clock.now())
    showing = Services(world.database, tmp_path / "race", clock).showing(secrets.randbelow)
    return Race(
        database_url=world.settings.database_url.get_secret_value(),
        keys_directory=tmp_path / "race",
        now=clock.now(),
        citizen=citizen,
        terminal_id=world.onboard(world.phone()),
        code=showing.show(citizen, purpose=PHARMACY).code,
    )


def states(world: World) -> Counter[GrantState]:
    with world.database.separate() as tx:
        return Counter(tx.scalars(select(CodeGrant.state)))


def test_of_sixteen_processes_exactly_one_decodes_a_code(world: World, race: Race) -> None:
    outcomes = Counter(run(race, ["decode"] * 16))
    assert outcomes == {"decode ok": 1, "decode CODE_USED": 15}
    with world.database.separate() as tx:
        assert tx.scalar(select(func.count()).select_from(Presentation)) == 1
        decoded = select(func.count()).where(AccessEvent.action == "card.code_decoded")
        assert tx.scalar(decoded) == 1


def test_of_many_codes_wanted_at_once_one_lives(world: World, race: Race) -> None:
    assert run(race, ["show"] * 8) == ["show ok"] * 8
    assert states(world) == {GrantState.ISSUED: 1, GrantState.SUPERSEDED: 8}


def test_after_a_freeze_no_code_lives_however_it_raced(world: World, race: Race) -> None:
    outcomes = run(race, ["show"] * 5 + ["freeze"] + ["decode"] * 4)
    assert "freeze ok" in outcomes
    refused = {o for o in outcomes if not o.endswith(" ok")}
    assert refused <= {
        "show CARD_FROZEN",
        "decode CODE_USED",
        "decode CODE_REVOKED",
        "decode CODE_SUPERSEDED",
    }
    assert states(world)[GrantState.ISSUED] == 0
    with world.database.separate() as tx:
        assert tx.scalars(select(Card.state)).one() == CardState.FROZEN


def test_a_freeze_and_a_decode_never_wait_for_each_other_in_a_circle(
    world: World, race: Race
) -> None:
    outcomes = run(race, ["freeze", "freeze", "decode", "decode", "decode", "decode"])
    assert not [o for o in outcomes if o.endswith("UNAVAILABLE")]
    assert states(world)[GrantState.ISSUED] == 0
