"""Slips of appointments."""

from __future__ import annotations

from app.documents.making import SlipWorkshop
from app.hospital.slips.service.codes import SlipCodes
from app.hospital.slips.service.desk import SlipDesk
from app.hospital.slips.service.printing import SlipPrinting
from app.identity.service.persons import Persons
from app.wiring.authorities import Authorities
from app.wiring.hospital.mandates import build_mandates
from app.wiring.infrastructure import Infrastructure
from certificates.slip_maker import SlipMaker


class MaskedNames:
    """Names as strangers may see them (`app.hospital.slips.ports.Patients`)."""

    def __init__(self, persons: Persons) -> None:
        """Take the persons."""
        self._persons = persons

    def masked_name(self, person_id: str) -> str:
        """The family name alone is in clear."""
        return self._persons.masked(person_id).name


def build_slips(
    shared: Infrastructure, *, authorities: Authorities, persons: Persons
) -> dict[type, object]:
    """Printing and reading."""
    codes = SlipCodes(cipher=shared.cipher)
    return {
        SlipPrinting: SlipPrinting(
            database=shared.database,
            clock=shared.clock,
            accesses=shared.accesses,
            agents=build_mandates(shared),
            patients=MaskedNames(persons),
            printer=SlipWorkshop(SlipMaker(renderer=authorities.renderer)),
            codes=codes,
        ),
        SlipDesk: SlipDesk(database=shared.database, accesses=shared.accesses, codes=codes),
    }
