"""The database or Redis may go away: everybody is told to come back, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.core.errors import DomainError
from app.core.migrations import migrate
from app.factory import close, create_app
from app.wiring.infrastructure import build_infrastructure
from app.wiring.parts import Parts
from config import Settings
from tests.app.core.conftest import Counting
from tests.app.core.counting import PATH, add_counting, counts_table
from tests.app.core.outages import OwnServers, own_servers
from tests.app.identity.fakes import FakeFaces
from tests.app.identity.tokens import new_code, refresh
from tests.app.registry import Registry
from tests.app.world import World
from tests.fakes import FakeClock

KEY = "the-key-of-this-test"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServers]:
    with own_servers(tmp_path_factory.mktemp("logs")) as started:
        yield started


@pytest.fixture
def settings(own: OwnServers, settings: Settings) -> Settings:
    changes = {
        "database_url": SecretStr(own.postgres.url),
        "redis_url": SecretStr(own.valkey.url),
    }
    return settings.model_copy(update=changes)


@pytest.fixture
def world(settings: Settings, clock: FakeClock, registry: Registry) -> Iterator[World]:
    """As everywhere, on servers of our own."""
    faces = FakeFaces()
    app = create_app(settings, parts=Parts(clock=clock, faces=faces))
    with ExitStack() as closing:
        closing.callback(close, app)
        shared = build_infrastructure(settings, clock, closing)
        shared.redis.flushall()
        yield World(
            app=app, settings=settings, clock=clock, faces=faces, registry=registry, shared=shared
        )


def is_outage(answer: TestResponse) -> None:
    assert (answer.status_code, answer.json["code"]) == (503, "UNAVAILABLE"), answer.text
    assert answer.headers["Retry-After"] == "2"
    assert answer.content_type == "application/problem+json"


def ready(world: World) -> tuple[int, list[str]]:
    answer = world.client.get("/health/ready")
    return answer.status_code, answer.json["failing"]


def test_while_the_database_is_away_everybody_is_asked_to_come_back(
    own: OwnServers, world: World
) -> None:
    phone, other = world.citizen(), world.phone()
    number = world.register()
    code = world.code(other, number=number, name="张伟")
    assert ready(world) == (200, [])

    own.postgres.stop()
    try:
        assert ready(world) == (503, ["database"])
        assert world.client.get("/health/live").status_code == 200
        assert world.client.get("/.well-known/jwks.json").status_code == 200
        is_outage(phone.get("/v1/me"))
        is_outage(phone.post("/v1/card", idempotency_key=KEY))
        is_outage(refresh(phone))
        is_outage(other.form("/oauth/token", form(code)))
    finally:
        own.postgres.start()

    assert ready(world) == (200, [])
    bound = phone.post("/v1/card", idempotency_key=KEY)
    assert bound.status_code == 201
    assert phone.post("/v1/card", idempotency_key=KEY).data == bound.data
    assert refresh(phone).status_code == 200  # neither was spent by asking
    assert other.form("/oauth/token", form(code)).status_code == 200
    with world.database.separate() as tx:
        assert tx.execute(text("SELECT count(*) FROM cards")).scalar() == 1


def form(code: str) -> dict[str, str]:
    grant = "urn:zero-run:params:oauth:grant-type:face-verification"
    return {"grant_type": grant, "code": code, "client_id": "miniprogram"}


def test_a_database_that_goes_away_in_the_middle_of_a_write_has_not_done_it(
    own: OwnServers, world: World, clock: FakeClock
) -> None:
    phone = world.phone()
    with counts_table(world.database):
        counting = Counting(world, during=own.postgres.stop)
        add_counting(world.app, counting.happen)

        try:
            is_outage(phone.post(PATH, {"step": 1}, idempotency_key=KEY))
        finally:
            own.postgres.start()

        counting.during = lambda: None
        assert counting.rows == 0
        early = phone.post(PATH, {"step": 1}, idempotency_key=KEY)
        assert early.json["code"] == "IDEMPOTENCY_IN_PROGRESS"  # its claim could not be given back
        clock.advance(seconds=60)
        assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).status_code == 201
        assert counting.rows == 1


def test_while_redis_is_away_nobody_is_believed(own: OwnServers, world: World) -> None:
    phone, code_of = world.citizen(), world.phone()
    code = new_code(world, code_of)

    own.valkey.stop()
    try:
        assert ready(world) == (503, ["redis"])
        assert world.client.get("/health/live").status_code == 200
        is_outage(phone.get("/v1/me"))
        is_outage(refresh(phone))
        is_outage(code_of.form("/oauth/token", form(code)))
        is_outage(world.client.get("/.well-known/jwks.json"))
    finally:
        own.valkey.start()

    assert ready(world) == (200, [])
    assert phone.get("/v1/me").status_code == 200
    assert refresh(phone).status_code == 200
    assert code_of.form("/oauth/token", form(code)).status_code == 200


def test_a_migration_without_a_database_is_refused_in_words(own: OwnServers) -> None:
    own.postgres.stop()
    try:
        with pytest.raises(DomainError, match="UNAVAILABLE"):
            migrate(own.postgres.url)
    finally:
        own.postgres.start()
    migrate(own.postgres.url)
