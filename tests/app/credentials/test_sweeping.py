"""What time has ended is forgotten; what somebody may still ask about is not."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.database import Base
from app.credentials.models import (
    CredentialOffer,
    IssuedCredential,
    PresentationRequest,
    SpentNonce,
)
from app.credentials.service.sweeping import CredentialSweep
from tests.app.credentials.wallet import asked, offered, ready
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.world import World

TABLES: tuple[type[Base], ...] = (
    CredentialOffer,
    IssuedCredential,
    SpentNonce,
    PresentationRequest,
)


def counts(world: World) -> list[int]:
    with world.database.separate() as tx:
        found = [tx.scalar(select(func.count()).select_from(table)) for table in TABLES]
    return [count or 0 for count in found]


def test_each_row_stays_as_long_as_it_matters(world: World, zhang: Device) -> None:
    sweep = CredentialSweep(database=world.database, clock=world.clock)
    ready(world, zhang).fetched()
    offered(zhang, issued(zhang)["id"])
    asked(world)
    assert sweep.sweep() == 0
    assert counts(world) == [2, 1, 1, 1]
    world.clock.advance(minutes=10)
    sweep.sweep()
    assert counts(world) == [2, 1, 0, 1]
    world.clock.advance(days=1)
    sweep.sweep()
    assert counts(world) == [1, 1, 0, 0]
    world.clock.advance(days=30)
    sweep.sweep()
    assert counts(world) == [0, 0, 0, 0]
