"""The texts people agree to before their face is looked at, by version, and the record of it.

A face is processed only after a separate consent to a purpose (Personal Information Protection
Law, articles 14, 29 and 30). A text is never changed: a new wording is a new version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.identity.errors import CONSENT_TEXT_UNKNOWN
from app.identity.models.consent import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText:
    """One text in both languages."""

    zh: str
    en: str


TEXTS: Final[Mapping[str, ConsentText]] = MappingProxyType(
    {
        "2026-11": ConsentText(
            zh=(
                "为确认您本人身份，我们将采集您的人脸画面并与人口登记照片比对。画面仅在验证期间"
                "用于此目的，验证结束即删除。您可以选择其他验证方式。"
            ),
            en=(
                "To confirm that it is you, we take pictures of your face and compare them with "
                "your photograph in the population registry. The pictures serve this purpose only "
                "and are deleted when the verification ends. You may choose another way."
            ),
        )
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consented:
    """Who agreed to what."""

    person_hash: bytes
    thumbprint: str
    purpose: str
    text_version: str


class Consents:
    """Keeps the record of consents."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def check(self, text_version: str) -> None:
        """Refuse a text that is not in force.

        Raises:
            DomainError: CONSENT_TEXT_UNKNOWN with a pointer.
        """
        if text_version not in TEXTS:
            raise CONSENT_TEXT_UNKNOWN(pointer="/consent/text_version")

    def record(self, consented: Consented) -> str:
        """Record a consent in the transaction under way; returns its id."""
        now = self._clock.now()
        consent = Consent(
            id=new_id("cns", now),
            person_hash=consented.person_hash,
            thumbprint=consented.thumbprint,
            purpose=consented.purpose,
            text_version=consented.text_version,
            accepted_at=now,
        )
        with self._database.transaction() as tx:
            tx.add(consent)
            tx.flush()
        return consent.id

    def text_version_of(self, consent_id: str) -> str:
        """The version of the text that a recorded consent is to."""
        with self._database.transaction() as tx:
            return tx.get_one(Consent, consent_id).text_version
