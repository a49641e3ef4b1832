"""What every service stands on, built once from the settings."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.audit.service import AccessLog
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.idempotency.ledger import IdempotencyLedger
from app.core.jose.dpop import DpopVerifier
from app.core.jose.replay import RedisReplayStore
from app.core.keys.files import FileKeys
from app.core.keys.provider import KeyProvider
from app.core.limits import RateLimits
from app.core.valkey import RateStorage, Valkey
from app.outbox.service.posting import Outbox
from config import Settings

_REDIS_TIMEOUT_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Infrastructure:
    """The shared parts."""

    settings: Settings
    clock: Clock
    database: Database
    redis: redis.Redis
    keys: KeyProvider
    cipher: FieldCipher
    limits: RateLimits
    replay: RedisReplayStore
    proofs: DpopVerifier
    idempotency: IdempotencyLedger
    accesses: AccessLog
    outbox: Outbox

    @property
    def certificate_keys(self) -> Path:
        """Where the certificates' PKI keeps its keys."""
        return self.settings.keys_path / "certificates"


def build_infrastructure(
    settings: Settings, clock: Clock, closing: ExitStack | None = None
) -> Infrastructure:
    """Build the shared parts; nothing is connected until it is used.

    Args:
        settings: all that the environment decides.
        clock: tells the time.
        closing: takes what has to be closed in the end; None: the caller does it.
    """
    database = Database(settings.database_url.get_secret_value(), pool_size=settings.database_pool)
    # Made here, for us alone, before anything below it is.
    settings.keys_path.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = FileKeys(settings.keys_path, clock=clock)
    cipher = FieldCipher(fields=keys.secrets("fields"), index=keys.secrets("index"))
    connection = _redis(settings)
    if closing is not None:
        closing.callback(database.close)
        closing.callback(connection.close)
    replay = RedisReplayStore(connection)
    return Infrastructure(
        settings=settings,
        clock=clock,
        database=database,
        redis=connection,
        keys=keys,
        cipher=cipher,
        limits=_limits(settings, clock, connection),
        replay=replay,
        proofs=DpopVerifier(clock=clock, replay=replay, algorithms=frozenset({"ES256"})),
        idempotency=IdempotencyLedger(database=database, cipher=cipher, clock=clock),
        accesses=AccessLog(database=database, clock=clock),
        outbox=Outbox(database=database, clock=clock),
    )


def _redis(settings: Settings) -> Valkey:
    made = Valkey.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=_REDIS_TIMEOUT_S,
        socket_connect_timeout=_REDIS_TIMEOUT_S,
        retry=Retry(NoBackoff(), 1),
    )
    return cast("Valkey", made)  # the library's own type is that of its base


def _limits(settings: Settings, clock: Clock, connection: Valkey) -> RateLimits:
    rates = {
        name.removeprefix("rate_"): str(getattr(settings, name))
        for name in Settings.model_fields
        if name.startswith("rate_")
    }
    return RateLimits(RateStorage(connection), clock=clock, rates=rates)
