"""A hospital's information system that may call sessions off, and fees that are remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from app.core.statements import Tx, row
from app.hospital.stopping.service.stopping import ClinicStopping
from app.wiring.hospital.conduct import booking_rules
from tests.app.device import Device
from tests.app.hospital.planting import Clinic
from tests.app.world import World

HOSPITAL = "市第一人民医院"
_WAS_BOOKED = "SELECT FROM appointment_events WHERE appointment_id = %(id)s AND kind = 'booked'"


@dataclass
class FakeFees:
    """Whoever was booked had paid 50 yuan."""

    refunded: list[str] = field(default_factory=list)
    carried: list[tuple[str, str]] = field(default_factory=list)
    meanwhile: Callable[[], object] = lambda: None
    """What somebody else does while a fee is seen to."""

    def refund(self, tx: Tx, appointment_id: str, now: datetime) -> int:
        assert now.tzinfo is not None
        self.refunded.append(appointment_id)
        self.meanwhile()
        return 0 if row(tx, _WAS_BOOKED, {"id": appointment_id}) is None else 5_000

    def carry_over(self, tx: Tx, old_id: str, new_id: str, now: datetime) -> None:
        assert now > datetime.min.replace(tzinfo=now.tzinfo), tx
        self.carried.append((old_id, new_id))


@dataclass
class FakeWatcher:
    """Remembers what it was told."""

    told: list[str] = field(default_factory=list)

    def session_stopped(self, tx: Tx, session_id: str, now: datetime) -> None:
        assert now > datetime.min.replace(tzinfo=now.tzinfo), tx
        self.told.append(session_id)


@pytest.fixture
def fees() -> FakeFees:
    return FakeFees()


@pytest.fixture
def watcher() -> FakeWatcher:
    return FakeWatcher()


@pytest.fixture
def world(world: World, fees: FakeFees, watcher: FakeWatcher) -> World:
    """The application with the fakes in the place of fees and of whoever watches."""
    with world.app.app_context():
        services = world.app.extensions["zero_run.services"]
    services[ClinicStopping] = ClinicStopping(
        database=world.database,
        clock=world.clock,
        rules=booking_rules(world.shared),
        fees=fees,
        watchers=[watcher],
    )
    return world


@pytest.fixture
def his(world: World, clinic: Clinic) -> Device:
    assert clinic.hospital_id
    return world.terminal(
        merchant=HOSPITAL, purposes=frozenset({"01101"}), scopes=frozenset({"hospital.schedule"})
    )
