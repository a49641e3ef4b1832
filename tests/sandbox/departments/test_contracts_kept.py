"""What the departments tell is what our own contracts with them allow, for everybody."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.exchange.connectors.files import FilesConnector
from app.exchange.connectors.rest import RestConnector
from app.exchange.connectors.sql import SqlConnector
from app.exchange.contracts.contract import Contract
from app.exchange.contracts.terms import Way
from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Connector
from sandbox.departments.city.city import city
from tests.sandbox.departments.asking import LIBRARY, PAUSES, Drops, question, told
from tests.sandbox.departments.building import TOKEN, Building

CONTRACTS = LIBRARY.all()
ASKED = [one for one in CONTRACTS if one.terms.way is Way.REST]
PEOPLE = [(one.number, one.name) for one in city().citizens]


@pytest.fixture(params=CONTRACTS, ids=[one.terms.name for one in CONTRACTS])
def contract(request: pytest.FixtureRequest) -> Contract:
    made: Contract = request.param
    return made


def asking(contract: Contract, town_hall: dict[str, Building]) -> RestConnector:
    port = town_hall[contract.terms.department].port
    return RestConnector(base_url=f"http://127.0.0.1:{port}", token=TOKEN, pauses=PAUSES)


@pytest.fixture(scope="module")
def drops(tmp_path_factory: pytest.TempPathFactory) -> FilesConnector:
    """The veterans' roll, dropped once."""
    department = Drops.begun(tmp_path_factory.mktemp("veterans"))
    department.drop()
    return department.reader()


@pytest.fixture
def connector(
    contract: Contract, town_hall: dict[str, Building], reader: str, drops: FilesConnector
) -> Iterator[Connector]:
    if contract.terms.way is Way.FILES:
        yield drops
        return
    way = SqlConnector(url=reader, pauses=PAUSES)
    with closing(way if contract.terms.way is Way.SQL else asking(contract, town_hall)) as made:
        yield made


def test_everybody_s_records_are_as_agreed(contract: Contract, connector: Connector) -> None:
    answers = [told(contract, connector, question(contract, who)) for who in PEOPLE]
    records = [record for found in answers if found for record in found.records]
    assert len(records) >= 5


def test_one_field_alone_can_be_asked_for(contract: Contract, connector: Connector) -> None:
    for field in sorted(contract.schema.fields):
        for who in PEOPLE[:12]:
            found = told(contract, connector, question(contract, who, [field]))
            records = found.records if found else ()
            assert all(record.keys() == {field} for record in records)


@pytest.mark.parametrize("asked", ASKED, ids=[one.terms.name for one in ASKED])
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
    asked: Contract, town_hall: dict[str, Building], fault: str, seen: set[Failure]
) -> None:
    building = town_hall[asked.terms.department]
    with closing(asking(asked, town_hall)) as connector:
        building.switch(fault)
        try:
            with pytest.raises(ExchangeFailed) as failed:
                told(asked, connector, question(asked, PEOPLE[0]))
            assert failed.value.failure in seen
            assert failed.value.partial == (fault == "half-answered")
        finally:
            building.switch("none")
        told(asked, connector, question(asked, PEOPLE[0]))
