"""Which certificates can be had here."""

from __future__ import annotations

from dataclasses import dataclass

from app.documents.ports import Workbench
from app.documents.records import DocumentType
from app.documents.service.gathering import Gatherer


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedType:
    """A type, and whether it can be issued now."""

    kind: DocumentType
    available: bool
    """False while a source it needs is not connected."""


class CertificateOffer:
    """The types of certificates."""

    def __init__(self, *, workbench: Workbench, gatherer: Gatherer) -> None:
        """Take the ports."""
        self._workbench = workbench
        self._gatherer = gatherer

    def types(self) -> tuple[OfferedType, ...]:
        """All types, by code."""
        return tuple(
            OfferedType(kind=kind, available=self._gatherer.can_ask(kind))
            for kind in self._workbench.types()
        )
