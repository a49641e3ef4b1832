"""A process that holds or pays, and is killed at a chosen step."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

from app.core.access.principals import Citizen
from app.hospital.service.booking.holding import Asked, Holding
from app.hospital.service.booking.paying import Paying
from app.hospital.service.fees.following import FeeFollowing
from app.wiring.hospital.fees import CardFees
from tests.app.hospital.racers import Race, services_of

POINTS: Final = ("begun", "settled", "booked")
"""After the fee was written down, after the card paid it, after the place was booked."""


def die(*_: object, **__: object) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def _then_die(act: Callable[..., object]) -> Callable[..., None]:
    def both(*arguments: object, **named: object) -> None:
        act(*arguments, **named)
        die()

    return both


def pay_and_die(told: Mapping[str, str]) -> None:
    race = Race(
        database_url=told["database_url"],
        redis_url=told["redis_url"],
        var_dir=Path(told["var_dir"]),
        now=datetime.fromisoformat(told["now"]),
    )
    services = services_of(race)
    citizen = Citizen(
        person_id=told["person"],
        thumbprint=told["thumbprint"],
        level="L2",
        authenticated_at=race.now,
        client_id="miniprogram",
        session_id="",
        scope=frozenset({"citizen"}),
    )
    if told["point"] == "held":
        holding = services[Holding]
        assert isinstance(holding, Holding)
        holding.hold(citizen, Asked(session_id=told["about"]))
        die()
    if told["point"] == "begun":
        CardFees.pay = die  # type: ignore[method-assign]
    elif told["point"] == "settled":
        FeeFollowing.heard = die  # type: ignore[method-assign]
    else:
        FeeFollowing.heard = _then_die(FeeFollowing.heard)  # type: ignore[method-assign]
    paying = services[Paying]
    assert isinstance(paying, Paying)
    paying.pay(citizen, told["about"])
