"""Departments that were asked apart from one another tell one story."""

from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.departments.city.city import city
from tests.sandbox.departments.building import Building
from tests.sandbox.departments.conftest import OPENERS
from tests.sandbox.departments.people import CHILD, WANG, ZHANG

Hall = dict[str, Building]


def named_in(told: Any) -> Iterator[tuple[str, str]]:
    """All persons a record names, however deep."""
    if isinstance(told, list):
        for one in told:
            yield from named_in(one)
    if isinstance(told, dict):
        if "citizen_number" in told:
            yield told["citizen_number"], told["name"]
        for one in told.values():
            yield from named_in(one)


@pytest.mark.parametrize("name", OPENERS)
def test_everybody_a_department_names_is_registered_under_that_name(
    town_hall: Hall, name: str
) -> None:
    books = town_hall[name].department.books
    kinds = {contract.record.kind for contract in town_hall[name].department.contracts}
    records = [record for kind in kinds for record, _ in books.every(kind)]
    registered = city().names()

    named = list(named_in(records))
    assert named
    assert all(registered[number] == called for number, called in named)


def test_the_registry_knows_the_whole_city_and_each_person_by_their_household(
    town_hall: Hall,
) -> None:
    police = town_hall["population"]
    fields = ["citizen_number", "name", "sex", "birth_date", "status", "household", "photo"]
    for one in city().citizens[:40]:
        told = police.ask("population-person", (one.number, one.name), fields=fields).json
        assert told["record"]["birth_date"] == one.birth_date.isoformat()
        assert told["record"]["sex"] == one.sex
        assert told["record"]["status"] == ("alive" if one.alive else "deceased")
        assert told["record"]["household"]["relation"] == one.relation
        assert told["record"]["photo"] is None
    assert len(police.department.books.every("person")) == len(city().citizens)


def test_a_family_is_the_same_family_everywhere(town_hall: Hall) -> None:
    marriage = town_hall["civil_affairs"].ask("marriage", ZHANG).json["records"]
    birth = town_hall["health"].ask("birth-certificate", CHILD).json["records"][0]
    home = town_hall["housing"].ask("home-ownership", WANG).json["records"][0]
    child = town_hall["population"].ask("population-person", CHILD, fields=["household"]).json

    assert marriage == town_hall["civil_affairs"].ask("marriage", WANG).json["records"]
    assert marriage[0]["husband"] == birth["father"]
    assert marriage[0]["wife"] == birth["mother"]
    assert birth["born_at"].startswith("2015-02-01T")
    assert birth["born_at"].endswith("+08:00")
    assert {owner["citizen_number"] for owner in home["owners"]} == {ZHANG[0], WANG[0]}
    assert home["address"] == child["record"]["household"]["address"]


def test_who_lost_a_spouse_is_widowed_on_the_day_of_the_death(town_hall: Hall) -> None:
    people = {one.number: one for one in city().citizens}
    lost = [one for one in city().marriages if people[one.husband].died_on]
    assert lost
    for marriage in lost:
        wife = people[marriage.wife]
        told = town_hall["civil_affairs"].ask("marriage", (wife.number, wife.name)).json
        (record,) = told["records"]
        assert record["status"] == "widowed"
        assert record["ended_on"] == str(people[marriage.husband].died_on)


def test_who_is_insured_works_for_a_firm_that_is_licensed_under_that_name(town_hall: Hall) -> None:
    security, market = town_hall["social_security"], town_hall["market_regulation"]
    contract = "social-insurance-participation"
    (job,) = security.ask(contract, ZHANG).json["records"]
    employer = (job["employer"]["code"], job["employer"]["name"])

    (licence,) = market.ask("organisation-licence", employer).json["records"]

    assert licence["status"] == "open"
    assert licence["legal_person"] == {"citizen_number": ZHANG[0], "name": ZHANG[1]}
    assert licence == market.ask("business-licence", ZHANG).json["records"][0]
    assert (licence["capital_fen"], job["monthly_base_fen"]) == (100_000_000, 1_800_000)
    assert job["insured_since"] >= licence["established_on"]
    assert job["months_paid"] == 148
