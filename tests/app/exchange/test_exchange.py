from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from structlog.testing import capture_logs

from app.audit.models import AccessEvent
from app.core.database import Database
from app.core.errors import DomainError
from app.exchange.models import Exchange
from app.exchange.ports import ExchangeRecord
from app.exchange.service import ExchangeService
from app.identity.models.person import Person
from tests.app.exchange.asking import asked
from tests.app.exchange.department import NAME, NUMBER, TOKEN, Answer, Department
from tests.fakes import FakeClock

Make = Callable[..., ExchangeService]


def ask(exchange: ExchangeService, **changes: Any) -> ExchangeRecord | None:
    question: dict[str, Any] = {
        "citizen_number": NUMBER,
        "name": NAME,
        "fields": ("sex", "status"),
        "purpose": "certificate:household_registration",
        "case_id": "cer_1",
        **changes,
    }
    return asked(exchange, **question)


def rows(database: Database) -> list[Exchange]:
    with database.separate() as tx:
        return list(tx.scalars(select(Exchange).order_by(Exchange.id)).all())


def refused(exchange: ExchangeService, **changes: Any) -> DomainError:
    with pytest.raises(DomainError) as raised:
        ask(exchange, **changes)
    return raised.value


class RolledBackError(Exception):
    """The request ends badly after its exchange."""


def within_a_request_that_fails(
    exchange: ExchangeService, database: Database, **changes: Any
) -> None:
    with database.transaction():
        with contextlib.suppress(DomainError):
            ask(exchange, **changes)
        raise RolledBackError


def test_only_the_fields_asked_for_travel(
    exchange: ExchangeService, department: Department, clock: FakeClock
) -> None:
    found = ask(exchange)
    sent = department.received[0]
    assert sent.body == {
        "citizen_number": NUMBER,
        "name": NAME,
        "fields": ["sex", "status"],
        "case": "cer_1",
        "purpose": "certificate:household_registration",
    }
    assert found is not None
    assert found.record == {"sex": "男", "status": "alive"}
    assert (found.record_version, found.as_of) == ("v7", clock.now())
    assert sent.headers["Authorization"] == f"Bearer {TOKEN}"


def test_every_exchange_is_written_down(exchange: ExchangeService, database: Database) -> None:
    found = ask(exchange)
    assert found is not None
    (row,) = rows(database)
    assert (row.id, row.outcome, row.fault, row.failure) == (found.exchange_id, "live", None, None)
    assert (row.source, row.contract) == ("population", "population-person/1.0.0")
    assert (row.case_id, row.fields, row.record_version) == ("cer_1", ["sex", "status"], "v7")
    assert row.request_hash is not None
    assert row.answer_hash is not None
    assert row.latency_ms >= 0


def test_nobody_of_that_number_and_name_is_no_failure(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    department.will_answer(department.envelope(found=False, record=None, record_version=None))
    assert ask(exchange) is None
    (row,) = rows(database)
    assert (row.outcome, row.fault, row.record_version) == ("not_found", None, None)


def test_what_is_written_down_holds_nothing_personal(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    department.will_answer(department.envelope(record={"name": NAME, "citizen_number": NUMBER}))
    ask(exchange, fields=("name", "citizen_number"))
    with database.separate() as tx:
        dump = str(tx.execute(text("SELECT to_jsonb(e)::text FROM exchanges e")).scalar_one())
    assert "cer_1" in dump
    for personal in (NAME, NUMBER, TOKEN, NUMBER.encode().hex(), NAME.encode().hex()):
        assert personal not in dump


FAILURES = {
    "unavailable": (Answer(status=503), "overloaded", "theirs", 503),
    "too often": (Answer(status=429), "overloaded", "theirs", 503),
    "hang-up": (Answer(hang_up=True), "unreachable", "theirs", 503),
    "our token": (Answer(status=401), "not_authenticated", "ours", 502),
    "our request": (Answer(status=422), "refused", "ours", 502),
    "redirect": (
        Answer(status=307, headers={"Location": "/elsewhere"}),
        "unexpected_status",
        "theirs",
        502,
    ),
    "no content": (Answer(status=204), "unexpected_status", "theirs", 502),
    "a page": (Answer(body=b"<html>", content_type="text/html"), "not_json", "theirs", 502),
    "broken JSON": (Answer(body=b'{"found":'), "not_json", "theirs", 502),
    "packed": (
        Answer(body=b"{}", headers={"Content-Encoding": "gzip"}),
        "not_json",
        "theirs",
        502,
    ),
    "too large": (Answer(body=b" " * 3_000_000), "too_large", "theirs", 502),
    "a list": (Answer(body=b"[]"), "contract_broken", "theirs", 502),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_told_plainly_and_put_down_to_whose_fault_it_was(
    exchange: ExchangeService, department: Department, database: Database, name: str
) -> None:
    answer, failure, fault, status = FAILURES[name]
    department.will_answer(answer)
    refusal = refused(exchange)
    (row,) = rows(database)
    assert (row.outcome, row.failure, row.fault) == ("failed", failure, fault)
    assert refusal.kind.status == status
    assert refusal.kind.code == ("SOURCE_UNAVAILABLE" if status == 503 else "UPSTREAM_FAILED")
    assert "公安人口信息库" in refusal.kind.zh
    assert "population registry of public security" in refusal.kind.en
    assert (refusal.retry_after is not None) == (status == 503)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "another contract": ({"contract": "housing/1.0.0"}, "contract_broken"),
    "a later major version": ({"contract": "population-person/2.0.0"}, "contract_broken"),
    "an unknown member": ({"extra": 1}, "contract_broken"),
    "a word for a truth": ({"found": "yes"}, "contract_broken"),
    "a record of nobody": ({"found": False}, "contract_broken"),
    "no record": ({"record": None}, "contract_broken"),
    "no version": ({"record_version": None}, "contract_broken"),
    "a time without zone": ({"as_of": "2026-11-23T08:00:00"}, "contract_broken"),
    "a field too few": ({"record": {"sex": "男"}}, "contract_broken"),
    "a wrong value": ({"record": {"sex": "M", "status": "alive"}}, "contract_broken"),
    "a field too many": (
        {"record": {"sex": "男", "status": "alive", "name": NAME}},
        "too_much",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_an_answer_that_breaks_the_contract_is_not_used(
    exchange: ExchangeService, department: Department, database: Database, name: str
) -> None:
    changes, failure = BROKEN[name]
    department.will_answer(department.envelope(**changes))
    assert refused(exchange).kind.code == "UPSTREAM_FAILED"
    assert [row.failure for row in rows(database)] == [failure]


def test_a_member_given_twice_is_not_used(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    department.will_answer(b'{"found":true,"found":false}')
    refused(exchange)
    assert [row.failure for row in rows(database)] == ["not_json"]


@pytest.mark.parametrize("field", ["citizen_number", "name"])
def test_the_record_of_another_person_is_not_used(
    exchange: ExchangeService, department: Department, database: Database, field: str
) -> None:
    theirs = {"citizen_number": "990101195811021037", "name": "李建国"}[field]
    department.will_answer(department.envelope(record={field: theirs}))
    refused(exchange, fields=(field,))
    assert [row.failure for row in rows(database)] == ["other_person"]


@pytest.mark.parametrize("age", [timedelta(days=1, seconds=5), timedelta(minutes=-5)])
def test_a_record_that_is_too_old_or_from_the_future_is_not_used(
    exchange: ExchangeService, department: Department, database: Database, age: timedelta
) -> None:
    department.will_answer(department.envelope(as_of=department.old(age)))
    refused(exchange)
    assert [row.failure for row in rows(database)] == ["stale"]


@pytest.mark.parametrize(
    "changes",
    [
        {"purpose": "marketing"},
        {"purpose": ""},
        {"fields": ("salary",)},
        {"fields": ()},
        {"citizen_number": "12"},
    ],
)
def test_what_the_contract_does_not_allow_is_never_sent(
    exchange: ExchangeService, department: Department, database: Database, changes: dict[str, Any]
) -> None:
    refused(exchange, **changes)
    assert department.received == []
    (row,) = rows(database)
    assert (row.failure, row.fault, row.request_hash) == ("request_refused", "ours", None)


def test_a_redirect_is_not_followed(exchange: ExchangeService, department: Department) -> None:
    department.will_answer(
        Answer(status=302, headers={"Location": f"{department.url}/elsewhere"}),
        department.envelope(),
    )
    refused(exchange)
    assert [sent.path for sent in department.received] == ["/population/v1/persons/lookup"]


def test_a_broken_connection_is_tried_once_more(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    department.will_answer(Answer(hang_up=True), department.envelope())
    assert ask(exchange) is not None
    assert len(department.received) == 2
    assert [row.outcome for row in rows(database)] == ["live"]


def test_a_connection_is_not_tried_a_third_time(
    exchange: ExchangeService, department: Department
) -> None:
    department.will_answer(Answer(hang_up=True))
    refused(exchange)
    assert len(department.received) == 2


def test_a_refusal_is_not_tried_again(exchange: ExchangeService, department: Department) -> None:
    department.will_answer(Answer(status=500), department.envelope())
    refused(exchange)
    assert len(department.received) == 1


def test_an_answer_after_its_time_is_not_waited_for(
    make_exchange: Make, database: Database
) -> None:
    moments = iter([0.0, 0.0, 99.0, 99.0])
    exchange = make_exchange(timer=lambda: next(moments))
    assert refused(exchange).kind.code == "SOURCE_UNAVAILABLE"
    assert [row.failure for row in rows(database)] == ["timed_out"]


def test_a_department_that_never_answers_is_not_waited_for(
    make_exchange: Make, department: Department, database: Database
) -> None:
    department.will_answer(Answer(never=True))
    refusal = refused(make_exchange(timeout_ms=50))
    assert refusal.kind.code == "SOURCE_UNAVAILABLE"
    assert [row.failure for row in rows(database)] == ["timed_out"]
    assert len(department.received) == 1


@pytest.mark.parametrize(
    "answer",
    [Answer(body=b"{}", missing=98), Answer(body=b"{}", headers={"Content-Length": "100"})],
    ids=["cut short", "two lengths"],
)
def test_an_answer_whose_end_is_not_certain_is_not_used(
    exchange: ExchangeService, department: Department, database: Database, answer: Answer
) -> None:
    department.will_answer(answer)
    refused(exchange)
    assert [row.failure for row in rows(database)] == ["unreachable"]


def test_no_second_try_once_the_time_is_over(
    make_exchange: Make, department: Department, database: Database
) -> None:
    department.will_answer(Answer(hang_up=True))
    moments = iter([0.0, 0.0, 99.0])
    refused(make_exchange(timer=lambda: next(moments)))
    assert len(department.received) == 1
    assert [row.failure for row in rows(database)] == ["timed_out"]


def test_a_server_that_is_not_there_is_unavailable(make_exchange: Make, database: Database) -> None:
    exchange = make_exchange(base_url="http://127.0.0.1:9")
    assert refused(exchange).kind.code == "SOURCE_UNAVAILABLE"
    assert [row.failure for row in rows(database)] == ["unreachable"]


def test_an_exchange_outlives_the_rollback_of_the_request(
    exchange: ExchangeService, department: Department, database: Database
) -> None:
    department.will_answer(Answer(status=503), department.envelope())
    for _ in range(2):
        with pytest.raises(RolledBackError):
            within_a_request_that_fails(exchange, database)
    assert {row.outcome for row in rows(database)} == {"failed", "live"}


def test_a_look_is_shown_to_the_person_even_if_nothing_comes_of_it(
    exchange: ExchangeService, database: Database, clock: FakeClock
) -> None:
    person_id = "prs_1"
    with database.separate() as tx:
        tx.add(
            Person(
                id=person_id,
                citizen_hash=b"h",
                name=b"sealed",
                citizen_number=b"sealed",
                created_at=clock.now(),
            )
        )
    with pytest.raises(RolledBackError):
        within_a_request_that_fails(exchange, database, person_id=person_id)
    with database.separate() as tx:
        seen = tx.scalars(select(AccessEvent).where(AccessEvent.action == "registry.read")).all()
    assert [(event.person_id, event.fields) for event in seen] == [(person_id, ["sex", "status"])]
    assert seen[0].purpose == "certificate:household_registration"


def test_logs_name_the_source_and_the_reason_and_nothing_else(
    exchange: ExchangeService, department: Department
) -> None:
    department.will_answer(Answer(status=401, body=NAME.encode()))
    with capture_logs() as logs:
        refused(exchange)
    (line,) = [entry for entry in logs if entry["event"] == "exchange_failed"]
    assert line["kind"] == "not_authenticated"
    for secret in (TOKEN, NAME, NUMBER):
        assert secret not in repr(logs)
