"""What runs in processes of their own, to race for one row."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

from app.identity.service.codes import CodeRedeemer, VerifiedPerson
from app.identity.service.lockouts import Lockouts
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from tests.app.identity.desk import settings_for
from tests.fakes import FakeClock


def processes(count: int) -> Pool:
    return get_context("spawn").Pool(count)


def place_of(shared: Infrastructure) -> tuple[str, str, str, datetime]:
    """All that another process needs to stand on the same ground."""
    settings = shared.settings
    return (
        settings.database_url.get_secret_value(),
        settings.redis_url.get_secret_value(),
        str(settings.var_dir),
        shared.clock.now(),
    )


def redeem(place: tuple[str, str, str, datetime], code: str, thumbprint: str) -> tuple[int, str]:
    with _standing(place) as shared:
        codes = CodeRedeemer(database=shared.database, cipher=shared.cipher, clock=shared.clock)
        redeemed = codes.redeem(code, thumbprint)
    return os.getpid(), "won" if isinstance(redeemed, VerifiedPerson) else type(redeemed).__name__


def fail(place: tuple[str, str, str, datetime], subjects: tuple[str, ...]) -> int:
    with _standing(place) as shared:
        Lockouts(database=shared.database, clock=shared.clock).count(*subjects)
    return os.getpid()


@contextmanager
def _standing(place: tuple[str, str, str, datetime]) -> Iterator[Infrastructure]:
    database_url, redis_url, var_dir, now = place
    settings = settings_for(database_url, redis_url, Path(var_dir))
    with ExitStack() as closing:
        yield build_infrastructure(settings, FakeClock(now), closing)
