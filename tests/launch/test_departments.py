"""All eight departments begin with a launch, and the API is told how to reach each of them."""

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from app.exchange.connectors.drops.manifest import DepartmentKey
from config import Settings
from launch.bootstrap import CHECKOUT
from launch.departments.fund import Fund, reader_url
from launch.departments.hall import TownHall
from launch.errors import LaunchRefused
from launch.ports import answers, free_ports
from launch.process import Processes
from launch.services import Services, private_services
from sandbox.departments.directory import DEPARTMENTS, Way

PORTRAITS = CHECKOUT / "var" / "portraits"
pytestmark = pytest.mark.skipif(not PORTRAITS.is_dir(), reason="the portraits are missing")


@pytest.fixture
def services(open_folder: Path, processes: Processes) -> Iterator[Services]:
    with private_services(open_folder, durable=False, processes=processes) as started:
        yield started


def opened(place: Path, processes: Processes, **given: str) -> TownHall:
    return TownHall(given=given, var=place, portraits=PORTRAITS, processes=processes)


def test_every_department_begins_and_the_settings_name_them_all(
    open_folder: Path, processes: Processes, services: Services
) -> None:
    hall = opened(open_folder, processes)
    hall.open_fund(services.database_url)
    told = {
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        **hall.settings,
        **hall.settle(owns_server=True),
    }
    hall.wait()

    settings = Settings.from_environment(told)
    assert settings.counters.keys() == {one.name for one in DEPARTMENTS if one.way is Way.HTTP}
    assert all(answers(url, "/health") for url, _ in settings.counters.values())
    fund = settings.housing_fund_database_url
    assert fund is not None
    with psycopg.connect(fund.get_secret_value().replace("+psycopg", "")) as connection:
        seen = connection.execute("SELECT count(*) > 50 FROM housing_fund.deposit").fetchone()
    assert seen == (True,)
    assert settings.veterans_key is not None
    assert DepartmentKey.read(settings.veterans_key.read_bytes()).kid
    assert settings.veterans_drops is not None
    assert list(settings.veterans_drops.glob("*.jws"))
    processes.expect_all_alive()
    assert (open_folder / "population").is_dir()
    kept = open_folder / "departments" / "counters.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert json.loads(kept.read_text()).keys() == settings.counters.keys()


def test_a_department_that_the_caller_names_is_not_started(
    open_folder: Path, processes: Processes
) -> None:
    given = {f"{one.name.upper()}_URL": "http://there" for one in DEPARTMENTS}
    given |= {"VETERANS_DROPS": "/srv/drops", "HOUSING_FUND_DATABASE_URL": "there"}
    hall = opened(open_folder, processes, **given)
    hall.open_fund("postgresql+psycopg://nowhere/x")

    assert hall.settings == {}
    assert hall.settle(owns_server=False) == {}
    assert not list(open_folder.glob("logs/*"))


def test_on_a_server_of_others_the_fund_may_be_left_out(
    open_folder: Path, processes: Processes, capsys: pytest.CaptureFixture[str]
) -> None:
    given = {f"{one.name.upper()}_URL": "http://there" for one in DEPARTMENTS}
    for owns_server in (False, True):
        hall = opened(open_folder, processes, **given, VETERANS_DROPS="/srv/drops")
        hall.open_fund(f"postgresql+psycopg://u@/x?host={open_folder}")
        if owns_server:
            with pytest.raises(LaunchRefused, match="HOUSING_FUND_DATABASE_URL"):
                hall.settle(owns_server=True)
        else:
            assert hall.settle(owns_server=False) == {}
            assert "Not connected: The housing fund" in capsys.readouterr().out
    processes.expect_all_alive()


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("postgresql+psycopg://u@/d?host=/s", "housing_fund_reader:p%2F@/housing_fund?host=/s"),
        ("postgresql+psycopg://u:w@h:5432/d", "housing_fund_reader:p%2F@h:5432/housing_fund"),
        ("postgresql+psycopg://h/d", "housing_fund_reader:p%2F@h/housing_fund"),
    ],
)
def test_the_reader_comes_to_the_same_server(given: str, made: str) -> None:
    assert reader_url(given, password="p/") == f"postgresql+psycopg://{made}"


def test_free_ports_are_all_different() -> None:
    assert len(set(free_ports(40))) == 40


def test_the_fund_s_password_is_in_no_log(
    open_folder: Path, processes: Processes, services: Services
) -> None:
    fund = Fund(database_url=services.database_url, given={}, var=open_folder, processes=processes)
    fund.wait()
    password = fund.url.split(":")[2].split("@")[0]
    assert len(password) > 30
    logs = [path.read_text(errors="replace") for path in open_folder.rglob("*.log")]
    assert logs
    assert not any(password in text for text in logs)
