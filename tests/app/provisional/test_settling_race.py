"""Several processes settle at once; one of them may be killed between answer and outcome."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from app.audit.models import AccessEvent
from app.documents.models import CertificateChange
from app.documents.service.confirmation_cases import ConfirmationCase, ConfirmationCases, Said
from app.documents.service.confirming import CONFIRMATION_POLICY
from config import Settings
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.provisional.department import (
    TYPE,
    SocialSecurity,
    exchanges,
    provisional,
    settled,
    turn_of,
)
from tests.app.racing import raced, started
from tests.app.world import World

CHILD = "tests.app.provisional.settle_child"
PEOPLE, PROCESSES = 6, 2


@pytest.fixture(autouse=True)
def environment(settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes find the test's servers, keys and department."""
    assert settings.social_security_url is not None
    assert settings.social_security_token is not None
    assert world.settings.keys_path.exists()
    for name, value in {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "POPULATION_URL": settings.population_url,
        "POPULATION_TOKEN": settings.population_token.get_secret_value(),
        "SOCIAL_SECURITY_URL": settings.social_security_url,
        "SOCIAL_SECURITY_TOKEN": settings.social_security_token.get_secret_value(),
        "CONTRACTS_DIR": str(settings.contracts_dir),
        "VAR_DIR": str(settings.var_dir),
    }.items():
        monkeypatch.setenv(name, value)


def confirmations(world: World) -> tuple[int, int]:
    """Changes told of, and looks recorded."""
    told = select(func.count()).where(CertificateChange.reason == "CONFIRMED")
    looks = select(func.count()).where(AccessEvent.action == "certificate.confirmed")
    with world.database.separate() as tx:
        return tx.scalar(told) or 0, tx.scalar(looks) or 0


def test_each_certificate_is_settled_by_one_of_them_and_once(
    world: World, department: SocialSecurity
) -> None:
    people = [world.citizen() for _ in range(PEOPLE)]
    for one in people:
        issued(one, TYPE)
    department.status = 503
    made = [issued(one, TYPE) for one in people]
    department.status, department.asked = 200, []
    world.clock.advance(minutes=1)
    now = world.clock.now().isoformat()

    counts = raced(CHILD, [(now, "whole")] * PROCESSES)

    assert sum(int(one) for one in counts) == PEOPLE
    assert confirmations(world) == (PEOPLE, PEOPLE)
    assert sorted(q["case"] for q in department.asked) == sorted(one["id"] for one in made)


def test_what_a_process_killed_after_the_answer_had_claimed_is_settled_by_the_next(
    zhang: Device, world: World, department: SocialSecurity
) -> None:
    made = provisional(zhang, department)
    department.status = 200
    world.clock.advance(minutes=1)
    with started(CHILD, [(world.clock.now().isoformat(), "asked")]) as [killed]:
        killed.expect("asked")
        killed.kill()
    assert confirmations(world) == (0, 0)
    assert turn_of(world, made).state == "working"
    [early] = raced(CHILD, [(world.clock.now().isoformat(), "whole")])
    world.clock.advance(seconds=CONFIRMATION_POLICY.lease.total_seconds())
    [late] = raced(CHILD, [(world.clock.now().isoformat(), "whole")])
    assert (early, late) == ("0", "1")
    assert confirmations(world) == (1, 1)
    tries = exchanges(world, made)
    assert [one.outcome for one in tries] == ["live", "live"]
    assert len({one.capability_id for one in tries}) == 2


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_the_outcome_of_a_turn_that_was_lost_does_not_count(
    zhang: Device,
    world: World,
    department: SocialSecurity,
    monkeypatch: pytest.MonkeyPatch,
    version: str,
) -> None:
    provisional(zhang, department)
    department.status = 200
    asks, rounds = ConfirmationCases.ask, []

    def overtaken(cases: ConfirmationCases, case: ConfirmationCase) -> Said:
        said = asks(cases, case)
        monkeypatch.setattr(ConfirmationCases, "ask", asks)
        # The lease ends while this one is still on its way back from the department.
        department.version = version
        rounds.append(settled(world, minutes=2))
        return said

    monkeypatch.setattr(ConfirmationCases, "ask", overtaken)
    late = settled(world)

    assert (rounds[0].confirmed, rounds[0].changed) == ((1, 0) if version == "v1" else (0, 1))
    assert (late.confirmed, late.changed, late.recalled) == (0, 0, 0)
    with world.database.separate() as tx:
        last = select(func.count()).where(CertificateChange.reason != "NEW_VERSION")
        assert tx.scalar(last) == 1
