"""The national purposes of a code, and what each discloses of the holder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask:
    """Which characters at both ends stay; the others become `*`."""

    first: int = 0
    last: int = 0

    def apply(self, value: str) -> str:
        """Mask a value. At least one character is always hidden."""
        first = min(self.first, max(0, len(value) - 1))
        last = min(self.last, max(0, len(value) - 1 - first))
        hidden = len(value) - first - last
        return value[:first] + "*" * hidden + value[len(value) - last :]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What a terminal learns for one purpose."""

    name: Mask
    citizen_number: Mask
    fields: tuple[str, ...] = ("citizen_number", "name")
    """What the access log says was read."""


_FAMILY_NAME: Final = Mask(first=1)
_BOTH_ENDS: Final = Mask(first=4, last=4)
_LAST_FOUR: Final = Mask(last=4)

PURPOSES: Final[Mapping[str, Disclosure]] = MappingProxyType(
    {
        # Registration and settlement are matched against a record that holds the region too.
        "01101": Disclosure(name=_FAMILY_NAME, citizen_number=_BOTH_ENDS),
        "01301": Disclosure(name=_FAMILY_NAME, citizen_number=_BOTH_ENDS),
        # Dispensing only tells one prescription from the next.
        "01302": Disclosure(name=_FAMILY_NAME, citizen_number=_LAST_FOUR),
        "02121": Disclosure(name=_FAMILY_NAME, citizen_number=_BOTH_ENDS),
    }
)
"""By purpose: 01101 registration, 01301 settlement, 01302 dispensing, 02121 pharmacy purchase.
A purpose that is not listed discloses nothing and is refused."""
