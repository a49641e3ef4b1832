"""Departments that fail, as the whole exchange meets them: named, left alone, and no one else's."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr
from sqlalchemy import select

from app.core.clock import SystemClock
from app.core.errors import DomainError
from app.exchange.attempt import Outcome
from app.exchange.contracts.library import HOME
from app.exchange.models import Exchange
from app.exchange.ports import ExchangeRecord
from app.exchange.resilience.breaker import Circuit
from app.wiring.exchange import ExchangeParts, build_exchange
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from config import Settings
from launch.departments.fund import reader_url
from sandbox.departments.housing_fund.faults import FundFailure, switch
from sandbox.departments.veterans.drops import DropFailure
from tests.clean import forget_rows
from tests.conftest import Servers
from tests.sandbox.departments.asking import Drops
from tests.sandbox.departments.building import TOKEN, Building
from tests.sandbox.departments.conftest import PASSWORD
from tests.sandbox.departments.people import ZHANG

HASTY_MS = 250
OTHERS = ("marriage", "birth", "social_insurance", "business_licence", "population")


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Our contracts, less patient."""
    home = tmp_path_factory.mktemp("contracts") / "data"
    shutil.copytree(HOME, home)
    for path in home.glob("*/contract.toml"):
        terms = path.read_text()
        path.write_text(terms.replace("timeout_ms = 2000", f"timeout_ms = {HASTY_MS}"))
    return home


@dataclass
class Exchanges:
    """All ten sources at work, with a timer that is moved by hand."""

    shared: Infrastructure
    parts: ExchangeParts
    moment: list[float] = field(default_factory=lambda: [0.0])

    def ask(self, source: str, **changes: Any) -> ExchangeRecord | None:
        contract = self.parts.contracts.contract(source)
        question = {
            "citizen_number": ZHANG[0],
            "name": ZHANG[1],
            "fields": tuple(contract.schema.fields),
            "purpose": "certificate:any",
            "case_id": "cer_1",
        }
        return self.parts.cases[source].lookup(**{**question, **changes})

    def refused(self, source: str) -> DomainError:
        with pytest.raises(DomainError) as raised:
            self.ask(source)
        return raised.value

    def last(self, source: str) -> Exchange:
        query = select(Exchange).where(Exchange.source == source).order_by(Exchange.at.desc())
        with self.shared.database.separate() as tx:
            return tx.scalars(query.limit(1)).one()

    def circuit(self, source: str) -> Circuit:
        return self.parts.breakers[source].circuit

    def fail_until_left_alone(self, source: str) -> None:
        for _ in range(5):
            self.refused(source)
        assert self.circuit(source) is Circuit.OPEN
        assert self.refused(source).kind.code == "SOURCE_UNAVAILABLE"
        assert self.last(source).failure == "circuit_open"

    def come_back(self, source: str) -> None:
        """Time goes by, one question is let through, and the circuit closes."""
        self.moment[0] += 2.0
        assert self.circuit(source) is Circuit.HALF_OPEN
        assert self.ask(source) is not None
        assert self.circuit(source) is Circuit.CLOSED

    def expect_others_well(self) -> None:
        for source in OTHERS:
            assert self.ask(source) is not None
            assert self.last(source).outcome == Outcome.LIVE
            assert self.circuit(source) is Circuit.CLOSED


@pytest.fixture
def drops(tmp_path: Path) -> Drops:
    return Drops.begun(tmp_path / "veterans")


@pytest.fixture
def connected(
    town_hall: dict[str, Building], fund: str, drops: Drops, tmp_path: Path
) -> dict[str, Any]:
    """The settings that name all departments."""
    told: dict[str, Any] = {}
    for name, building in town_hall.items():
        told[f"{name}_url"] = f"http://127.0.0.1:{building.port}"
        told[f"{name}_token"] = SecretStr(TOKEN)
    key = tmp_path / "veterans.public.pem"
    key.write_bytes(drops.published)
    host = conninfo_to_dict(fund)["host"]
    url = reader_url(f"postgresql+psycopg://@/x?host={host}", password=PASSWORD)
    told["housing_fund_database_url"] = SecretStr(url)
    return {**told, "veterans_drops": drops.folder, "veterans_key": key}


@pytest.fixture
def exchanges(
    servers: Servers, contracts: Path, connected: dict[str, Any], tmp_path: Path
) -> Iterator[Exchanges]:
    settings = Settings(
        database_url=SecretStr(servers.database_url),
        redis_url=SecretStr(servers.redis_url),
        var_dir=tmp_path / "var",
        contracts_dir=contracts,
        **connected,
    )
    moment = [0.0]
    with ExitStack() as closing:
        shared = build_infrastructure(settings, SystemClock(), closing)
        forget_rows(shared.database)
        parts = build_exchange(shared, closing, timer=lambda: moment[0])
        yield Exchanges(shared=shared, parts=parts, moment=moment)


FAULTS = {
    "unavailable": ("overloaded", "failed", 503),
    "garbage": ("not_json", "failed", 502),
    "hang-up": ("unreachable", "failed", 503),
    "half-answered": ("unreachable", "partial", 503),
    "dead": ("unreachable", "failed", 503),
    "slow": ("timed_out", "failed", 503),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_department_that_fails_is_named_and_left_alone_and_comes_back(
    exchanges: Exchanges, town_hall: dict[str, Building], fault: str
) -> None:
    failure, outcome, status = FAULTS[fault]
    housing = town_hall["housing"]
    assert exchanges.ask("home_ownership") is not None
    slow = 2 * HASTY_MS if fault == "slow" else 0
    housing.switch("none" if slow else fault, fastest_ms=slow, slowest_ms=slow)
    try:
        refusal = exchanges.refused("home_ownership")
        assert "不动产登记库" in refusal.kind.zh
        assert (refusal.kind.status, refusal.retry_after is None) == (status, status == 502)
        row = exchanges.last("home_ownership")
        assert (row.failure, row.fault, row.outcome) == (failure, "theirs", outcome)
        exchanges.fail_until_left_alone("home_ownership")
        exchanges.expect_others_well()
    finally:
        housing.switch("none")
    exchanges.come_back("home_ownership")


def test_an_answer_of_a_wrong_schema_is_refused_and_shows_that_they_are_there(
    exchanges: Exchanges, town_hall: dict[str, Building]
) -> None:
    town_hall["housing"].switch("wrong-schema")
    try:
        for _ in range(6):
            assert exchanges.refused("home_ownership").kind.code == "UPSTREAM_FAILED"
            row = exchanges.last("home_ownership")
            assert (row.failure, row.fault) == ("contract_broken", "theirs")
        assert exchanges.circuit("home_ownership") is Circuit.CLOSED
        exchanges.expect_others_well()
    finally:
        town_hall["housing"].switch("none")
    assert exchanges.ask("home_ownership") is not None


def test_a_failing_register_leaves_the_others_of_its_department_alone(
    exchanges: Exchanges, town_hall: dict[str, Building]
) -> None:
    town_hall["civil_affairs"].switch("unavailable")
    try:
        exchanges.fail_until_left_alone("marriage")
        assert exchanges.circuit("disability") is Circuit.CLOSED
    finally:
        town_hall["civil_affairs"].switch("none")
    assert exchanges.ask("disability") is not None


def test_a_dead_fund_is_left_alone_and_comes_back(exchanges: Exchanges, fund: str) -> None:
    assert exchanges.ask("housing_fund") is not None
    switch(fund, FundFailure.DEAD)
    try:
        exchanges.fail_until_left_alone("housing_fund")
        exchanges.expect_others_well()
    finally:
        switch(fund, FundFailure.NONE)
    exchanges.come_back("housing_fund")


def test_a_fund_that_waits_is_timed_out_and_left_alone(exchanges: Exchanges, fund: str) -> None:
    with psycopg.connect(fund) as connection:
        connection.execute("LOCK TABLE housing_fund.account IN ACCESS EXCLUSIVE MODE")
        exchanges.refused("housing_fund")
        row = exchanges.last("housing_fund")
        assert (row.failure, row.fault) == ("timed_out", "theirs")
        exchanges.fail_until_left_alone("housing_fund")
        exchanges.expect_others_well()
    exchanges.come_back("housing_fund")


def test_a_fund_of_a_wrong_schema_is_refused_by_its_name(exchanges: Exchanges, fund: str) -> None:
    switch(fund, FundFailure.WRONG_SCHEMA)
    try:
        assert exchanges.refused("housing_fund").kind.code == "UPSTREAM_FAILED"
        row = exchanges.last("housing_fund")
        assert (row.failure, row.fault) == ("contract_broken", "theirs")
    finally:
        switch(fund, FundFailure.NONE)
    assert exchanges.ask("housing_fund") is not None


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        (DropFailure.BAD_SIGNATURE, "not_vouched"),
        (DropFailure.TRUNCATED, "not_vouched"),
        (DropFailure.STALE, "stale"),
    ],
)
def test_drops_that_do_not_hold_are_refused_by_their_name_and_mended_by_the_next(
    exchanges: Exchanges, drops: Drops, fault: DropFailure, failure: str
) -> None:
    drops.drop(fault)
    refusal = exchanges.refused("veteran")
    assert refusal.kind.code == "UPSTREAM_FAILED"
    assert "退役军人事务信息库" in refusal.kind.zh
    row = exchanges.last("veteran")
    assert (row.failure, row.fault) == (failure, "theirs")
    exchanges.expect_others_well()
    drops.drop()
    assert exchanges.ask("veteran") is not None
    assert exchanges.last("veteran").outcome == "live"


def test_a_folder_without_a_drop_that_holds_is_left_alone(
    exchanges: Exchanges, drops: Drops
) -> None:
    drops.drop(DropFailure.BAD_SIGNATURE)
    exchanges.fail_until_left_alone("veteran")
    drops.drop()
    exchanges.come_back("veteran")


def test_every_source_answers_about_the_first_person_of_the_demonstration(
    exchanges: Exchanges, drops: Drops
) -> None:
    drops.drop()
    told = {source: exchanges.ask(source) for source in exchanges.parts.sources}
    # A birth certificate is the child's own; of a conviction or disability there is none.
    counts = {source: len(one.records) if one else 0 for source, one in told.items()}
    assert counts == {
        "birth": 0,
        "business_licence": 1,
        "criminal_record": 0,
        "disability": 0,
        "home_ownership": 1,
        "housing_fund": 1,
        "marriage": 1,
        "population": 1,
        "social_insurance": 1,
        "veteran": 1,
    }
    assert all(one is not None and one.live for one in told.values())


def test_with_three_sources_in_ten_dead_the_others_all_end_well(
    exchanges: Exchanges, town_hall: dict[str, Building], fund: str, drops: Drops
) -> None:
    drops.drop()
    dead = {"home_ownership", "social_insurance", "housing_fund"}
    for name in ("housing", "social_security"):
        town_hall[name].switch("dead")
    switch(fund, FundFailure.DEAD)
    ended: dict[str, str] = {}

    def run(source: str) -> None:
        try:
            exchanges.ask(source)
        except DomainError as refused:
            ended[source] = refused.kind.code
        else:
            ended[source] = "well"

    try:
        threads = [threading.Thread(target=run, args=(one,)) for one in exchanges.parts.sources]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        for name in ("housing", "social_security"):
            town_hall[name].switch("none")
        switch(fund, FundFailure.NONE)
    assert {one for one, how in ended.items() if how != "well"} == dead
    assert {ended[one] for one in dead} == {"SOURCE_UNAVAILABLE"}


def test_an_earlier_answer_serves_while_a_real_department_is_dead(
    exchanges: Exchanges, town_hall: dict[str, Building]
) -> None:
    live = exchanges.ask("marriage", kept=True)
    town_hall["civil_affairs"].switch("dead")
    try:
        kept = exchanges.ask("marriage", kept=True)
        assert exchanges.last("marriage").outcome == "stale"
    finally:
        town_hall["civil_affairs"].switch("none")
    assert live is not None
    assert kept is not None
    assert (kept.live, kept.records, kept.record_version) == (
        False,
        live.records,
        live.record_version,
    )
