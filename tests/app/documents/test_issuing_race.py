"""Several processes issue the same person's certificate at once."""

from __future__ import annotations

from sqlalchemy import select

from app.documents.models import Certificate
from app.exchange.models import Exchange
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.racing import raced
from tests.app.world import World

PROCESSES, EACH = 4, 6


def test_one_at_a_time_is_valid_and_nobody_fails(zhang: Device, world: World) -> None:
    first = issued(zhang)
    with world.database.separate() as tx:
        person_id = tx.scalars(select(Certificate.person_id)).one()
        exchange_id = tx.scalars(select(Exchange.id).where(Exchange.case_id == first["id"])).one()
    url = world.settings.database_url.get_secret_value()
    arguments = (url, person_id, exchange_id, str(EACH))
    assert (
        raced("tests.app.documents.race_child", [arguments] * PROCESSES) == [str(EACH)] * PROCESSES
    )
    with world.database.separate() as tx:
        rows = tx.scalars(select(Certificate).order_by(Certificate.version)).all()
    total = PROCESSES * EACH + 1
    assert [row.version for row in rows] == list(range(1, total + 1))
    assert [row.state for row in rows] == ["superseded"] * (total - 1) + ["valid"]
    assert len({row.serial for row in rows}) == 1
