"""Looks into an uploaded PDF with pyHanko: one signature, the whole file, a chain of ours.

Hostile input: use it through `workers.Inspectors`, which puts it into a process with limits.
"""

import datetime as dt
import io
import struct
import zlib
from collections.abc import Sequence

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from certificates.checking import Limits
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
)


class PdfInspector:
    """Checks signatures against given roots; fetches nothing from any network."""

    def __init__(self, roots: Sequence[bytes]) -> None:
        """Keep the trusted roots.

        Args:
            roots: PEM certificates; with none, no signature is trusted.
        """
        self._roots = [x509.Certificate.load(pem.unarmor(root)[2]) for root in roots]

    def inspect(self, data: bytes, *, now: dt.datetime, limits: Limits) -> Inspection:
        """Check a file.

        Security checks, the first that fails decides:
            1. the structure can be read;
            2. it is not encrypted;
            3. it has no more pages than the limit;
            4. there is exactly one signature;
            5. the signed bytes and the signature are unbroken;
            6. the signature covers the whole file but its own value: nothing was appended;
            7. the chain leads to a root of ours, holds now, and is meant for documents.

        Args:
            data: the file.
            now: aware; the moment at which the chain must hold.
            limits: for the file.
        """
        try:
            reader = PdfFileReader(io.BytesIO(data))
            obstacle = _obstacle(reader, limits)  # 2, 3, 4
            if obstacle is not None:
                return Inspection(integrity=obstacle)
            return self._judged(reader.embedded_signatures[0], now=now)
        except _UNREADABLE:  # 1
            return Inspection(integrity=Integrity.UNREADABLE)

    def _judged(self, signature: EmbeddedPdfSignature, *, now: dt.datetime) -> Inspection:
        status = validate_pdf_signature(
            signature,
            ValidationContext(trust_roots=self._roots, allow_fetching=False, moment=now),
            key_usage_settings=KeyUsageConstraints(
                key_usage={"non_repudiation"}, extd_key_usage={_DOCUMENT_SIGNING}
            ),
            skip_diff=True,
        )
        if not (status.intact and status.valid):  # 5
            return Inspection(integrity=Integrity.SIGNATURE_BROKEN)
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE  # 6
        integrity = Integrity.INTACT if whole else Integrity.CHANGED_AFTER_SIGNING
        return Inspection(integrity=integrity, issuer=_trust(status, now=now))  # 7


def _obstacle(reader: PdfFileReader, limits: Limits) -> Integrity | None:
    if reader.encrypted:  # 2
        return Integrity.ENCRYPTED
    if not 0 <= int(reader.root["/Pages"]["/Count"]) <= limits.pages:  # 3
        return Integrity.TOO_MANY_PAGES
    found = len(reader.embedded_signatures)  # 4
    if found != 1:
        return Integrity.SEVERAL_SIGNATURES if found else Integrity.UNSIGNED
    return None


def _trust(status: PdfSignatureStatus, *, now: dt.datetime) -> IssuerTrust:
    if status.trusted:
        return IssuerTrust.TRUSTED
    if status.trust_problem_indic is AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND:
        return IssuerTrust.FOREIGN_ROOT
    if now < status.signing_cert.not_valid_before:
        return IssuerTrust.SIGNER_NOT_YET_VALID
    if now > status.signing_cert.not_valid_after:
        return IssuerTrust.SIGNER_EXPIRED
    return IssuerTrust.SIGNER_UNFIT
