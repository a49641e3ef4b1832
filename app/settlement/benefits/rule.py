"""One benefit rule: the members of a rule.toml, and what a split needs of them."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from app.settlement.benefits.basket import MOST_BANDS, MOST_FEN, Band, Standing, Terms
from app.settlement.benefits.data_files import read_bounded, said
from app.settlement.benefits.errors import BasketRefused, DataRefused, Reason
from app.settlement.benefits.names import BilingualName

RULE_FILE: Final = "rule.toml"
_LARGEST_BYTES: Final = 64 * 1024
_MOST_GROUPS: Final = 16
OLDEST: Final = 150
_Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
_Fen = Annotated[int, Field(ge=0, le=MOST_FEN)]


@unique
class Visit(StrEnum):
    """What a person came for."""

    PHARMACY = "pharmacy"
    """Purchase at a pharmacy (定点药店购药)."""
    OUTPATIENT = "outpatient"
    """Outpatient care at a hospital (普通门诊)."""


class _BandData(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    upto: int | None = None
    ratio_bp: int


class _GroupData(BaseModel):
    """What holds from an age on."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    from_age: int = Field(ge=0, le=OLDEST)
    deductible: _Fen
    cap: Annotated[int, Field(ge=1, le=MOST_FEN)]
    bands: Annotated[tuple[_BandData, ...], Field(strict=False, max_length=MOST_BANDS)]


class RuleData(BaseModel):
    """A rule.toml. Fen, basis points, whole days."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: _Word
    version: str = Field(pattern=r"^[0-9]{4}\.[1-9][0-9]?$")
    """Year and number within it."""
    region: str = Field(pattern=r"^[0-9]{6}$")
    """Division code (GB/T 2260) of the fund's region (统筹区)."""
    scheme: _Word
    visit: Visit = Field(strict=False)
    valid_from: date
    """First day."""
    valid_to: date | None = None
    """Last day, if no newer version begins before; None: until one does."""
    account_pays: bool
    mutual_pays: bool
    names: BilingualName
    groups: Annotated[
        tuple[_GroupData, ...], Field(strict=False, min_length=1, max_length=_MOST_GROUPS)
    ]
    """By age, ascending, the first from 0."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ages = [group.from_age for group in self.groups]
        if ages[0] != 0 or any(one >= other for one, other in pairwise(ages)):
            msg = "groups: not from 0 ascending"
            raise ValueError(msg)
        if self.valid_to is not None and self.valid_to < self.valid_from:
            msg = "valid_to: before valid_from"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What a rule says of people of one age."""

    from_age: int
    """Whole years; it holds until the next group's."""
    deductible: int
    """Of a year, fen."""
    cap: int
    """What the fund pays in a year at most, fen."""
    terms: Terms

    def standing(
        self, *, deductible: int, fund: int, beyond: int, account: int, mutual: int
    ) -> Standing:
        """Return where a person stands, from what the year has seen. Fen.

        Args:
            deductible: counted towards the deductible so far.
            fund: paid by the fund so far.
            beyond: in scope above the deductible so far.
            account: own account, to be spent now.
            mutual: mutual aid, to be spent now.

        Raises:
            BasketRefused: STANDING.
        """
        return Standing(
            deductible_left=max(self.deductible - deductible, 0),
            cap_left=max(self.cap - fund, 0),
            account=account,
            mutual=mutual,
            beyond=beyond,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule as it lies in its file."""

    data: RuleData
    sha256: str
    """Of the file's bytes, hex: what `sha256sum rule.toml` prints."""
    groups: tuple[Group, ...]
    """By age, ascending; the first is from 0."""

    @property
    def title(self) -> str:
        """Id and version, such as `qingchuan-employee-pharmacy/2026.1`."""
        return f"{self.data.id}/{self.data.version}"

    @property
    def about(self) -> tuple[str, str, Visit]:
        """Region, scheme and kind of visit."""
        return (self.data.region, self.data.scheme, self.data.visit)

    def has_ended(self, on: date) -> bool:
        """Tell whether its own last day is before this one."""
        return self.data.valid_to is not None and self.data.valid_to < on

    def for_age(self, age: int) -> Group:
        """Return what holds for a person of this age in whole years.

        Raises:
            BasketRefused: AGE.
        """
        if type(age) is not int or not 0 <= age <= OLDEST:
            raise BasketRefused(Reason.AGE)
        return next(group for group in reversed(self.groups) if group.from_age <= age)


def read_rule(folder: Path) -> Rule:
    """Read the rule.toml of a folder.

    Raises:
        DataRefused: naming the file and the member at fault.
    """
    path = folder / RULE_FILE
    file = f"{folder.parent.name}/{folder.name}/{RULE_FILE}"
    body = read_bounded(path, file=file, most=_LARGEST_BYTES)
    try:
        data = RuleData.model_validate(tomllib.loads(body.decode("utf-8")))
        groups = tuple(_group(group, data) for group in data.groups)
    except ValidationError as wrong:
        raise DataRefused(file, said(wrong)) from None
    except BasketRefused as wrong:
        raise DataRefused(file, f"groups: {wrong.reason}") from None
    except ValueError:
        raise DataRefused(file, "not TOML") from None
    return Rule(data=data, sha256=hashlib.sha256(body).hexdigest(), groups=groups)


def _group(group: _GroupData, data: RuleData) -> Group:
    bands = tuple(Band(upto=band.upto, ratio_bp=band.ratio_bp) for band in group.bands)
    terms = Terms(bands=bands, account_pays=data.account_pays, mutual_pays=data.mutual_pays)
    return Group(from_age=group.from_age, deductible=group.deductible, cap=group.cap, terms=terms)
