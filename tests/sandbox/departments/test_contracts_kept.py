"""What the departments tell is what our own contracts with them allow, for everybody."""

import secrets
from collections.abc import Iterator

import pytest

from app.core.clock import SystemClock
from app.exchange.connector import Pauses, RestConnector
from app.exchange.contracts.contract import Contract, Found
from app.exchange.contracts.library import ContractLibrary
from app.exchange.contracts.terms import Way
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Connector, Question
from sandbox.departments.city.citizens import Citizen
from sandbox.departments.city.city import city
from tests.sandbox.departments.building import TOKEN, Building

CONTRACTS = [one for one in ContractLibrary().all() if one.terms.way is Way.REST]
PEOPLE = city().citizens


def question(contract: Contract, who: Citizen, fields: list[str] | None = None) -> Question:
    return Question(
        citizen_number=who.number,
        name=who.name,
        fields=tuple(fields or sorted(contract.schema.fields)),
        purpose="certificate:any",
        case_id="case-1",
    )


def told(contract: Contract, connector: Connector, asked: Question) -> Found | None:
    body = connector.ask(contract.write(asked))
    return contract.read(body, asked, now=SystemClock().now())


@pytest.fixture(params=CONTRACTS, ids=[one.terms.name for one in CONTRACTS])
def contract(request: pytest.FixtureRequest) -> Contract:
    made: Contract = request.param
    return made


@pytest.fixture
def connector(contract: Contract, town_hall: dict[str, Building]) -> Iterator[RestConnector]:
    made = RestConnector(
        contract=contract,
        base_url=f"http://127.0.0.1:{town_hall[contract.terms.department].port}",
        token=TOKEN,
        timeout_ms=5000,
        pauses=Pauses(sleep=lambda _: None, randbelow=secrets.randbelow),
    )
    yield made
    made.close()


def test_everybody_s_records_are_as_agreed(contract: Contract, connector: RestConnector) -> None:
    answers = [told(contract, connector, question(contract, who)) for who in PEOPLE]
    records = [record for found in answers if found for record in found.records]
    assert len(records) >= 5


def test_one_field_alone_can_be_asked_for(contract: Contract, connector: RestConnector) -> None:
    for field in sorted(contract.schema.fields):
        for who in PEOPLE[:12]:
            found = told(contract, connector, question(contract, who, [field]))
            records = found.records if found else ()
            assert all(record.keys() == {field} for record in records)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        ("wrong-schema", {Failure.CONTRACT_BROKEN, Failure.OTHER_PERSON, Failure.TOO_MUCH}),
        ("half-answered", {Failure.UNREACHABLE}),
        ("garbage", {Failure.NOT_JSON}),
        ("unavailable", {Failure.OVERLOADED}),
        ("dead", {Failure.UNREACHABLE}),
        ("hang-up", {Failure.UNREACHABLE}),
    ],
)
def test_every_fault_of_a_department_is_called_by_its_name(
    contract: Contract,
    connector: RestConnector,
    town_hall: dict[str, Building],
    fault: str,
    seen: set[Failure],
) -> None:
    building = town_hall[contract.terms.department]
    building.switch(fault)
    try:
        with pytest.raises(ExchangeFailed) as failed:
            told(contract, connector, question(contract, PEOPLE[0]))
        assert failed.value.failure in seen
    finally:
        building.switch("none")
    told(contract, connector, question(contract, PEOPLE[0]))
