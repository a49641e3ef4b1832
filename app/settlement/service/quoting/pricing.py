"""Benefit rules and catalogue as settlement uses them: refusals get a status and an action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.settlement.benefits.basket import Line, Standing
from app.settlement.benefits.catalogue import Catalogue
from app.settlement.benefits.errors import BasketRefused, ItemNotInForce, ItemUnknown, RuleMissing
from app.settlement.benefits.item import Item
from app.settlement.benefits.outcome import Split
from app.settlement.benefits.rule import Group, Rule, Visit
from app.settlement.benefits.rules import RuleBook
from app.settlement.benefits.split import split
from app.settlement.errors import (
    BASKET_REFUSED,
    ITEM_NOT_IN_FORCE,
    ITEM_UNKNOWN,
    PRESENCE_PURPOSE,
    RULE_NOT_IN_FORCE,
)

VISITS: Final = {
    "01101": Visit.OUTPATIENT,
    "01301": Visit.OUTPATIENT,
    "02121": Visit.PHARMACY,
}
"""By national purpose; the others pay for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A line as a till sends it: one of code and barcode."""

    code: str | None
    barcode: str | None
    quantity: int
    unit_price: int
    """Fen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """A line with what the catalogue says of it."""

    item: Item
    quantity: int
    unit_price: int
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """The rule in force, and what it says of people of this age."""

    rule: Rule
    group: Group


class Pricing:
    """Looks baskets and rules up."""

    def __init__(self, *, rules: RuleBook, catalogue: Catalogue) -> None:
        """Take the data; both are read once and never change."""
        self._rules = rules
        self._catalogue = catalogue

    def basket(self, wanted: Sequence[Wanted], *, on: date) -> tuple[Priced, ...]:
        """The basket as the catalogue knows it.

        Raises:
            DomainError: ITEM_UNKNOWN, ITEM_NOT_IN_FORCE or BASKET_REFUSED, with a pointer.
        """
        return tuple(self._priced(one, n, on) for n, one in enumerate(wanted))

    def applied(self, *, region: str, scheme: str, purpose: str, on: date, age: int) -> Applied:
        """The rule in force.

        Raises:
            DomainError: PRESENCE_PURPOSE or RULE_NOT_IN_FORCE.
        """
        visit = visit_of(purpose)
        try:
            rule = self._rules.find(region=region, scheme=scheme, visit=visit, on=on)
            return Applied(rule=rule, group=rule.for_age(age))
        except (RuleMissing, BasketRefused):
            raise RULE_NOT_IN_FORCE() from None

    def rule_hash(self, *, region: str, scheme: str, purpose: str, on: date) -> str:
        """SHA-256 of the rule in force, or nothing where there is none."""
        try:
            visit = VISITS[purpose]
            return self._rules.find(region=region, scheme=scheme, visit=visit, on=on).sha256
        except RuleMissing:
            return ""

    def group(self, title: str, from_age: int) -> Group:
        """What a rule said when a purchase was made, in force now or not.

        Raises:
            KeyError: the rule's folder was taken away; it must not be.
        """
        return next(g for g in self._rules.titled(title).groups if g.from_age == from_age)

    def split(self, basket: Sequence[Priced], applied: Applied, standing: Standing) -> Split:
        """Split a basket.

        Raises:
            DomainError: BASKET_REFUSED.
        """
        with _translated("/lines"):
            return split([priced.line for priced in basket], applied.group.terms, standing)

    def _priced(self, one: Wanted, n: int, on: date) -> Priced:
        with _translated(f"/lines/{n}"):
            if one.code is not None:
                item = self._catalogue.by_code(one.code, on=on)
            else:
                item = self._catalogue.by_barcode(one.barcode or "", on=on)
            line = item.line(quantity=one.quantity, unit_price=one.unit_price)
        return Priced(item=item, quantity=one.quantity, unit_price=one.unit_price, line=line)


def visit_of(purpose: str) -> Visit:
    """What a person came for.

    Raises:
        DomainError: PRESENCE_PURPOSE.
    """
    if purpose not in VISITS:
        raise PRESENCE_PURPOSE()
    return VISITS[purpose]


@contextmanager
def _translated(pointer: str) -> Iterator[None]:
    try:
        yield
    except ItemUnknown:
        raise ITEM_UNKNOWN(pointer=pointer) from None
    except ItemNotInForce:
        raise ITEM_NOT_IN_FORCE(pointer=pointer) from None
    except BasketRefused as wrong:
        members = {"reason": wrong.reason.value}
        raise BASKET_REFUSED(pointer=pointer, members=members) from None
