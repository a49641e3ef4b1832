"""Several processes issue the same person's certificate at once."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import select

from app.documents.models import Certificate
from app.exchange.models import Exchange
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.world import World

ROOT = Path(__file__).parents[3]
PROCESSES, EACH = 4, 6


def begun(stack: ExitStack, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.app.documents.race_child", *arguments]
    process = stack.enter_context(
        subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    )
    stack.callback(process.kill)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_one_at_a_time_is_valid_and_nobody_fails(zhang: Device, world: World) -> None:
    first = issued(zhang)
    with world.database.separate() as tx:
        person_id = tx.scalars(select(Certificate.person_id)).one()
        exchange_id = tx.scalars(select(Exchange.id).where(Exchange.case_id == first["id"])).one()
    url = world.settings.database_url.get_secret_value()
    with ExitStack() as stack:
        racers = [begun(stack, url, person_id, exchange_id, str(EACH)) for _ in range(PROCESSES)]
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write("go\n")
            racer.stdin.flush()
        assert [racer.communicate(timeout=60)[0] for racer in racers] == [f"{EACH}\n"] * PROCESSES
    with world.database.separate() as tx:
        rows = tx.scalars(select(Certificate).order_by(Certificate.version)).all()
    total = PROCESSES * EACH + 1
    assert [row.version for row in rows] == list(range(1, total + 1))
    assert [row.state for row in rows] == ["superseded"] * (total - 1) + ["valid"]
    assert len({row.serial for row in rows}) == 1
