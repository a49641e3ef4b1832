"""The population registry as the identity service sees it: does this person live, and a face."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from app.exchange.purposes import VERIFY_IDENTITY
from app.exchange.service import ExchangeService

_FIELDS: Final = ("photo", "status")


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredPerson:
    """What is needed to verify a face, nothing more: age is in the citizen number."""

    photo: bytes | None
    """Reference photograph, JPEG; None when the registry has none."""
    alive: bool
    """False for a person recorded as deceased, and where the registry does not say."""
    exchange_id: str


class PopulationLookup:
    """Finds a person in the population registry."""

    def __init__(self, exchange: ExchangeService) -> None:
        """Take the exchange under the population contract."""
        self._exchange = exchange

    def find(self, *, citizen_number: str, name: str, case_id: str) -> RegisteredPerson | None:
        """The person of this number and this name, or None.

        Raises:
            DomainError: as `ExchangeService.lookup`.
        """
        capability = self._exchange.open(
            citizen_number=citizen_number,
            name=name,
            fields=_FIELDS,
            purpose=VERIFY_IDENTITY,
            case_id=case_id,
        )
        found = self._exchange.lookup(
            capability=capability,
            citizen_number=citizen_number,
            name=name,
            fields=_FIELDS,
            purpose=VERIFY_IDENTITY,
            case_id=case_id,
        )
        if found is None:
            return None
        return RegisteredPerson(
            photo=_photograph(found.record["photo"]),
            alive=found.record["status"] == "alive",
            exchange_id=found.exchange_id,
        )


def _photograph(encoded: str | None) -> bytes | None:
    if encoded is None:
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None  # its length is wrong: as good as no photograph
