"""The sandbox city's records, source by source, as the departments would tell them."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image

from sandbox.departments.city.city import city
from sandbox.departments.civil_affairs.contract import DISABILITY, MARRIAGE
from sandbox.departments.civil_affairs.register import open_civil_affairs
from sandbox.departments.health.births import open_health
from sandbox.departments.health.contract import BIRTH
from sandbox.departments.housing.contract import HOME_OWNERSHIP
from sandbox.departments.housing.homes import open_housing
from sandbox.departments.housing_fund.accounts import Account, accounts
from sandbox.departments.market_regulation.contract import BUSINESS_LICENCE
from sandbox.departments.market_regulation.licences import open_market_regulation
from sandbox.departments.office.books import Books
from sandbox.departments.office.contract import Contract
from sandbox.departments.population.contract import CRIMINAL_RECORD, POPULATION
from sandbox.departments.population.register import Register
from sandbox.departments.population.seed import seed_of
from sandbox.departments.social_security.contract import PARTICIPATION
from sandbox.departments.social_security.participations import open_social_security
from sandbox.departments.veterans.contract import VETERAN
from sandbox.departments.veterans.roll import open_roll

Records = tuple[dict[str, Any], ...]
ZHANG = ("990101198503171010", "张明远")
LI = ("990101195811021037", "李建国")
ZHOU = ("990101198809091056", "周启明")
CHILD = ("990101201502011044", "张小禾")
OUYANG = ("990101199304301067", "欧阳㛃𬭚")
AYNUR = ("990101199008151084", "阿依努尔·买买提")
HOLDERS = {
    "birth": CHILD,
    "business_licence": ZHANG,
    "disability": LI,
    "household_registration": ZHANG,
    "housing_fund": ZHANG,
    "marriage_status": ZHANG,
    "no_criminal_record": ZHANG,
    "no_housing": ZHOU,
    "social_insurance": ZHANG,
    "temporary_identity": ZHANG,
    "veteran": ZHANG,
}
"""Who of the city can have a certificate of a type."""


def jpeg(width: int = 358, height: int = 441) -> bytes:
    """Return a picture with something on it, left half dark, right half light."""
    picture = Image.new("RGB", (width, height), (40, 60, 90))
    picture.paste((220, 200, 180), (width // 2, 0, width, height))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()


@dataclass
class CityRecords:
    """The departments' books, without the servers around them."""

    directory: Path
    _books: dict[str, tuple[Books, Contract]] = field(init=False)
    _accounts: dict[str, list[dict[str, Any]]] = field(init=False)

    def __post_init__(self) -> None:
        """Open all books."""
        register = Register(self.directory)
        picture = jpeg()
        photos = {one.number: picture for one in city().citizens}
        register.fill(seed_of(city(), photos))
        affairs = open_civil_affairs(self.directory).books
        self._books = {
            "population": (register.books, POPULATION),
            "criminal_record": (register.books, CRIMINAL_RECORD),
            "marriage": (affairs, MARRIAGE),
            "disability": (affairs, DISABILITY),
            "birth": (open_health(self.directory).books, BIRTH),
            "home_ownership": (open_housing(self.directory).books, HOME_OWNERSHIP),
            "social_insurance": (open_social_security(self.directory).books, PARTICIPATION),
            "veteran": (open_roll(self.directory), VETERAN),
            "business_licence": (open_market_regulation(self.directory).books, BUSINESS_LICENCE),
        }
        self._accounts = {}
        for account in accounts():
            self._accounts.setdefault(account.citizen_number, []).append(_deposit(account))

    @property
    def sources(self) -> tuple[str, ...]:
        """Names of the sources."""
        return (*self._books, "housing_fund")

    def find(
        self, source: str, person: tuple[str, str], fields: Sequence[str] | None = None
    ) -> Records:
        """Return what a source tells of a person: all of it, or some fields of each record."""
        number, name = person
        if source == "housing_fund":
            found = tuple(one for one in self._accounts.get(number, ()) if one["name"] == name)
        else:
            books, contract = self._books[source]
            found = books.find(contract, subject=number, name=name).records
        return tuple(
            {member: one[member] for member in (one if fields is None else fields)} for one in found
        )


def _deposit(account: Account) -> dict[str, Any]:
    monthly = 2 * account.monthly_base_fen * account.percent // 100
    return {
        "citizen_number": account.citizen_number,
        "name": account.name,
        "account_number": account.number,
        "employer_code": account.employer_code,
        "employer_name": account.employer_name,
        "opened_on": account.opened_on.isoformat(),
        "monthly_base_fen": account.monthly_base_fen,
        "percent": account.percent,
        "monthly_deposit_fen": monthly,
        "months_paid": account.months_paid,
        "balance_fen": monthly * account.months_paid,
        "status": "paying",
    }


def portrait_text() -> str:
    """Return the same picture as the registry sends it."""
    return base64.b64encode(jpeg()).decode()
