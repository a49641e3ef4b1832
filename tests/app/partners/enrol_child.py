"""A process that redeems an enrolment code with a key of its own."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import cast

from app.core.database import Database
from app.core.errors import DomainError
from app.core.fields import FieldCipher
from app.core.jose.thumbprint import thumbprint
from app.core.keys.files import FileKeys
from app.core.limits import RateLimits
from app.core.valkey import RateStorage, Valkey
from app.partners.service.enrolling import KeyEnrolments
from tests.app.device import new_key, public_jwk
from tests.fakes import FakeClock


def main(url: str, redis_url: str, keys: str, instant: str, code: str) -> str:
    """Redeem it once told to; returns what came of it."""
    clock = FakeClock(datetime.fromisoformat(instant))
    ring = FileKeys(Path(keys), clock=clock)
    connection = cast("Valkey", Valkey.from_url(redis_url))
    rates = {"enrolments_address": "20 per minute", "enrolment_misses_all": "300 per minute"}
    enrolments = KeyEnrolments(
        database=Database(url, pool_size=1),
        clock=clock,
        cipher=FieldCipher(fields=ring.secrets("fields"), index=ring.secrets("index")),
        limits=RateLimits(RateStorage(connection), clock=clock, rates=rates),
    )
    jwk = public_jwk(new_key())
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        enrolments.redeem(code, dict(jwk), proven=thumbprint(jwk), address=str(os.getpid()))
    except DomainError as refused:
        return str(refused)
    return "enrolled"


if __name__ == "__main__":
    sys.stdout.write(main(*sys.argv[1:]))
