"""All that is the case in the city."""

from __future__ import annotations

from dataclasses import dataclass, fields

from sandbox.departments.city.births import Birth
from sandbox.departments.city.citizens import Citizen, Household, Marriage
from sandbox.departments.city.firms import Firm
from sandbox.departments.city.homes import Home
from sandbox.departments.city.standing import Conviction, Disability, Veteran
from sandbox.departments.city.work import Job


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

    def names(self) -> dict[str, str]:
        """Return what everybody is called, by citizen number."""
        return {one.number: one.name for one in self.citizens}

    def joined(self, other: City) -> City:
        """Return both as one city, this one's facts first."""
        every = {field.name for field in fields(self)}
        return City(**{name: getattr(self, name) + getattr(other, name) for name in every})
