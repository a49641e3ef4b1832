"""A type may ask for a surer recognition than the token stands for."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from app.audit.service import AccessLog
from app.core.errors import DomainError
from app.core.fields import FieldCipher
from app.documents.models import Certificate
from app.documents.records import Holder
from app.documents.service.holdings import CertificateHoldings
from app.documents.service.issuing import CertificateIssuing
from app.documents.service.levels import require_level
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.documents.quick_bench import KIND, Known, QuickBench, Ring, gatherer
from tests.app.world import World

STRICT = QuickBench(replace(KIND, level="L2"))
CIPHER = FieldCipher(fields=Ring(), index=Ring())


def holder(level: str, person_id: str = "prs_1") -> Holder:
    return Holder(person_id=person_id, level=level, device="device")


def refused(raised: pytest.ExceptionInfo[DomainError]) -> None:
    assert raised.value.kind.code == "INSUFFICIENT_USER_AUTHENTICATION"
    assert 'error="insufficient_user_authentication"' in raised.value.headers["WWW-Authenticate"]
    assert raised.value.members["acr_values"] == "face:L2"


@pytest.mark.parametrize(("level", "needed"), [("L1", "L1"), ("L2", "L1"), ("L3", "L2")])
def test_an_equal_or_surer_level_is_enough(level: str, needed: str) -> None:
    require_level(holder(level), needed)


def test_a_weaker_level_is_asked_to_step_up() -> None:
    with pytest.raises(DomainError) as raised:
        require_level(holder("L1"), "L2")
    refused(raised)


def test_nothing_is_issued_to_a_weaker_level(world: World) -> None:
    known = Known(exchange_id="xch_1", as_of=world.clock.now())
    issuing = CertificateIssuing(
        workbench=STRICT,  # type: ignore[arg-type]
        gatherer=gatherer(world.database, population=known),
        persons=known,
        database=world.database,
        accesses=AccessLog(database=world.database, clock=world.clock),
        cipher=CIPHER,
        clock=world.clock,
    )
    with pytest.raises(DomainError) as raised:
        issuing.issue(holder("L1"), KIND.code)
    refused(raised)
    with world.database.separate() as tx:
        assert tx.execute(text("SELECT count(*) FROM certificates")).scalar_one() == 0


def test_nothing_is_downloaded_by_a_weaker_level(zhang: Device, world: World) -> None:
    made = issued(zhang)
    with world.database.separate() as tx:
        person_id = tx.scalars(select(Certificate.person_id)).one()
    holdings = CertificateHoldings(
        workbench=STRICT,  # type: ignore[arg-type]
        database=world.database,
        accesses=AccessLog(database=world.database, clock=world.clock),
        cipher=CIPHER,
        clock=world.clock,
    )
    with pytest.raises(DomainError) as raised:
        holdings.pdf(holder("L1", person_id), made["id"])
    refused(raised)
