"""Sources for those who open a case and ask at once: leave is taken, then used."""

from __future__ import annotations

from app.exchange.ports import ExchangeRecord
from app.exchange.service import ExchangeService


class CaseSource:
    """One source, as a service sees it that opens its own cases."""

    def __init__(self, exchange: ExchangeService) -> None:
        """Take the exchange with that source."""
        self._exchange = exchange

    def lookup(
        self,
        *,
        citizen_number: str,
        name: str,
        fields: tuple[str, ...],
        purpose: str,
        case_id: str,
        person_id: str | None = None,
        kept: bool = False,
    ) -> ExchangeRecord | None:
        """Open the case at this source, and ask.

        Raises:
            DomainError: as `ExchangeService.lookup`.
        """
        capability = self._exchange.open(
            citizen_number=citizen_number,
            name=name,
            fields=fields,
            purpose=purpose,
            case_id=case_id,
        )
        return self._exchange.lookup(
            capability=capability,
            citizen_number=citizen_number,
            name=name,
            fields=fields,
            purpose=purpose,
            case_id=case_id,
            person_id=person_id,
            kept=kept,
        )
