"""Finding items of the catalogue, as cashiers look for them."""

from __future__ import annotations

from collections.abc import Sequence

from app.core.clock import Clock
from app.settlement.benefits.catalogue import Catalogue
from app.settlement.benefits.errors import ItemNotInForce, ItemUnknown
from app.settlement.benefits.item import Item
from app.settlement.errors import ITEM_NOT_IN_FORCE, ITEM_UNKNOWN
from app.settlement.service.quoting.standing import today


class ItemFinding:
    """Looks items up as they are today. The catalogue is public: nobody's log shows it."""

    def __init__(self, *, clock: Clock, catalogue: Catalogue) -> None:
        """Take the clock and what may be sold."""
        self._clock = clock
        self._catalogue = catalogue

    def named(self, text: str, *, most: int) -> Sequence[Item]:
        """Items whose name, or its pinyin's initials, hold a text; the best first."""
        return self._catalogue.search(text, on=today(self._clock.now()), most=most)

    def of_barcode(self, barcode: str) -> Item:
        """The item of a barcode.

        Raises:
            DomainError: ITEM_UNKNOWN or ITEM_NOT_IN_FORCE.
        """
        try:
            return self._catalogue.by_barcode(barcode, on=today(self._clock.now()))
        except ItemUnknown:
            raise ITEM_UNKNOWN(pointer="/barcode") from None
        except ItemNotInForce:
            raise ITEM_NOT_IN_FORCE(pointer="/barcode") from None
