# mypy: disable-error-code="no-untyped-call"
# pyHanko's objects are typed in part only.
"""What pyHanko says of a file: independent of our own reading, and able to read any PDF."""

import datetime as dt
import io
import struct
import zlib
from collections.abc import Hashable, Iterator, Sequence

from asn1crypto import crl, pem, x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.x509 import (
    InvalidVersion,
    load_der_x509_certificate,
    load_pem_x509_certificate,
)
from pyhanko.pdf_utils.generic import IndirectObject, StreamObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

from certificates.checking import Limits
from certificates.reading.chains import find_root
from certificates.reading.content import forbidden
from certificates.reading.pages import pages_obstacle
from certificates.verdicts import Inspection, Integrity, IssuerTrust

_DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"
# What a parser of hostile structures trips over; a list, so that a mistake of ours still shows.
_UNREADABLE = (
    PdfError,
    PathError,
    ValidationError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    AssertionError,
    NotImplementedError,
    RecursionError,
    EOFError,
    OSError,
    struct.error,
    zlib.error,
    UnsupportedAlgorithm,
    InvalidVersion,
)
_WITH_LISTS = CertRevTrustPolicy(
    RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CRL_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.CHECK_IF_DECLARED_SOFT,
    )
)
_NO_LIST = {AdESIndeterminate.TRY_LATER, AdESIndeterminate.REVOCATION_OUT_OF_BOUNDS_NO_POE}
_HARMLESS = {ModificationLevel.NONE, ModificationLevel.LTA_UPDATES}


class SecondOpinion:
    """pyHanko against given roots, without network."""

    def __init__(self, roots: Sequence[bytes]) -> None:
        """Keep the trusted roots (PEM)."""
        self._roots = [x509.Certificate.load(pem.unarmor(root)[2]) for root in roots]
        self._parsed = [load_pem_x509_certificate(root) for root in roots]

    def confirm(self, data: bytes, *, now: dt.datetime, crls: Sequence[bytes] = ()) -> Inspection:
        """Say whether a file that we read as intact is so: one signature, and nothing after it.

        Validation data and timestamps may follow, as pyHanko's own analysis of differences has it.
        """
        try:
            signatures = PdfFileReader(io.BytesIO(data)).embedded_regular_signatures
            wrong_number = _number(len(signatures))
            if wrong_number is not None:
                return Inspection(integrity=wrong_number)
            return self._judged(signatures[0], now=now, crls=crls, compare=True)
        except _UNREADABLE:
            return Inspection(integrity=Integrity.UNREADABLE)

    def examine(
        self, data: bytes, *, now: dt.datetime, limits: Limits, crls: Sequence[bytes] = ()
    ) -> Inspection:
        """Check a file of any form.

        Security checks, the first that fails decides:
            1. the structure can be read;
            2. it is not encrypted;
            3. it has no more objects and pages than the limits, and pages that can be counted;
            4. it contains nothing that certificates never do;
            5. there is exactly one signature;
            6. the signed bytes and the signature are unbroken;
            7. the signature covers the whole file but its own value: nothing was appended;
            8. the chain leads to a root of ours, holds now, is meant for documents, not revoked.
        """
        try:
            reader = PdfFileReader(io.BytesIO(data))
            obstacle = _obstacle(reader, limits)  # 2, 3, 4, 5
            if obstacle is not None:
                return Inspection(integrity=obstacle)
            signature = reader.embedded_signatures[0]
            return self._judged(signature, now=now, crls=crls, compare=False)
        except _UNREADABLE:  # 1
            return Inspection(integrity=Integrity.UNREADABLE)

    def _judged(
        self,
        signature: EmbeddedPdfSignature,
        *,
        now: dt.datetime,
        crls: Sequence[bytes],
        compare: bool,
    ) -> Inspection:
        status = validate_pdf_signature(
            signature,
            ValidationContext(
                trust_roots=self._roots,
                allow_fetching=False,
                moment=now,
                crls=[crl.CertificateList.load(der) for der in crls],
                revinfo_policy=_WITH_LISTS if crls else None,
            ),
            key_usage_settings=KeyUsageConstraints(
                key_usage={"non_repudiation"}, extd_key_usage={_DOCUMENT_SIGNING}
            ),
            skip_diff=not compare,
        )
        if not (status.intact and status.valid):  # 6
            return Inspection(integrity=Integrity.SIGNATURE_BROKEN)
        integrity = Integrity.INTACT if _whole(status) else Integrity.CHANGED_AFTER_SIGNING  # 7
        issuer = _trust(status, now=now)  # 8
        if issuer is IssuerTrust.SIGNER_UNFIT and not self._touches(signature):
            issuer = IssuerTrust.FOREIGN_ROOT
        return Inspection(integrity=integrity, issuer=issuer)

    def _touches(self, signature: EmbeddedPdfSignature) -> bool:
        """Tell whether a root signed any of the certificates: pyHanko looks at their use first."""
        known = [signature.signer_cert, *signature.other_embedded_certs]
        loaded = [load_der_x509_certificate(one.dump()) for one in known]
        return any(find_root([one], self._parsed) is not None for one in loaded)


def _obstacle(reader: PdfFileReader, limits: Limits) -> Integrity | None:
    if reader.encrypted:  # 2
        return Integrity.ENCRYPTED
    numbers = _references(reader)
    if len(numbers) > limits.objects:  # 3
        return Integrity.TOO_MANY_OBJECTS
    wrong_pages = pages_obstacle(reader.root, follow=_follow, limit=limits.pages)
    if wrong_pages is not None:
        return wrong_pages
    found = forbidden(_objects(reader, numbers), resolve=_resolve)  # 4
    return found or _number(len(reader.embedded_signatures))  # 5


def _number(signatures: int) -> Integrity | None:
    if signatures == 1:
        return None
    return Integrity.SEVERAL_SIGNATURES if signatures else Integrity.UNSIGNED


def _references(reader: PdfFileReader) -> set[tuple[int, int]]:
    revisions = range(reader.xrefs.total_revisions)
    return {
        (one.idnum, one.generation)
        for revision in revisions
        for one in reader.xrefs.explicit_refs_in_revision(revision)
    }


def _objects(reader: PdfFileReader, numbers: set[tuple[int, int]]) -> Iterator[tuple[object, bool]]:
    for number, generation in sorted(numbers):
        found = IndirectObject(number, generation, reader).get_object()
        yield found, isinstance(found, StreamObject)


def _resolve(value: object) -> object:
    return value.get_object() if isinstance(value, IndirectObject) else value


def _follow(value: object) -> tuple[Hashable, object]:
    if isinstance(value, IndirectObject):
        return (value.idnum, value.generation), value.get_object()
    return id(value), value


def _whole(status: PdfSignatureStatus) -> bool:
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return True
    revision = status.coverage == SignatureCoverageLevel.ENTIRE_REVISION
    return revision and status.modification_level in _HARMLESS


def _trust(status: PdfSignatureStatus, *, now: dt.datetime) -> IssuerTrust:
    if status.trusted:
        return IssuerTrust.TRUSTED
    if status.trust_problem_indic is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        return IssuerTrust.FOREIGN_ROOT
    if status.trust_problem_indic in _NO_LIST:
        return IssuerTrust.REVOCATION_UNKNOWN
    return IssuerTrust.SIGNER_REVOKED if status.revoked else _unfit(status, now=now)


def _unfit(status: PdfSignatureStatus, *, now: dt.datetime) -> IssuerTrust:
    if now < status.signing_cert.not_valid_before:
        return IssuerTrust.SIGNER_NOT_YET_VALID
    if now > status.signing_cert.not_valid_after:
        return IssuerTrust.SIGNER_EXPIRED
    return IssuerTrust.SIGNER_UNFIT
