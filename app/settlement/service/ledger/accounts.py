"""Which accounts there are, and how each behaves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sqlalchemy.dialects.postgresql import insert

from app.core.clock import Clock
from app.core.database import Database
from app.settlement.models.ledger import LedgerAccount

_MOST_REMEMBERED: Final = 50_000


@dataclass(frozen=True, slots=True)
class Nature:
    """How accounts of a kind behave."""

    normal_side: str
    at_once: bool = False
    may_be_negative: bool = False


NATURES: Final[dict[str, Nature]] = {
    # What people have, and what they owe: bounded at every instant.
    "own": Nature("credit", at_once=True),
    "due": Nature("debit", at_once=True),
    # What the funds owe for what was bought, and merchants are owed.
    "fund": Nature("debit"),
    "payable": Nature("credit"),
    # Cash that a merchant took itself, and cash that came through the payment provider.
    "till": Nature("debit"),
    "cash": Nature("debit"),
    # Where the money in own accounts comes from.
    "premiums": Nature("debit"),
    "suspense": Nature("credit", may_be_negative=True),
}
PROVIDER_CASH: Final = "cash:provider"
LATE_CASH: Final = "suspense:late-cash"


def own(person_id: str) -> str:
    """A person's own account (个人账户)."""
    return f"own:{person_id}"


def due(person_id: str) -> str:
    """What a person owes since a year was computed anew."""
    return f"due:{person_id}"


def fund(region: str, scheme: str) -> str:
    """What a region's fund of a scheme owes (统筹基金)."""
    return f"fund:{region}:{scheme}"


def payable(merchant_id: str) -> str:
    """What a merchant is owed."""
    return f"payable:{merchant_id}"


def till(merchant_id: str) -> str:
    """What a merchant took in cash for us."""
    return f"till:{merchant_id}"


def premiums(region: str, scheme: str) -> str:
    """What was paid in for the insured of a scheme."""
    return f"premiums:{region}:{scheme}"


def kind_of(account_id: str) -> str:
    """The kind of an account."""
    return account_id.split(":", maxsplit=1)[0]


def nature(account_id: str) -> Nature:
    """How an account behaves.

    Raises:
        KeyError: no kind of ours; a programming error.
    """
    return NATURES[kind_of(account_id)]


class Accounts:
    """Opens accounts before they are needed."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._known: set[str] = set()

    def open(self, account_ids: Iterable[str]) -> None:
        """See to it that the accounts exist, in a transaction of its own.

        Committed at once, so what this process remembers is true whatever becomes of the caller.
        """
        missing = sorted(set(account_ids) - self._known)
        if not missing:
            return
        with self._database.separate() as tx:
            tx.execute(insert(LedgerAccount).on_conflict_do_nothing(), [*map(self._new, missing)])
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        self._known.update(missing)

    def _new(self, account_id: str) -> dict[str, object]:
        kind, owner = account_id.split(":", maxsplit=1)
        how = NATURES[kind]
        return {
            "id": account_id,
            "kind": kind,
            "owner": owner,
            "normal_side": how.normal_side,
            "may_be_negative": how.may_be_negative,
            "at_once": how.at_once,
            "posted": 0,
            "reserved": 0,
            "version": 0,
            "created_at": self._clock.now(),
        }
