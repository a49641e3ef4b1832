"""Offline codes under real processes on a real database."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.card.models import Presentation
from app.card.offline_models import OfflineCredential, OfflineExposure, OfflineUpload
from app.card.offline_states import CredentialState
from app.outbox.models import OutboxMessage
from codes.credential import Credential, issue
from codes.keys import key_id, point_of
from tests.app.card.racers import Race, run
from tests.app.card.steps import Services, citizen_of
from tests.app.card.wallet import Wallet
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock


@pytest.fixture
def wallet(world: World, clock: FakeClock, holder: Device, tmp_path: Path) -> Wallet:
    """Credentials whose issuer's keys lie where the racing processes look."""
    wallet = Wallet(phone=holder).fetch(2)
    ours = Services(world.database, tmp_path / "race", clock).keys.signing("card").active
    with world.database.separate() as tx:
        row = tx.scalars(select(OfflineCredential)).first()
    assert row is not None
    for number, key in enumerate(wallet.keys):
        claims = Credential(
            point=point_of(key.public_key()),
            not_before=row.not_before,
            expires_at=row.expires_at,
            level=row.level,
            cap_fen=row.cap_fen,
        )
        wallet.issued[number] = issue(claims, signer=ours.sign, key_id=key_id(ours.public))
    return wallet


@pytest.fixture
def race(world: World, clock: FakeClock, holder: Device, wallet: Wallet, tmp_path: Path) -> Race:
    return Race(
        database_url=world.settings.database_url.get_secret_value(),
        keys_directory=tmp_path / "race",
        now=clock.now(),
        citizen=citizen_of(world.database, holder, now=clock.now()),
        terminal_id="",
        code=wallet.show(clock.now()),
    )


def tills(world: World, count: int) -> list[str]:
    return [world.onboard(world.phone()) for _ in range(count)]


def count(world: World, table: type[object], *where: object) -> int:
    with world.database.separate() as tx:
        query = select(func.count()).select_from(table)
        return tx.scalar(query.where(*where)) or 0  # type: ignore[arg-type]


def test_of_32_terminals_that_upload_one_code_at_once_one_is_accepted(
    world: World, race: Race
) -> None:
    outcomes = Counter(run(race, [f"upload {till}" for till in tills(world, 32)]))
    assert outcomes == {"upload ACCEPTED": 1, "upload OFFLINE_DOUBLE_USE": 31}
    assert count(world, Presentation) == 1
    assert count(world, OfflineUpload) == 32
    assert count(world, OutboxMessage, OutboxMessage.topic == "card.offline_double_use") == 31


def test_one_upload_sent_many_times_at_once_is_judged_once(world: World, race: Race) -> None:
    (till,) = tills(world, 1)
    assert run(race, [f"upload {till}"] * 8) == ["upload ACCEPTED"] * 8
    assert (count(world, OfflineUpload), count(world, Presentation)) == (1, 1)


def test_the_last_fen_of_a_cards_day_is_sold_once(
    world: World, clock: FakeClock, wallet: Wallet, race: Race
) -> None:
    later = clock.now() + timedelta(minutes=1)
    codes = (wallet.show(clock.now()), wallet.show(later, number=1))
    acts = [f"upload {till} {n}" for n, till in enumerate(tills(world, 2))]
    outcomes = run(replace(race, fen=300_00, now=later, more=codes), acts)
    assert outcomes == ["upload ACCEPTED", "upload OFFLINE_CAP_EXCEEDED"]
    with world.database.separate() as tx:
        assert tx.scalars(select(OfflineExposure.spent_fen)).all() == [300_00]


def test_a_freeze_and_uploads_never_wait_for_each_other_in_a_circle(
    world: World, race: Race
) -> None:
    acts = [*(f"upload {till}" for till in tills(world, 5)), "freeze", "freeze"]
    outcomes = Counter(run(race, acts))
    assert outcomes["freeze ok"] == 2
    assert outcomes["upload ACCEPTED"] <= 1
    assert sum(n for found, n in outcomes.items() if "UNAVAILABLE" in found) == 0
    assert count(world, OfflineCredential, OfflineCredential.state == CredentialState.LIVE) == 0
