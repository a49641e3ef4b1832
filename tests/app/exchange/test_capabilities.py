"""No exchange without leave: once, in time, for one case, one person, one purpose, these fields."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.core.database import Database
from app.core.errors import DomainError
from app.exchange.capabilities import LIFE, Capabilities
from app.exchange.errors import ExchangeFailed
from app.exchange.models import Capability, Exchange
from app.exchange.ports import Question
from app.exchange.service import ExchangeService
from tests.app.exchange.conftest import CIPHER, POPULATION
from tests.app.exchange.department import NAME, NUMBER, Answer, Department
from tests.fakes import FakeClock

QUESTION: dict[str, Any] = {
    "citizen_number": NUMBER,
    "name": NAME,
    "fields": ("sex", "status"),
    "purpose": "certificate:household_registration",
    "case_id": "cer_1",
}


@pytest.fixture
def capabilities(database: Database, clock: FakeClock) -> Capabilities:
    return Capabilities(database=database, cipher=CIPHER, clock=clock)


def rows(database: Database) -> list[Exchange]:
    with database.separate() as tx:
        return list(tx.scalars(select(Exchange)).all())


def refused(exchange: ExchangeService, capability: str, **changes: Any) -> str:
    with pytest.raises(DomainError) as raised:
        exchange.lookup(capability=capability, **{**QUESTION, **changes})
    return raised.value.kind.code


def within_a_request_that_fails(
    exchange: ExchangeService, database: Database, capability: str
) -> None:
    with database.transaction():
        exchange.lookup(capability=capability, **QUESTION)
        raise ZeroDivisionError


def test_a_capability_is_good_for_one_exchange(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    capability = exchange.open(**QUESTION)
    assert exchange.lookup(capability=capability, **QUESTION) is not None
    assert refused(exchange, capability) == "UPSTREAM_FAILED"
    assert len(department.received) == 1
    by_outcome = {row.outcome: row for row in rows(database)}
    live, failed = by_outcome["live"], by_outcome["failed"]
    assert (live.capability_id, failed.capability_id) == (capability, None)
    assert (failed.failure, failed.fault, failed.request_hash) == ("not_permitted", "ours", None)


def test_it_is_spent_whatever_comes_of_the_exchange(
    exchange: ExchangeService, department: Department
) -> None:
    capability = exchange.open(**QUESTION)
    department.will_answer(Answer(status=503), department.envelope())
    assert refused(exchange, capability) == "SOURCE_UNAVAILABLE"
    assert refused(exchange, capability) == "UPSTREAM_FAILED"
    assert len(department.received) == 1


def test_it_stays_spent_when_the_request_around_it_is_rolled_back(
    exchange: ExchangeService, database: Database
) -> None:
    capability = exchange.open(**QUESTION)
    with pytest.raises(ZeroDivisionError):
        within_a_request_that_fails(exchange, database, capability)
    assert refused(exchange, capability) == "UPSTREAM_FAILED"


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": ("photo",)},
        {"fields": ("sex", "status", "photo")},
        {"citizen_number": "990101195811021037"},
        {"name": "李建国"},
        {"purpose": "certificate:temporary_identity"},
        {"purpose": "identity_verification"},
        {"case_id": "cer_2"},
    ],
)
def test_it_is_for_nothing_else(
    exchange: ExchangeService, department: Department, changes: dict[str, Any]
) -> None:
    capability = exchange.open(**QUESTION)
    assert refused(exchange, capability, **changes) == "UPSTREAM_FAILED"
    assert department.received == []
    # What was refused has not used it up.
    assert exchange.lookup(capability=capability, **QUESTION) is not None


def test_fewer_fields_are_within_it(exchange: ExchangeService, department: Department) -> None:
    department.will_answer(department.envelope(record={"sex": "男"}))
    capability = exchange.open(**QUESTION)
    assert exchange.lookup(capability=capability, **{**QUESTION, "fields": ("sex",)}) is not None


@pytest.mark.parametrize("capability", ["", "cap_none", "cap_' OR true --"])
def test_without_one_nothing_is_asked(
    exchange: ExchangeService, department: Department, capability: str
) -> None:
    assert refused(exchange, capability) == "UPSTREAM_FAILED"
    assert department.received == []


def test_it_expires_and_is_swept_up(
    exchange: ExchangeService,
    department: Department,
    clock: FakeClock,
    capabilities: Capabilities,
) -> None:
    capability = exchange.open(**QUESTION)
    clock.advance(seconds=LIFE.total_seconds())
    assert refused(exchange, capability) == "UPSTREAM_FAILED"
    assert department.received == []
    assert capabilities.sweep() == 1


def test_a_spent_one_stays_on_record(
    exchange: ExchangeService, clock: FakeClock, capabilities: Capabilities
) -> None:
    exchange.lookup(capability=exchange.open(**QUESTION), **QUESTION)
    clock.advance(days=30)
    assert capabilities.sweep() == 0


def test_it_is_bound_to_source_and_version_of_the_contract(capabilities: Capabilities) -> None:
    question = Question(**QUESTION)
    capability = capabilities.grant(POPULATION, question)
    for change in ({"version": "1.0.1"}, {"source": "marriage"}):
        other = replace(POPULATION, terms=POPULATION.terms.model_copy(update=change))
        with pytest.raises(ExchangeFailed, match="not_permitted"):
            capabilities.spend(capability, other, question)
    capabilities.spend(capability, POPULATION, question)


@pytest.mark.parametrize(
    "changes", [{"fields": ("salary",)}, {"purpose": "marketing"}, {"citizen_number": "1"}]
)
def test_there_is_none_for_what_no_contract_allows(
    exchange: ExchangeService, database: Database, changes: dict[str, Any]
) -> None:
    with pytest.raises(DomainError, match="UPSTREAM_FAILED"):
        exchange.open(**{**QUESTION, **changes})
    with database.separate() as tx:
        assert tx.scalars(select(Capability)).all() == []


def test_of_many_who_spend_it_at_once_one_does(
    make_exchange: Callable[..., ExchangeService], capabilities: Capabilities
) -> None:
    capability = make_exchange().open(**QUESTION)

    def spend(_: int) -> bool:
        try:
            capabilities.spend(capability, POPULATION, Question(**QUESTION))
        except ExchangeFailed:
            return False
        return True

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert sum(pool.map(spend, range(8))) == 1


def test_the_database_itself_lets_no_two_exchanges_share_one(
    exchange: ExchangeService, database: Database
) -> None:
    exchange.lookup(capability=exchange.open(**QUESTION), **QUESTION)
    with database.separate() as tx:
        columns = tx.execute(
            text(
                "SELECT string_agg(column_name, ', ') FROM information_schema.columns"
                " WHERE table_name = 'exchanges' AND column_name <> 'id'"
            )
        ).scalar_one()
    copied = f"INSERT INTO exchanges (id, {columns}) SELECT 'xch_2', {columns} FROM exchanges"  # noqa: S608
    with (
        pytest.raises(IntegrityError, match="uq_exchanges_capability_id"),
        database.separate() as tx,
    ):
        tx.execute(text(copied))


def test_what_is_written_down_holds_nothing_personal(
    exchange: ExchangeService, database: Database
) -> None:
    exchange.open(**QUESTION)
    with database.separate() as tx:
        dump = str(tx.execute(text("SELECT to_jsonb(c)::text FROM capabilities c")).scalar_one())
    assert "cer_1" in dump
    for personal in (NAME, NUMBER, NUMBER.encode().hex(), NAME.encode().hex()):
        assert personal not in dump
