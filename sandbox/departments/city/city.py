"""The whole city: drawn once from a seed, shared out among the departments."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sandbox.departments.city.births import Birth, births
from sandbox.departments.city.chance import Chance
from sandbox.departments.city.citizens import Citizen, Household, Marriage
from sandbox.departments.city.families import Families
from sandbox.departments.city.firms import Firm, firms
from sandbox.departments.city.homes import Home, homes
from sandbox.departments.city.standing import (
    Conviction,
    Disability,
    Veteran,
    convictions,
    disabilities,
    veterans,
)
from sandbox.departments.city.work import Job, jobs

SEED = 990101
_COUPLES, _SINGLES = 70, 40


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """Everything that is the case in the city; nobody in it exists."""

    citizens: tuple[Citizen, ...]
    households: tuple[Household, ...]
    marriages: tuple[Marriage, ...]
    births: tuple[Birth, ...]
    homes: tuple[Home, ...]
    firms: tuple[Firm, ...]
    jobs: tuple[Job, ...]
    veterans: tuple[Veteran, ...]
    disabilities: tuple[Disability, ...]
    convictions: tuple[Conviction, ...]


@cache
def city(seed: int = SEED) -> City:
    """Return the city of a seed: the same one every time."""
    chance = Chance(seed)
    families = Families(chance=chance)
    for _ in range(_COUPLES):
        families.couple()
    for _ in range(_SINGLES):
        families.single()
    people, places = tuple(families.citizens), tuple(families.households)
    companies = firms(people, chance)
    return City(
        citizens=people,
        households=places,
        marriages=tuple(families.marriages),
        births=births(people, chance),
        homes=homes(places, people, chance),
        firms=companies,
        jobs=jobs(people, companies, chance),
        veterans=veterans(people, chance),
        disabilities=disabilities(people, chance),
        convictions=convictions(people, chance),
    )
