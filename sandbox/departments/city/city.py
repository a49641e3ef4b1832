"""The whole city: drawn once from a seed, shared out among the departments."""

from __future__ import annotations

from functools import cache

from sandbox.departments.city.births import births
from sandbox.departments.city.chance import Chance
from sandbox.departments.city.facts import City
from sandbox.departments.city.families import Families
from sandbox.departments.city.firms import firms
from sandbox.departments.city.homes import homes
from sandbox.departments.city.standing import convictions, disabilities, veterans
from sandbox.departments.city.work import jobs
from sandbox.departments.city.written import written

SEED = 990101
_COUPLES, _SINGLES = 70, 40


@cache
def city(seed: int = SEED) -> City:
    """Return the people written down by hand and those of a seed: the same ones every time."""
    return written().joined(_drawn(seed))


def _drawn(seed: int) -> City:
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
