"""How a split came about: every number, by codes without words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique

from app.settlement.benefits.bands import fund_by_bands, in_bands
from app.settlement.benefits.basket import Line, Standing, Terms
from app.settlement.benefits.outcome import LineSplit, Split


@unique
class StepCode(StrEnum):
    """Stable names of the steps; `trace_words` has the sentences."""

    RULE = "RULE"
    """The rule that was used."""
    OWN = "OWN"
    """A line of class C."""
    OVER = "OVER"
    """What of a line is above its limit price."""
    SELF_FIRST = "SELF_FIRST"
    """What of a class B line is paid first."""
    SCOPE = "SCOPE"
    """What of a line is in scope."""
    SUM = "SUM"
    """All lines together."""
    DEDUCTIBLE = "DEDUCTIBLE"
    BAND = "BAND"
    """What falls into one band."""
    FUND = "FUND"
    """The bands' shares, added and rounded."""
    CAP = "CAP"
    """The fund pays less, as the cap is reached."""
    PERSON = "PERSON"
    """The person's part."""
    ACCOUNT = "ACCOUNT"
    MUTUAL = "MUTUAL"
    CASH = "CASH"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a split."""

    code: StepCode
    numbers: Mapping[str, int]
    """Fen by name; names that end in `_bp` are basis points."""
    line: int | None = None
    """Place in the basket, counted from 1; None where a step is about all of it."""
    item: str | None = None
    """Code of the line's item."""
    rule: str | None = None
    """Title of the rule, such as `qingchuan-employee-pharmacy/2026.1`; of RULE alone."""


def trace(
    lines: Sequence[Line],
    terms: Terms,
    standing: Standing,
    outcome: Split,
    *,
    rule: str | None = None,
) -> tuple[Step, ...]:
    """Return the steps by which `outcome` came about, in the order of `split`.

    Args:
        lines: as they were split.
        terms: as above.
        standing: as above.
        outcome: what `split` returned for these three.
        rule: title of the rule the terms are of, where they are of one.
    """
    opening = () if rule is None else (Step(code=StepCode.RULE, numbers={}, rule=rule),)
    of_lines = (
        step
        for place, (line, part) in enumerate(zip(lines, outcome.lines, strict=True), start=1)
        for step in _of_line(place, line, part)
    )
    by_fund = _of_fund(terms, standing, outcome)
    return (*opening, *of_lines, *by_fund, *_of_person(terms, standing, outcome))


def _of_line(place: int, line: Line, part: LineSplit) -> Iterator[Step]:
    found: list[tuple[StepCode, dict[str, int]]] = []
    covered = part.total - part.over
    if part.own:
        found.append((StepCode.OWN, {"amount": part.total, "own": part.own}))
    if line.limit is not None and part.over:
        found.append(
            (StepCode.OVER, {"amount": part.total, "limit": line.limit, "over": part.over})
        )
    if line.self_first_bp:
        numbers = {
            "covered": covered,
            "ratio_bp": line.self_first_bp,
            "self_first": part.self_first,
        }
        found.append((StepCode.SELF_FIRST, numbers))
    if not part.own:
        found.append((StepCode.SCOPE, {"amount": part.total, "in_scope": part.in_scope}))
    for code, numbers in found:
        yield Step(code=code, numbers=numbers, line=place, item=line.code)


def _of_fund(terms: Terms, standing: Standing, outcome: Split) -> Iterator[Step]:
    sums = ("total", "own", "over", "self_first", "in_scope")
    yield Step(code=StepCode.SUM, numbers={name: getattr(outcome, name) for name in sums})
    numbers = {
        "left": standing.deductible_left,
        "in_scope": outcome.in_scope,
        "deductible": outcome.deductible,
    }
    yield Step(code=StepCode.DEDUCTIBLE, numbers=numbers)
    for band, part in in_bands(outcome.beyond, terms.bands, start=standing.beyond):
        yield Step(code=StepCode.BAND, numbers={"part": part, "ratio_bp": band.ratio_bp})
    by_bands = fund_by_bands(outcome.beyond, terms.bands, start=standing.beyond)
    yield Step(code=StepCode.FUND, numbers={"beyond": outcome.beyond, "fund": by_bands})
    if outcome.fund < by_bands:
        numbers = {"by_bands": by_bands, "left": standing.cap_left, "fund": outcome.fund}
        yield Step(code=StepCode.CAP, numbers=numbers)


def _of_person(terms: Terms, standing: Standing, outcome: Split) -> Iterator[Step]:
    numbers = {"total": outcome.total, "fund": outcome.fund, "person": outcome.person}
    yield Step(code=StepCode.PERSON, numbers=numbers)
    if terms.account_pays:
        numbers = {"available": standing.account, "paid": outcome.own_account}
        yield Step(code=StepCode.ACCOUNT, numbers=numbers)
    if terms.mutual_pays:
        numbers = {"available": standing.mutual, "paid": outcome.mutual}
        yield Step(code=StepCode.MUTUAL, numbers=numbers)
    yield Step(code=StepCode.CASH, numbers={"cash": outcome.cash})
