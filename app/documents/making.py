"""The only door to the certificates library: makes and judges documents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509

from app.documents.ports import Finder
from app.documents.records import (
    DocumentType,
    Logged,
    MadeDocument,
    Order,
    Qr,
    Titles,
    Verdict,
)
from app.documents.translating import document_type, log_entry, refusal, titles, verdict
from certificates.attached import read_statement
from certificates.catalogue import Catalogue
from certificates.check_codes import new_check_code, normalise_check_code
from certificates.check_token import read_check_token
from certificates.checking import Inspector, Limits, LogEntry, check_entry, check_pdf
from certificates.errors import CertificateError
from certificates.evidence import Evidence
from certificates.maker import CertificateMaker
from certificates.maker import Order as MakerOrder
from certificates.publishing import check_key_set, check_keys
from certificates.receipt import Receipt
from certificates.receipt_maker import ReceiptMaker
from certificates.slip import Slip
from certificates.slip_maker import SlipMaker
from certificates.status import CertificateState
from certificates.status_list import BITS, StatusList, token_status
from certificates.verdicts import IssuerTrust

_LIMITS: Final = Limits()


class Workshop:
    """The certificates library in the terms of this service, its errors translated."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        maker: CertificateMaker,
        inspector: Inspector,
        root_pem: bytes,
        check_chains: Sequence[Sequence[x509.Certificate]] = (),
        signers_pem: Callable[[], bytes] = bytes,
        crls: Callable[[], Sequence[bytes]] = tuple,
    ) -> None:
        """Take the library's parts.

        Args:
            catalogue: the types.
            maker: lays out and signs.
            inspector: parses uploads in limited processes.
            root_pem: what readers trust; published.
            check_chains: certificates of the keys that sign QR codes; with none, none is believed.
            signers_pem: gives the departments' certificates; published.
            crls: gives the revocation lists (DER) in force; none, revocation is not examined.
        """
        self._catalogue = catalogue
        self._maker = maker
        self._inspector = inspector
        self._check_chains = check_chains
        self._check_keys = check_keys(check_chains)
        self._crls = crls
        self.root_pem: Final = root_pem
        self.signers_pem: Final = signers_pem

    def types(self) -> tuple[DocumentType, ...]:
        """All types, by code."""
        return tuple(document_type(kind) for kind in self._catalogue.all())

    def type(self, code: str) -> DocumentType:
        """One type.

        Raises:
            DomainError: CERTIFICATE_TYPE_UNKNOWN with pointer `/type`.
        """
        with self._translated():
            return document_type(self._catalogue.get(code))

    def titles(self, code: str) -> Titles:
        """What a type is called; its code where the type is gone."""
        known = {kind.code: kind for kind in self._catalogue.all()}
        return titles(known[code].titles) if code in known else Titles(zh=code, en=code)

    def new_check_code(self) -> str:
        """Draw a check code."""
        return new_check_code()

    def normal_check_code(self, typed: str) -> str:
        """A typed check code as it was printed.

        Raises:
            DomainError: CHECK_CODE_MALFORMED.
        """
        with self._translated():
            return normalise_check_code(typed)

    def make(self, order: Order) -> MadeDocument:
        """Make and sign a document.

        Raises:
            DomainError: a kind of `app.documents.errors`.
        """
        with self._translated():
            made = self._maker.make(
                MakerOrder(
                    type_code=order.type_code,
                    certificate_id=order.certificate_id,
                    serial=order.serial,
                    version=order.version,
                    check_code=order.check_code,
                    evidence={
                        source: Evidence(records=one.records, as_of=one.as_of, live=one.live)
                        for source, one in order.evidence.items()
                    },
                    issued_at=order.issued_at,
                )
            )
        return MadeDocument(
            pdf=made.pdf,
            sha256=made.sha256,
            number=made.number,
            issued_at=made.issued_at.astimezone(UTC),
            valid_until=made.valid_until.astimezone(UTC),
            provisional=made.provisional,
            check_url=made.check_url,
            signer=made.signer,
        )

    def check_url(self, pdf: bytes) -> str:
        """The address in the QR of a file of ours.

        Raises:
            DomainError: CERTIFICATE_NOT_MADE, where the file states none.
        """
        with self._translated():
            return str(read_statement(pdf)["check_url"])

    def check(self, pdf: bytes, *, find: Finder, now: datetime) -> Verdict:
        """Judge an upload.

        Raises:
            DomainError: BUSY.
        """
        with self._translated():
            found = check_pdf(
                pdf,
                inspector=self._inspector,
                log=_Log(find),
                now=now,
                limits=_LIMITS,
                crls=self._crls(),
            )
        return verdict(found)

    def judge(self, logged: Logged | None, *, now: datetime, qr: Qr | None = None) -> Verdict:
        """Judge what our log says, without a file; None: our log does not know it.

        A QR that was scanned is believed by its signature alone.
        """
        issuer = IssuerTrust.NOT_CHECKED if qr is None else self._qr_issuer(qr)
        entry = None if logged is None else log_entry(logged)
        return verdict(check_entry(entry, now=now, issuer=issuer))

    def check_key_set(self) -> dict[str, Any]:
        """The public keys of the tokens in QR codes (RFC 7517)."""
        return check_key_set(self._check_chains)

    def _qr_issuer(self, qr: Qr) -> IssuerTrust:
        try:
            read_check_token(
                qr.token,
                certificate_id=qr.certificate_id,
                check_code=qr.check_code,
                keys=self._check_keys,
            )
        except CertificateError:
            return IssuerTrust.QR_FORGED
        return IssuerTrust.QR_TRUSTED

    def status_list(self, states: Mapping[int, str], *, size: int) -> dict[str, object]:
        """Write where certificates stand, by their places; a place without a state is valid."""
        statuses = StatusList(size)
        for index, state in states.items():
            statuses[index] = token_status(CertificateState(state))
        return {"bits": BITS, "lst": statuses.packed()}

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except CertificateError as refused:
            raise refusal(refused, source=self._source(refused.source)) from None

    def _source(self, source: str | None) -> Titles | None:
        for kind in self._catalogue.all():
            if source is not None and source in kind.source_names:
                return titles(kind.source_names[source])
        return None


class ReceiptWorkshop:
    """The same library for receipts of settlements, its errors translated."""

    def __init__(self, maker: ReceiptMaker) -> None:
        """Take who lays out and signs."""
        self._maker = maker

    def receipt(
        self,
        claims: Mapping[str, Any],
        *,
        names: Sequence[tuple[str, str]],
        signed: str,
        check_url: str,
        check_page: str,
    ) -> bytes:
        """Make and sign the page of a receipt, with the receipt itself attached.

        Raises:
            DomainError: BUSY; a kind of `app.documents.errors`.
        """
        receipt = Receipt(
            claims=claims, names=names, signed=signed, check_url=check_url, check_page=check_page
        )
        try:
            return self._maker.make(receipt)
        except CertificateError as refused:
            raise refusal(refused, source=None) from None


class SlipWorkshop:
    """The same library for slips of appointments, its errors translated."""

    def __init__(self, maker: SlipMaker) -> None:
        """Take who lays out."""
        self._maker = maker

    def slip(
        self,
        facts: Mapping[str, str],
        *,
        number: int,
        window: tuple[datetime, datetime],
        code: str,
        made_at: datetime,
    ) -> bytes:
        """Make the page of a slip.

        Raises:
            DomainError: BUSY; a kind of `app.documents.errors`.
        """
        starts_at, ends_at = window
        slip = Slip(
            facts=facts,
            number=number,
            starts_at=starts_at,
            ends_at=ends_at,
            code=code,
            made_at=made_at,
        )
        try:
            return self._maker.make(slip)
        except CertificateError as refused:
            raise refusal(refused, source=None) from None


class _Log:
    """Our log as the library asks it."""

    def __init__(self, find: Finder) -> None:
        self._find = find

    def find(self, sha256: str) -> LogEntry | None:
        logged = self._find(sha256)
        return None if logged is None else log_entry(logged)
