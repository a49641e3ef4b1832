"""What is known of certificate types, without the workshop that makes certificates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.documents.models import REVOKED, SUPERSEDED
from app.documents.records import Titles
from certificates.catalogue import Catalogue


class TypeBook:
    """Titles, needs and rules by a type's code."""

    def __init__(self, catalogue: Catalogue) -> None:
        """Take the types."""
        self._kinds = {kind.code: kind for kind in catalogue.all()}

    def titles(self, code: str) -> Titles:
        """What a type is called; its code where the type is gone."""
        kind = self._kinds.get(code)
        if kind is None:
            return Titles(zh=code, en=code)
        return Titles(zh=kind.titles.zh, en=kind.titles.en)

    def legal_basis(self, code: str) -> Titles | None:
        """By what law it is issued."""
        kind = self._kinds.get(code)
        if kind is None:
            return None
        return Titles(zh=kind.spec.legal_basis.zh, en=kind.spec.legal_basis.en)

    def fields_of(self, code: str, source: str) -> tuple[str, ...]:
        """The fields a type asks a source for; empty where type or source is gone."""
        kind = self._kinds.get(code)
        return () if kind is None else kind.needs().get(source, ())

    def provisional_terms(self, code: str) -> Mapping[str, timedelta]:
        """How old an answer may be, for each source whose older one will do for a while."""
        kind = self._kinds.get(code)
        return {
            source: timedelta(hours=terms.max_age_hours)
            for source, terms in (kind.spec.sources if kind else {}).items()
            if terms.on_stale == "provisional"
        }

    def after_correction(self, code: str) -> str:
        """What a certificate of the type becomes when a record behind it is corrected."""
        kind = self._kinds.get(code)
        supersedes = kind is not None and kind.spec.on_correction == "supersede"
        return SUPERSEDED if supersedes else REVOKED
