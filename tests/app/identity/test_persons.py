"""Persons, and how they are shown to others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import DomainError
from app.identity.service.masking import mask_citizen_number, mask_name
from app.identity.service.persons import MaskedIdentity, PersonIdentity
from app.identity.service.references import age_on
from tests.app.identity.desk import NAME, NUMBER, Desk, begin, play
from tests.app.world import citizen_number
from tests.fakes import FakeClock

ZHANG_WEI = PersonIdentity(citizen_number=NUMBER, name=NAME)


def test_a_person_is_made_at_the_first_pass_and_found_at_the_next(desk: Desk) -> None:
    for phone in (desk.phone(), desk.phone()):
        play(phone, begin(phone))

    assert desk.rows("SELECT count(*) FROM persons") == [(1,)]


def test_number_and_name_open_for_those_who_may(desk: Desk) -> None:
    made = desk.parts.persons.find_or_create(ZHANG_WEI)

    assert made.created
    assert desk.parts.persons.identity_of(made.id) == ZHANG_WEI
    assert desk.parts.persons.known(desk.parts.persons.hash_of(NUMBER)) == made.id
    assert NAME not in desk.everything()


def test_a_changed_name_is_taken_over_and_the_person_stays(desk: Desk) -> None:
    first = desk.parts.persons.find_or_create(ZHANG_WEI)
    married = PersonIdentity(citizen_number=NUMBER, name="张薇")

    second = desk.parts.persons.find_or_create(married)

    assert (second.id, second.created) == (first.id, False)
    assert desk.parts.persons.identity_of(first.id) == married


def test_others_see_a_masked_name_and_number(desk: Desk) -> None:
    made = desk.parts.persons.find_or_create(ZHANG_WEI)

    masked = desk.parts.persons.masked(made.id)

    assert masked == MaskedIdentity(
        citizen_number=NUMBER[:4] + "**********" + NUMBER[-4:], name="张*"
    )


def test_an_unknown_person_is_not_found(desk: Desk) -> None:
    with pytest.raises(DomainError, match="NOT_FOUND"):
        desk.parts.persons.identity_of("prs_nobody")


@given(st.text(min_size=1, max_size=60))
def test_a_masked_name_shows_one_character_at_most(name: str) -> None:
    masked = mask_name(name)

    assert masked in {f"{name[0]}*", "*"}
    assert len(name) > 1 or masked == "*"


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True))
def test_a_masked_number_hides_the_birth_date(number: str) -> None:
    masked = mask_citizen_number(number)

    assert len(masked) == 18
    assert masked[4:14] == "*" * 10


@pytest.mark.parametrize(
    ("born", "age"), [("20121123", 14), ("20121124", 13), ("19000101", 126), ("20270101", -1)]
)
def test_age_is_counted_in_completed_years(born: str, age: int) -> None:
    assert age_on(FakeClock().now().date(), citizen_number(born=born)) == age
