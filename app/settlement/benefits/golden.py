"""Golden cases: baskets on file, and what a rule must make of each before it is used."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.settlement.benefits.basket import Category, Line
from app.settlement.benefits.data_files import read_bounded, said
from app.settlement.benefits.errors import BasketRefused, DataRefused
from app.settlement.benefits.outcome import Split
from app.settlement.benefits.rule import Rule
from app.settlement.benefits.split import split

GOLDEN_FILE: Final = "golden.toml"
_LARGEST_BYTES: Final = 256 * 1024


class _LineData(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    category: Category = Field(strict=False)
    amount: int
    limit: int | None = None
    self_first_bp: int = 0


class _Year(BaseModel):
    """What the year has seen before."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    deductible: int = 0
    fund: int = 0
    beyond: int = 0


class _Expected(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    own: int
    over: int
    self_first: int
    deductible: int
    fund: int
    account: int
    mutual: int
    cash: int


class GoldenBasket(BaseModel):
    """One `[[case]]` of a golden.toml. Fen."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    says: str
    """What it shows, for people."""
    age: int
    lines: Annotated[tuple[_LineData, ...], Field(strict=False)]
    year: _Year = _Year()
    account: int = 0
    mutual: int = 0
    expect: _Expected

    def outcome(self, rule: Rule) -> Split:
        """Return what the rule makes of it.

        Raises:
            BasketRefused: it is no basket.
        """
        group = rule.for_age(self.age)
        standing = group.standing(
            **self.year.model_dump(), account=self.account, mutual=self.mutual
        )
        lines = [
            Line(code=str(place), **line.model_dump()) for place, line in enumerate(self.lines)
        ]
        return split(lines, group.terms, standing)

    def fits(self, outcome: Split) -> bool:
        """Tell whether the outcome is what the case expects."""
        expected = self.expect.model_dump()
        return all(getattr(outcome, name) == fen for name, fen in expected.items())


class _GoldenFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    case: Annotated[tuple[GoldenBasket, ...], Field(strict=False, max_length=100)]


def require_golden(rule: Rule, folder: Path) -> None:
    """Try all cases of a rule's folder.

    Each group of age needs a case; of all cases one must show the fund paying, one the cap cutting
    it short, and one the deductible where the rule has any.

    Raises:
        DataRefused: a case is unreadable or comes out otherwise, or a sort of case is missing.
    """
    file = f"{rule.title}/{GOLDEN_FILE}"
    seen: set[str] = set()
    for place, case in enumerate(_cases(folder, file)):
        try:
            outcome = case.outcome(rule)
        except BasketRefused as refused:
            raise DataRefused(file, f"case.{place}: {refused.reason}") from None
        if not case.fits(outcome):
            raise DataRefused(file, f"case.{place} comes out otherwise")
        seen |= _shown(case, outcome, rule)
    missing = _needed(rule) - seen
    if missing:
        raise DataRefused(file, f"no case for {min(missing)}")


def _cases(folder: Path, file: str) -> tuple[GoldenBasket, ...]:
    body = read_bounded(folder / GOLDEN_FILE, file=file, most=_LARGEST_BYTES)
    try:
        return _GoldenFile.model_validate(tomllib.loads(body.decode("utf-8"))).case
    except ValidationError as wrong:
        raise DataRefused(file, said(wrong)) from None
    except ValueError:
        raise DataRefused(file, "not TOML") from None


def _shown(case: GoldenBasket, outcome: Split, rule: Rule) -> set[str]:
    group = rule.for_age(case.age)
    shown = {f"age {group.from_age}"}
    if outcome.fund:
        shown.add("fund")
    if outcome.deductible:
        shown.add("deductible")
    if outcome.fund == max(group.cap - case.year.fund, 0):
        shown.add("cap")
    return shown


def _needed(rule: Rule) -> set[str]:
    needed = {f"age {group.from_age}" for group in rule.groups} | {"fund", "cap"}
    if any(group.deductible for group in rule.groups):
        needed.add("deductible")
    return needed
