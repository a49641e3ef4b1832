"""What each settlement of a year counts for: pure arithmetic, in the order of settling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.settlement.benefits.basket import Category, Line
from app.settlement.benefits.rule import Group
from app.settlement.benefits.split import split


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One settlement's place in the year."""

    settlement_id: str
    fund_account: str
    fixed: bool
    """It waits for its cash: its figures stay until it is done or undone."""
    scope: int
    """In scope and not returned, fen."""
    deductible: int
    """As it counts now."""
    fund: int
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a settlement should count for."""

    deductible: int
    fund: int


def shares_of(parts: Sequence[Part]) -> list[Share]:
    """What each settlement of a year should count for, in their order: pure arithmetic.

    Each takes of deductible, bands and cap what those before it left. One that is fixed keeps its
    figures, and those before it leave it that much, so the year's limits hold at every instant.
    """
    found: list[Share] = []
    deductible = fund = scope = 0
    fixed_deductible = sum(part.deductible for part in parts if part.fixed)
    fixed_fund = sum(part.fund for part in parts if part.fixed)
    for part in parts:
        if part.fixed:
            share = Share(deductible=part.deductible, fund=part.fund)
            fixed_deductible -= part.deductible
            fixed_fund -= part.fund
        else:
            share = _share(
                part,
                deductible=deductible + fixed_deductible,
                fund=fund + fixed_fund,
                beyond=scope - deductible,
            )
        found.append(share)
        deductible += share.deductible
        fund += share.fund
        scope += part.scope
    return found


def _share(part: Part, *, deductible: int, fund: int, beyond: int) -> Share:
    if not part.scope:
        return Share(deductible=0, fund=0)
    standing = part.group.standing(
        deductible=deductible, fund=fund, beyond=beyond, account=0, mutual=0
    )
    # What is in scope does not depend on the year, so it counts here as one line of class A.
    line = Line(code="scope", category=Category.A, amount=part.scope)
    outcome = split([line], part.group.terms, standing)
    return Share(deductible=outcome.deductible, fund=outcome.fund)
