"""What contradicts our records is listed for the operator until it is dealt with."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import structlog

from app.commands import main
from app.settlement.payments.errors import Doubt
from app.settlement.payments.service.alerts import PaymentAlerts
from tests.app.payments.rows import alerts
from tests.app.world import World


@pytest.fixture
def here(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings = world.settings
    for name, value in {
        "DATABASE_URL": settings.database_url.get_secret_value(),
        "REDIS_URL": settings.redis_url.get_secret_value(),
        "POPULATION_URL": settings.population_url,
        "POPULATION_TOKEN": settings.population_token.get_secret_value(),
        "VAR_DIR": str(settings.var_dir),
    }.items():
        monkeypatch.setenv(name, value)
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("here")
def test_alerts_are_listed_and_set_aside(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    keeper = PaymentAlerts(database=world.database, clock=world.clock)
    keeper.note(Doubt.OTHER_AMOUNT, about="ord_1", source="notice")
    keeper.note(Doubt.TIMED_OUT, about="ord_1", source="answer")
    capsys.readouterr()

    assert main(["payment-alerts"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["about"], told["reason"], told["source"], told["count"]) == (
        "ord_1",
        "other_amount",
        "notice",
        1,
    )

    assert main(["close-payment-alert", told["id"]]) == 0
    assert alerts(world) == []
    assert main(["close-payment-alert", told["id"]]) == 1
    assert "PAYMENT_ALERT_UNKNOWN" in capsys.readouterr().err
