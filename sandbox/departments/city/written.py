"""The people written down by hand, whom demonstrations and tests call by name."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from sandbox.departments.city.births import Birth
from sandbox.departments.city.citizens import Citizen, Household, Marriage
from sandbox.departments.city.facts import City
from sandbox.departments.city.firms import Firm
from sandbox.departments.city.homes import Home, Owner
from sandbox.departments.city.standing import Conviction, Disability, Veteran
from sandbox.departments.city.work import Job

WRITTEN_FILE = Path(__file__).parents[1] / "population" / "persons.toml"
"""Who they are and all that is the case with them; the file begins with a table of them."""
_PERSON = ("name", "sex", "birth_date", "ethnicity", "household", "relation", "registered_on")
_PERHAPS = ("mother", "father", "died_on")

Entry = dict[str, Any]
T = TypeVar("T")


def written(source: Path = WRITTEN_FILE) -> City:
    """Read the file's persons and facts.

    Raises:
        OSError: there is no such file.
        ValueError: it is no TOML.
        KeyError: a person or a household lacks a member.
        TypeError: a fact has a member too many or too few.
    """
    data = tomllib.loads(source.read_text(encoding="utf-8"))

    def each(table: str, make: Callable[..., T]) -> tuple[T, ...]:
        return tuple(make(**entry) for entry in data.get(table, ()))

    return City(
        citizens=tuple(_citizen(entry) for entry in data["person"]),
        households=tuple(_household(entry) for entry in data["household"]),
        marriages=each("marriage", Marriage),
        births=each("birth", Birth),
        homes=each("home", _home),
        firms=each("firm", Firm),
        jobs=each("job", _job),
        veterans=each("veteran", Veteran),
        disabilities=each("disability", Disability),
        convictions=each("conviction", Conviction),
    )


def _citizen(entry: Entry) -> Citizen:
    members = {name: entry[name] for name in _PERSON}
    members |= {name: entry.get(name) for name in _PERHAPS}
    return Citizen(number=entry["citizen_number"], **members)


def _household(entry: Entry) -> Household:
    return Household(
        key=entry["key"], address=entry["address"], kind=entry["type"], head=entry["head"]
    )


def _home(*, owners: Sequence[Entry], **members: Any) -> Home:  # noqa: ANN401 - of the file
    shared = tuple(Owner(number=one["number"], share=Fraction(one["share"])) for one in owners)
    return Home(owners=shared, **members)


def _job(*, fund_percent: int | None = None, **members: Any) -> Job:  # noqa: ANN401 - of the file
    return Job(fund_percent=fund_percent, **members)
