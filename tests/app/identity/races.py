"""What runs in processes of their own, to race for one row."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.pool import Pool
from pathlib import Path

from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.keys.files import FileKeys
from app.identity.service.codes import CodeRedeemer, VerifiedPerson
from app.identity.service.lockouts import Lockouts
from config import Settings
from tests.app.programs import forking
from tests.fakes import FakeClock


@dataclass(frozen=True)
class Ground:
    """All that another process needs to stand on the same ground."""

    database_url: str
    keys: Path
    now: datetime


def ground(settings: Settings, clock: FakeClock) -> Ground:
    return Ground(settings.database_url.get_secret_value(), settings.keys_path, clock.now())


def processes(count: int) -> Pool:
    return forking().Pool(count)


def redeem(place: Ground, code: str, thumbprint: str) -> tuple[int, str]:
    clock, database = FakeClock(place.now), Database(place.database_url, pool_size=1)
    keys = FileKeys(place.keys, clock=clock)
    cipher = FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index"))
    redeemed = CodeRedeemer(database=database, cipher=cipher, clock=clock).redeem(code, thumbprint)
    database.close()
    return os.getpid(), "won" if isinstance(redeemed, VerifiedPerson) else type(redeemed).__name__


def fail(place: Ground, subjects: tuple[str, ...]) -> int:
    database = Database(place.database_url, pool_size=1)
    Lockouts(database=database, clock=FakeClock(place.now)).count(*subjects)
    database.close()
    return os.getpid()
