"""Where the status of a certificate is published, for those who write it into what they issue."""

from __future__ import annotations

from app.core.database import Database
from app.documents.models import Certificate
from app.documents.service.places import place_of


class PublishedPlaces:
    """Places of certificates in the published lists."""

    def __init__(self, *, database: Database, public_url: str) -> None:
        """Take the ports.

        Args:
            database: holds the certificates.
            public_url: ours, without a path.
        """
        self._database = database
        self._base = f"{public_url}/v1/status-lists/"

    def place(self, certificate_id: str) -> tuple[int, str] | None:
        """Index and address of the list; None of a certificate from before there were lists."""
        with self._database.transaction() as tx:
            row = tx.get(Certificate, certificate_id)
            place = None if row is None else place_of(row)
        return None if place is None else (place.index, self._base + place.status_list)
