"""The fund's accounts of the city's people."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from datetime import date

from sandbox.departments.city.city import city
from sandbox.departments.city.facts import City
from sandbox.departments.city.numbers import AREA

_FEN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account, with its member and who pays the other half."""

    number: str
    citizen_number: str
    name: str
    employer_code: str
    employer_name: str
    opened_on: date
    monthly_base_fen: int
    percent: int
    """What each side pays of the base."""
    months_paid: int


def accounts() -> tuple[Account, ...]:
    """Return the accounts of all who have one."""
    return tuple(_accounts(city()))


def digest_of(accounts: tuple[Account, ...]) -> str:
    """Return what is another one when any account is."""
    told = repr([astuple(account) for account in accounts])
    return hashlib.sha256(told.encode()).hexdigest()


def _accounts(town: City) -> Iterator[Account]:
    names, firms = town.names(), {firm.code: firm for firm in town.firms}
    funded = [(job, job.fund_percent) for job in town.jobs if job.fund_percent is not None]
    for serial, (job, percent) in enumerate(funded, start=1):
        yield Account(
            number=f"GJJ{AREA}{serial:08d}",
            citizen_number=job.person,
            name=names[job.person],
            employer_code=job.firm,
            employer_name=firms[job.firm].name,
            opened_on=job.since,
            monthly_base_fen=job.base_yuan * _FEN,
            percent=percent,
            months_paid=job.months,
        )
