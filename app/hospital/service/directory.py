"""Which hospital a terminal speaks for."""

from __future__ import annotations

from typing import Final

from app.core.access.principals import Terminal
from app.core.database import Database
from app.hospital.errors import HOSPITAL_NOT_YOURS

_OF_MERCHANT: Final = "SELECT id FROM hospitals WHERE merchant_id = %(merchant)s"


class HospitalDirectory:
    """Knows hospitals by their merchants."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def of(self, terminal: Terminal) -> str:
        """The id of the hospital an authenticated terminal belongs to.

        Raises:
            DomainError: HOSPITAL_NOT_YOURS.
        """
        found = self._database.look(_OF_MERCHANT, {"merchant": terminal.merchant_id})
        if not found:
            raise HOSPITAL_NOT_YOURS()
        return str(found[0][0])
