"""Departments at work, one of each for a whole file of tests."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from launch.place import passing_place
from launch.postgres import Postgres
from launch.process import Processes
from sandbox.departments.city.city import city
from sandbox.departments.civil_affairs.register import open_civil_affairs
from sandbox.departments.health.births import open_health
from sandbox.departments.housing.homes import open_housing
from sandbox.departments.housing_fund.database import READER, establish
from sandbox.departments.market_regulation.licences import open_market_regulation
from sandbox.departments.office.desk import Department
from sandbox.departments.population.register import Register
from sandbox.departments.population.seed import seed_of
from sandbox.departments.social_security.participations import open_social_security
from tests.sandbox.departments.building import Building, at_work

PASSWORD = "the reader's password"


def open_population(directory: Path) -> Department:
    """Everybody, without photographs: these tests need no pictures."""
    register = Register(directory)
    register.fill(seed_of(city(), {}))
    return register.department()


OPENERS: dict[str, Callable[[Path], Department]] = {
    "population": open_population,
    "housing": open_housing,
    "civil_affairs": open_civil_affairs,
    "health": open_health,
    "social_security": open_social_security,
    "market_regulation": open_market_regulation,
}


@pytest.fixture(scope="module")
def town_hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Building]]:
    """All departments that answer over HTTP."""
    folder = tmp_path_factory.mktemp("departments")
    with ExitStack() as closing:
        yield {
            name: closing.enter_context(at_work(make(folder / name)))
            for name, make in OPENERS.items()
        }


@pytest.fixture
def housing(tmp_path: Path) -> Iterator[Building]:
    """A housing department of this test alone."""
    with at_work(open_housing(tmp_path / "housing")) as building:
        yield building


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """DSN of a private server's superuser."""
    logs = tmp_path_factory.mktemp("logs")
    with (
        Processes() as processes,
        passing_place() as place,
        Postgres(place=place, processes=processes, logs=logs, durable=False) as postgres,
    ):
        yield postgres.url.replace("+psycopg", "")


@pytest.fixture(scope="module")
def fund(server: str) -> str:
    """DSN of the fund's own role."""
    return establish(server, reader_password=PASSWORD)


@pytest.fixture(scope="module")
def reader(fund: str) -> str:
    """DSN of who may read the fund's view."""
    return make_conninfo(fund, user=READER, password=PASSWORD)
