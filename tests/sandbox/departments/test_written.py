"""Those written down by hand live in the city like everybody else, and show what there is."""

from pathlib import Path

import pytest

from sandbox.departments.city.citizen_number import is_citizen_number
from sandbox.departments.city.city import city
from sandbox.departments.city.facts import City
from sandbox.departments.city.numbers import is_organisation_code
from sandbox.departments.city.written import WRITTEN_FILE, written
from tests.sandbox.departments.people import (
    AYNUR,
    CHILD,
    EVERYBODY,
    FIRM,
    LI,
    OUYANG,
    WANG,
    ZHANG,
    ZHAO,
    ZHOU,
)


def facts_of(town: City, number: str) -> set[str]:
    """Which sorts of facts name somebody."""
    named = {
        "married": [n for one in town.marriages for n in (one.husband, one.wife)],
        "born": [one.child for one in town.births],
        "parent": [n for one in town.births for n in (one.mother, one.father)],
        "home": [owner.number for one in town.homes for owner in one.owners],
        "firm": [one.legal_person for one in town.firms],
        "job": [one.person for one in town.jobs],
        "fund": [one.person for one in town.jobs if one.fund_percent],
        "veteran": [one.person for one in town.veterans],
        "disabled": [one.person for one in town.disabilities],
        "convicted": [one.person for one in town.convictions],
    }
    return {sort for sort, numbers in named.items() if number in numbers}


@pytest.mark.parametrize(
    ("who", "facts"),
    [
        (ZHANG, {"married", "parent", "home", "firm", "job", "fund", "veteran"}),
        (WANG, {"married", "parent", "home", "job", "fund"}),
        (CHILD, {"born"}),
        (LI, {"home", "firm", "disabled"}),
        (ZHAO, set()),
        (ZHOU, {"job", "convicted"}),
        (OUYANG, {"job", "fund"}),
        (AYNUR, set()),
    ],
    ids=[name for _, name in EVERYBODY],
)
def test_each_shows_what_the_table_in_the_file_says(who: tuple[str, str], facts: set[str]) -> None:
    assert facts_of(city(), who[0]) == facts
    assert city().names()[who[0]] == who[1]


def test_they_live_in_every_city_and_no_drawn_number_equals_theirs() -> None:
    for seed in (1, 2):
        numbers = [one.number for one in city(seed).citizens]
        assert {number for number, _ in EVERYBODY} <= set(numbers)
        assert len(numbers) == len(set(numbers))


def test_the_table_in_the_file_names_all_of_them() -> None:
    head = WRITTEN_FILE.read_text(encoding="utf-8").split("version =")[0]

    assert all(name in head for _, name in EVERYBODY)
    assert {one.name for one in written().citizens} == {name for _, name in EVERYBODY}


def test_who_died_is_dead_in_the_city_too() -> None:
    dead = [one.name for one in written().citizens if not one.alive]

    assert dead == [ZHAO[1]]


def test_a_home_stands_where_its_owners_are_registered() -> None:
    addresses = {household.key: household.address for household in written().households}
    people = {one.number: one for one in written().citizens}
    for home in written().homes:
        assert {addresses[people[one.number].household] for one in home.owners} == {home.address}


def test_a_fact_with_a_member_too_many_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "persons.toml"
    source.write_text(
        WRITTEN_FILE.read_text(encoding="utf-8") + '[[veteran]]\nperson = "1"\ncolour = "red"\n',
        encoding="utf-8",
    )

    with pytest.raises(TypeError, match="colour"):
        written(source)


def test_one_wrong_character_makes_no_organisation_code() -> None:
    assert is_organisation_code(FIRM[0])
    assert not is_organisation_code(FIRM[0][:-1] + "D")
    assert not is_organisation_code(FIRM[0].lower())
    assert not is_organisation_code(FIRM[0] + "\n")
    assert not is_citizen_number(FIRM[0])
