"""The contract with the population registry of the public security department."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Final, Literal

from pydantic import Field

from app.exchange.contracts.contract import Contract, ContractModel
from app.exchange.errors import SourceName

_MEBIBYTE: Final = 1024 * 1024
Text = Annotated[str, Field(min_length=1, max_length=200)]
CitizenNumber = Annotated[str, Field(pattern=r"^[1-9][0-9]{16}[0-9X]$")]
"""Form of GB 11643-1999; whoever took it from a person has checked the rest."""
Base64 = Annotated[str, Field(max_length=_MEBIBYTE, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]


class PersonRequest(ContractModel):
    """What is sent."""

    citizen_number: CitizenNumber
    name: Annotated[str, Field(min_length=1, max_length=60)]
    fields: Annotated[tuple[str, ...], Field(min_length=1, max_length=8)]
    case: Annotated[str, Field(min_length=1, max_length=64)]
    purpose: Annotated[str, Field(min_length=1, max_length=100)]


class Household(ContractModel):
    """Where a person is registered."""

    address: Text
    head_name: Text
    relation: Text
    registered_on: date
    type: Text


class PersonRecord(ContractModel):
    """A person. A member that was not asked for is absent; one the registry lacks is null."""

    citizen_number: CitizenNumber | None = None
    name: Text | None = None
    sex: Literal["男", "女"] | None = None
    birth_date: date | None = None
    ethnicity: Text | None = None
    household: Household | None = None
    status: Literal["alive", "deceased"] | None = None
    photo: Base64 | None = None


VERIFY_IDENTITY: Final = "identity_verification"
ISSUE_CERTIFICATE: Final = "certificate"
POPULATION: Final = Contract(
    name="population-person",
    version="1.0.0",
    source="population",
    authority=SourceName(zh="公安人口信息库", en="population registry of public security"),
    path="/population/v1/persons/lookup",
    request=PersonRequest,
    record=PersonRecord,
    purposes=frozenset({VERIFY_IDENTITY, ISSUE_CERTIFICATE}),
    max_age=timedelta(days=1),
    answer_limit=2 * _MEBIBYTE,
)
