"""While a source fails an earlier answer may serve, where the caller allows it, and only then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text, update

from app.audit.models import AccessEvent
from app.core.database import Database
from app.core.errors import DomainError
from app.exchange.attempt import Attempt
from app.exchange.contracts.library import HOME, read_contract
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.kept import KeptAnswers
from app.exchange.models import Exchange, KeptAnswer
from app.exchange.ports import Connector, ExchangeRecord, Question, Request
from app.exchange.resilience.breaker import Breaker, BreakerPolicy
from app.exchange.resilience.bulkhead import Bulkhead
from app.exchange.resilience.guarded import GuardedConnector
from app.exchange.service import ExchangeService
from app.identity.models.person import Person
from tests.app.exchange.asking import asked
from tests.app.exchange.conftest import POPULATION
from tests.app.exchange.department import NAME, NUMBER, Answer, Department
from tests.fakes import FakeClock

Make = Callable[..., ExchangeService]
DOWN = Answer(status=503)


class TickingClock(FakeClock):
    """A clock that goes on a little with each look: rows made later have later ids."""

    def now(self) -> datetime:
        self.advance(seconds=0.001)
        return super().now()


@pytest.fixture
def clock() -> FakeClock:
    return TickingClock()


def ask(exchange: ExchangeService, *, kept: bool = True, **changes: Any) -> ExchangeRecord | None:
    question: dict[str, Any] = {
        "citizen_number": NUMBER,
        "name": NAME,
        "fields": ("sex", "status"),
        "purpose": "certificate:household_registration",
        "case_id": "cer_1",
        **changes,
    }
    return asked(exchange, **question, kept=kept)


def refused(exchange: ExchangeService, **changes: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        ask(exchange, **changes)
    return raised.value


def rows(database: Database) -> list[Exchange]:
    with database.separate() as tx:
        return list(tx.scalars(select(Exchange).order_by(Exchange.id)).all())


def count(database: Database) -> int:
    with database.separate() as tx:
        return int(tx.execute(text("SELECT count(*) FROM kept_answers")).scalar_one())


def test_an_earlier_answer_serves_while_the_source_fails_and_says_so(
    exchange: ExchangeService, department: Department, database: Database, clock: FakeClock
) -> None:
    live = ask(exchange)
    department.will_answer(DOWN)
    clock.advance(minutes=30)
    kept = ask(exchange)

    assert live is not None
    assert kept is not None
    assert (live.live, kept.live) == (True, False)
    assert (kept.records, kept.record_version) == (live.records, "v7")
    assert kept.as_of == live.as_of
    first, second = rows(database)
    assert (first.outcome, second.outcome) == ("live", "stale")
    assert (second.failure, second.fault, second.kept_from) == ("overloaded", "theirs", first.id)
    assert (second.id, second.record_version) == (kept.exchange_id, "v7")


def test_who_does_not_allow_it_gets_none_and_leaves_none(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    ask(exchange, kept=False)
    assert count(database) == 0
    ask(exchange)
    department.will_answer(DOWN)
    assert refused(exchange, kept=False).kind.code == "SOURCE_UNAVAILABLE"
    assert ask(exchange) is not None


def test_a_source_that_is_left_alone_is_not_asked_and_the_answer_is_called_cached(
    make_exchange: Make,
    make_connector: Callable[..., Connector],
    department: Department,
    database: Database,
) -> None:
    guarded = GuardedConnector(
        make_connector(),
        breaker=Breaker(BreakerPolicy(least=1), timer=lambda: 0.0),
        bulkhead=Bulkhead(places=1, wait_s=0),
    )
    exchange = make_exchange(connector=guarded)
    ask(exchange)
    department.will_answer(DOWN)
    for _ in range(2):
        assert ask(exchange) is not None
    assert len(department.received) == 2
    assert [row.outcome for row in rows(database)] == ["live", "stale", "cached"]
    assert rows(database)[-1].failure == "circuit_open"


def test_an_answer_older_than_the_contract_allows_is_not_used_and_is_swept_up(
    exchange: ExchangeService,
    department: Department,
    database: Database,
    clock: FakeClock,
    kept: KeptAnswers,
) -> None:
    ask(exchange)
    department.will_answer(DOWN)
    assert kept.sweep() == 0
    clock.advance(days=1, seconds=-5)
    assert ask(exchange) is not None
    clock.advance(seconds=10)
    refused(exchange)
    assert kept.sweep() == 1
    assert count(database) == 0


def test_that_somebody_is_unknown_is_never_kept_and_ends_what_was(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    ask(exchange)
    assert count(database) == 1
    department.will_answer(department.envelope(found=False, record=None, record_version=None))
    assert ask(exchange) is None
    assert count(database) == 0
    department.will_answer(DOWN)
    refused(exchange)


def test_that_nothing_is_registered_is_never_kept(
    make_exchange: Make, department: Department, database: Database
) -> None:
    none = department.envelope(contract="marriage/1.0.0", found=False, records=[], record=None)
    department.will_answer(none)
    exchange = make_exchange(contract=read_contract(HOME / "marriage"))
    found = ask(exchange, fields=("status",))
    assert found is not None
    assert found.records == ()
    assert count(database) == 0


def test_a_record_that_has_changed_ends_the_answers_of_its_older_version(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    ask(exchange)
    department.will_answer(department.envelope(record={"name": NAME}, record_version="v8"))
    ask(exchange, kept=False, fields=("name",))
    assert count(database) == 0


@pytest.mark.parametrize("status", [401, 403, 422])
def test_nothing_stands_in_for_a_no(
    exchange: ExchangeService, department: Department, database: Database, status: int
) -> None:
    ask(exchange)
    department.will_answer(Answer(status=status))
    assert refused(exchange).kind.code == "UPSTREAM_FAILED"
    assert rows(database)[-1].outcome == "failed"


@pytest.mark.parametrize(
    "changes",
    [
        {"fields": ("sex",)},
        {"name": "李建国"},
        {"citizen_number": "990101195811021037"},
        {"fields": ("salary",)},
    ],
)
def test_it_serves_the_very_question_it_answered(
    exchange: ExchangeService, department: Department, changes: dict[str, Any]
) -> None:
    ask(exchange)
    department.will_answer(DOWN)
    refused(exchange, **changes)


def test_it_is_read_again_under_the_contract_in_force(
    exchange: ExchangeService, kept: KeptAnswers
) -> None:
    ask(exchange)
    asked = Question(
        citizen_number=NUMBER,
        name=NAME,
        fields=("sex", "status"),
        purpose="certificate",
        case_id="cer_2",
    )
    newer = replace(POPULATION, terms=POPULATION.terms.model_copy(update={"version": "2.0.0"}))
    assert kept.find(POPULATION, asked) is not None
    assert kept.find(newer, asked) is None


def test_it_is_sealed_and_opens_nowhere_else(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    ask(exchange)
    with database.separate() as tx:
        dump = str(tx.execute(text("SELECT to_jsonb(k)::text FROM kept_answers k")).scalar_one())
        tx.execute(update(KeptAnswer).values(answer=b"\x01\x02k1 moved or damaged"))
    for personal in (NAME, NUMBER, "男", "alive"):
        assert personal not in dump
        assert personal.encode().hex() not in dump
    department.will_answer(DOWN)
    refused(exchange)


def test_a_correction_can_have_it_forgotten(
    exchange: ExchangeService, department: Department, kept: KeptAnswers
) -> None:
    ask(exchange)
    assert kept.forget("population", "990101195811021037") == 0
    assert kept.forget("marriage", NUMBER) == 0
    assert kept.forget("population", NUMBER) == 1
    department.will_answer(DOWN)
    refused(exchange)


def test_the_person_sees_that_an_earlier_answer_was_looked_at(
    exchange: ExchangeService, department: Department, database: Database, clock: FakeClock
) -> None:
    with database.separate() as tx:
        person = Person(
            id="prs_1",
            citizen_hash=b"h",
            name=b"sealed",
            citizen_number=b"sealed",
            created_at=clock.now(),
        )
        tx.add(person)
    ask(exchange, person_id="prs_1")
    department.will_answer(DOWN)
    ask(exchange, person_id="prs_1")
    with database.separate() as tx:
        seen = tx.scalars(select(AccessEvent).where(AccessEvent.person_id == "prs_1")).all()
    assert [event.action for event in seen] == ["registry.read"] * 2


@pytest.mark.parametrize(
    "answer",
    [{"record": {"sex": "男"}}, Answer(body=b'{"contract"', missing=50)],
    ids=["a field too few", "cut short"],
)
def test_half_an_answer_is_called_partial_and_not_used(
    exchange: ExchangeService,
    department: Department,
    database: Database,
    answer: Answer | dict[str, Any],
) -> None:
    half = department.envelope(**answer) if isinstance(answer, dict) else answer
    department.will_answer(half)
    refused(exchange)
    (row,) = rows(database)
    assert (row.outcome, row.fault) == ("partial", "theirs")


class Broken:
    """Fails as told."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure

    def ask(self, request: Request) -> bytes:
        del request
        raise ExchangeFailed(self.failure)


@pytest.mark.parametrize("failure", Failure)
def test_every_failure_has_an_outcome_the_database_takes(
    make_exchange: Make, database: Database, failure: Failure
) -> None:
    ask(make_exchange())
    assert count(database) == 1
    exchange = make_exchange(connector=Broken(failure))
    ours = ExchangeFailed(failure).fault == "ours"
    served = None if ours else ask(exchange)
    if ours:
        refused(exchange)
    refused(exchange, fields=("status",))
    _, kept, failed = rows(database)
    assert (served is None) == ours
    assert kept.outcome == ("failed" if ours else kept.outcome)
    assert (kept.failure, failed.failure, failed.outcome) == (failure, failure, "failed")


def test_an_attempt_names_what_came_of_it() -> None:
    question = Question(citizen_number=NUMBER, name=NAME, fields=("sex",), purpose="p", case_id="c")
    attempt = Attempt(
        id="x",
        contract=POPULATION,
        question=question,
        person_id=None,
        kept=False,
        started=0,
        capability="cap_1",
    )
    assert (attempt.outcome, attempt.told) == ("not_found", None)
