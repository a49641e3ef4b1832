"""Servers that all tests share, and a clean slate for each."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as examples
from pydantic import SecretStr

from app.core.migrations import migrate
from app.documents.ports import RecordSource
from app.factory import close, create_app
from app.wiring.infrastructure import build_infrastructure
from app.wiring.parts import Parts
from config import Settings
from launch.environment import service_options
from launch.services import private_services
from tests.app.identity.fakes import FakeFaces
from tests.app.registry import Registry, running_registry
from tests.app.world import World
from tests.clean import forget_everything
from tests.fakes import FakeClock
from tests.order import longest_first
from tests.remembered import remember

_PROGRAMS = ("POSTGRES_BIN", "REDIS_BIN")

# How fast the machine is today says nothing about the code.
examples.register_profile("timeless", deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("timeless")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    longest_first(items)


def pytest_collection_finish() -> None:
    """Spare the modules that were read: they stay, and each full collection went through them."""
    gc.collect()
    gc.freeze()
    # An application that is over is 15,000 objects in circles: fewer rounds, for 20 MB.
    gc.set_threshold(20_000)


@pytest.fixture(scope="session", autouse=True)
def remembered() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        remember(patched)
        yield


@pytest.fixture(scope="session", autouse=True)
def undurable() -> Iterator[None]:
    """What tests write to disk need not outlive a power cut; PostgreSQL is told the same below."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", os.fstat)  # it refuses what is no open file, too
        yield


@dataclass(frozen=True)
class Servers:
    database_url: str
    redis_url: str


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """A migrated PostgreSQL and a Redis: private ones, or those named by the caller.

    POSTGRES_BIN and REDIS_BIN choose other programs than the wheels' for the private ones.
    """
    given = os.getenv("TEST_DATABASE_URL"), os.getenv("TEST_REDIS_URL")  # noqa: TID251
    if given[0] and given[1]:
        migrate(given[0])
        yield Servers(given[0], given[1])
        return
    folder = Path(tempfile.mkdtemp(prefix="zr-"))
    try:
        programs = service_options({n: os.getenv(n, "") for n in _PROGRAMS})  # noqa: TID251
        with private_services(folder, options=replace(programs, durable=False)) as started:
            migrate(started.database_url)
            yield Servers(started.database_url, started.redis_url)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def registry() -> Iterator[Registry]:
    with running_registry() as running:
        yield running


@pytest.fixture
def settings(servers: Servers, tmp_path: Path, registry: Registry) -> Settings:
    return Settings(
        database_url=SecretStr(servers.database_url),
        redis_url=SecretStr(servers.redis_url),
        var_dir=tmp_path / "var",
        population_url=registry.url,
        population_token=SecretStr("service token of the tests"),
        check_prestart=False,
        check_seconds=30,
        rate_verifications_address="1000 per minute",
        rate_address="10000 per minute",
        rate_imports="10000 per minute",
    )


@pytest.fixture
def sources() -> dict[str, RecordSource]:
    """Departments that answer in the test's own process, for those who override this."""
    return {}


@pytest.fixture
def world(
    settings: Settings, clock: FakeClock, registry: Registry, sources: dict[str, RecordSource]
) -> Iterator[World]:
    """The whole application, empty; only faces are judged by a fake."""
    faces = FakeFaces()
    app = create_app(settings, parts=Parts(clock=clock, faces=faces, sources=sources))
    with ExitStack() as closing:
        closing.callback(structlog.reset_defaults)  # the test's standard output is about to close
        closing.callback(close, app)
        shared = build_infrastructure(settings, clock, closing)
        forget_everything(shared.database, shared.redis)
        yield World(
            app=app, settings=settings, clock=clock, faces=faces, registry=registry, shared=shared
        )
