"""Facts of the made-up city never contradict each other, whatever the seed."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest

from sandbox.departments.city.citizen_number import is_citizen_number
from sandbox.departments.city.citizens import ADULT, MAN, TODAY, Citizen
from sandbox.departments.city.city import SEED, city
from sandbox.departments.city.facts import City
from sandbox.departments.city.numbers import (
    AREA,
    is_organisation_code,
    organisation_check,
    organisation_code,
)

SEEDS = [SEED, 1, 2]


@pytest.fixture(params=SEEDS)
def town(request: pytest.FixtureRequest) -> City:
    return city(request.param)


def known(town: City) -> dict[str, Citizen]:
    return {one.number: one for one in town.citizens}


def test_a_seed_always_makes_the_same_city_and_another_seed_another() -> None:
    assert city.__wrapped__(SEED) == city(SEED)
    assert city(1) != city(2)


def test_more_than_two_hundred_people_live_in_it_with_every_sort_of_fact(town: City) -> None:
    assert len(town.citizens) >= 200
    for facts in (town.births, town.homes, town.jobs, town.veterans, town.disabilities):
        assert len(facts) >= 5
    assert town.convictions
    assert any(one.divorced_on for one in town.marriages)
    assert any(not one.alive for one in town.citizens)
    assert any(not firm.open for firm in town.firms)
    assert any(job.fund_percent is None for job in town.jobs)


def test_every_fact_is_about_somebody_of_the_city(town: City) -> None:
    people, codes = known(town).keys(), {firm.code for firm in town.firms}
    persons = {one.person for one in town.jobs} | {one.person for one in town.veterans}
    persons |= {one.person for one in town.disabilities}
    persons |= {one.person for one in town.convictions} | {one.legal_person for one in town.firms}
    persons |= {owner.number for home in town.homes for owner in home.owners}
    persons |= {n for one in town.marriages for n in (one.husband, one.wife)}
    persons |= {n for one in town.births for n in (one.child, one.mother, one.father)}
    assert persons <= people
    assert {job.firm for job in town.jobs} <= codes
    assert {one.household for one in town.citizens} == {one.key for one in town.households}


def test_no_two_papers_have_one_number(town: City) -> None:
    for papers in (
        [one.number for one in town.marriages],
        [one.certificate for one in town.veterans],
        [one.certificate for one in town.disabilities],
        [one.key for one in town.households],
    ):
        assert len(papers) == len(set(papers))


def test_spouses_share_a_household_and_nothing_happens_after_a_death(town: City) -> None:
    people = known(town)
    for marriage in town.marriages:
        husband, wife = people[marriage.husband], people[marriage.wife]
        assert husband.household == wife.household
        assert {husband.relation, wife.relation} == {"户主", "配偶"}
        for one in (husband, wife):
            assert one.died_on is None or one.died_on > marriage.registered_on
            assert one.died_on is None or marriage.divorced_on is None
    for conviction in town.convictions:
        assert people[conviction.person].age(conviction.sentenced_on) >= ADULT


def test_every_number_is_well_formed_and_of_an_area_that_is_no_place(town: City) -> None:
    for one in town.citizens:
        assert is_citizen_number(one.number)
        assert one.number.startswith(f"{AREA}{one.birth_date:%Y%m%d}")
        assert int(one.number[16]) % 2 == (one.sex == MAN)
    assert len(known(town)) == len(town.citizens)
    assert all(is_organisation_code(firm.code) for firm in town.firms)
    assert len({firm.code for firm in town.firms}) == len(town.firms)


def test_organisation_codes_have_the_check_character_of_the_standard() -> None:
    """The first is an example of GB 32100, the second ends in the check of GB 11714 besides."""
    assert organisation_check("91350100M000100Y4") == "3"
    code = organisation_code("91", 2)
    assert code[:17] == f"91{AREA}00000002{'7'}"
    assert code[17] == organisation_check(code[:17])


def test_who_marries_is_of_age_and_of_two_sexes_and_married_once(town: City) -> None:
    people = known(town)
    for marriage in town.marriages:
        husband, wife = people[marriage.husband], people[marriage.wife]
        assert husband.age(marriage.registered_on) >= 22
        assert wife.age(marriage.registered_on) >= 20
        assert marriage.registered_on <= (marriage.divorced_on or TODAY) <= TODAY
    spouses = Counter(n for one in town.marriages for n in (one.husband, one.wife))
    assert max(spouses.values()) == 1


def test_children_are_born_to_married_parents_of_an_age_to_have_them(town: City) -> None:
    people = known(town)
    married = {(one.husband, one.wife): one for one in town.marriages}
    children = [one for one in town.citizens if one.mother and one.father]
    assert children
    for child in children:
        assert child.mother
        assert child.father
        mother, father = people[child.mother], people[child.father]
        assert 20 <= mother.age(child.birth_date) <= 42
        assert married[father.number, mother.number].registered_on < child.birth_date
        assert child.name[0] == father.name[0]
        assert child.household == mother.household
        assert father.died_on is None or child.birth_date < father.died_on + timedelta(days=280)


def test_certificates_of_birth_say_what_the_register_says(town: City) -> None:
    people = known(town)
    for birth in town.births:
        child = people[birth.child]
        assert birth.born_at.date() == child.birth_date
        assert (birth.mother, birth.father) == (child.mother, child.father)
    assert len({birth.number for birth in town.births}) == len(town.births)


def test_every_household_has_one_head_who_is_registered_there(town: City) -> None:
    people = known(town)
    for household in town.households:
        assert people[household.head].household == household.key
    heads = Counter(one.household for one in town.citizens if one.relation == "户主")
    assert set(heads.values()) == {1}


def test_homes_belong_to_living_grown_people_and_whole(town: City) -> None:
    people = known(town)
    for home in town.homes:
        assert sum(owner.share for owner in home.owners) == Fraction(1)
        for owner in home.owners:
            assert people[owner.number].alive
            assert people[owner.number].age(home.registered_on) >= ADULT
    assert len({home.number for home in town.homes}) == len(town.homes)


def test_the_living_of_working_age_work_in_firms_that_trade(town: City) -> None:
    people, firms = known(town), {firm.code: firm for firm in town.firms}
    for job in town.jobs:
        worker, firm = people[job.person], firms[job.firm]
        assert worker.alive
        assert 19 < worker.age() < 60
        assert firm.open
        assert job.since >= firm.established_on.replace(day=1)
        assert job.months >= 0
    assert max(Counter(job.person for job in town.jobs).values()) == 1


def test_service_leads_from_one_day_to_a_later_one(town: City) -> None:
    people = known(town)
    for veteran in town.veterans:
        assert people[veteran.person].age(veteran.enlisted_on) >= ADULT - 1
        assert veteran.enlisted_on < veteran.discharged_on <= TODAY
    for firm in town.firms:
        assert firm.established_on <= (firm.closed_on or TODAY) <= TODAY
    for disability in town.disabilities:
        assert len(disability.certificate) == 20
