"""The check that is open to everybody: is this certificate ours, unchanged and still good?"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, or_, select

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import TOO_LARGE
from app.core.fields import FieldCipher
from app.documents.errors import NOT_A_PDF
from app.documents.models import Certificate
from app.documents.ports import ByAddress, Holders, Workbench
from app.documents.records import Logged, Qr, Verdict
from app.documents.service.archives import archived_times, is_file_of
from app.documents.service.confirmations import confirmed_times
from app.documents.service.views import (
    CHECK_CODE_USE,
    CertificateView,
    check_code_text,
    logged,
    view_of,
)

UPLOAD_LIMIT: Final = 5_000_000
"""Largest PDF in bytes that is looked at; ours have about 130,000."""
_RATE: Final = "checks"
_HASH_BYTES: Final = 32
_HEADER: Final = b"%PDF-"
_SHOWN: Final = ("name_masked", "number", "status", "type")
_CHECKER: Final = Actor(kind="system", id="public-check", name="public check")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """What a check found."""

    verdict: Verdict
    certificate: CertificateView | None
    """The one of ours that was recognised."""
    holder: str | None = field(repr=False)
    """Its holder's name, masked."""
    checked_at: datetime
    """A verdict holds for its moment only."""


class CertificateChecks:
    """Judges certificates for anybody who asks."""

    def __init__(
        self,
        *,
        workbench: Workbench,
        holders: Holders,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        limits: ByAddress,
        clock: Clock,
    ) -> None:
        """Take the ports; `limits` knows a rate named "checks"."""
        self._workbench = workbench
        self._holders = holders
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._limits = limits
        self._clock = clock

    def file(self, pdf: bytes, *, address: str) -> CheckResult:
        """Check an upload.

        1. The address may check. 2. It has a size we look at. 3. It is a PDF by its header.
        4. Five questions, asked by the library. 5. A file we issued is shown with its masked
        holder, who can see that it was checked.

        Raises:
            DomainError: TOO_MANY_REQUESTS, TOO_LARGE, NOT_A_PDF, BUSY.
        """
        self._hit(address)  # 1
        if len(pdf) > UPLOAD_LIMIT:  # 2
            raise TOO_LARGE()
        if not pdf.startswith(_HEADER):  # 3
            raise NOT_A_PDF()
        recognised: list[Certificate] = []

        def find(sha256: str) -> Logged | None:
            row = self._row(is_file_of(bytes.fromhex(sha256)))
            recognised.extend([row] if row is not None else [])
            return None if row is None else self._logged(row)

        verdict = self._workbench.check(pdf, find=find, now=self._clock.now())  # 4
        return self._result(verdict, recognised[-1] if recognised else None)  # 5

    def code(self, reference: str, typed: str, *, address: str, token: str = "") -> CheckResult:
        """Check what is printed on a certificate: its number, or the id in its QR, and the code.

        1. The address may check. 2. The code has the form of one. 3. It is the certificate's,
        compared in constant time. Something unknown and a wrong code take the same steps and
        give the same answer. 4. A token of the QR must be ours, for this id and code.

        Args:
            reference: number or id.
            typed: the check code, as somebody typed it.
            address: of the network, where the question comes from.
            token: the signed one in the QR, where it was scanned.

        Raises:
            DomainError: TOO_MANY_REQUESTS, CHECK_CODE_MALFORMED.
        """
        self._hit(address)  # 1
        code = self._workbench.normal_check_code(typed)  # 2
        row = self._row(or_(Certificate.id == reference, Certificate.number == reference))
        expected = row.check_code_hash if row is not None else secrets.token_bytes(_HASH_BYTES)
        of = row.id if row is not None else reference
        given = self._cipher.index(CHECK_CODE_USE, check_code_text(of, code))
        known = row if hmac.compare_digest(given, expected) else None  # 3
        entry = None if known is None else self._logged(known)
        qr = Qr(certificate_id=reference, check_code=code, token=token) if token else None
        verdict = self._workbench.judge(entry, now=self._clock.now(), qr=qr)  # 4
        return self._result(verdict, known)

    def _hit(self, address: str) -> None:
        self._limits.hit(_RATE, self._cipher.index("address", address).hex())

    def _row(self, condition: ColumnElement[bool]) -> Certificate | None:
        # Short transactions: none is held while an upload is being examined.
        with self._database.transaction() as tx:
            return tx.scalar(select(Certificate).where(condition))

    def _logged(self, row: Certificate) -> Logged:
        with self._database.transaction() as tx:
            confirmed_at = confirmed_times(tx, [row]).get(row.id)
        return logged(row, confirmed_at=confirmed_at)

    def _result(self, verdict: Verdict, row: Certificate | None) -> CheckResult:
        now = self._clock.now()
        if row is None:
            return CheckResult(verdict=verdict, certificate=None, holder=None, checked_at=now)
        with self._database.transaction() as tx:
            archived_at = archived_times(tx, [row.id]).get(row.id)
            confirmed_at = confirmed_times(tx, [row]).get(row.id)
            self._accesses.record(
                person_id=row.person_id,
                actor=_CHECKER,
                action=actions.CERTIFICATE_CHECKED,
                purpose=f"certificate:{row.type}",
                fields=_SHOWN,
            )
            holder = self._holders.masked(row.person_id).name
        titles = self._workbench.titles(row.type)
        return CheckResult(
            verdict=verdict,
            certificate=view_of(
                row, titles=titles, now=now, archived_at=archived_at, confirmed_at=confirmed_at
            ),
            holder=holder,
            checked_at=now,
        )
