"""Makes a B-LTA file of a B-B one: timestamp, proof of validity, timestamp over all of it.

Three incremental updates (ETSI EN 319 142-1, 6.3): what was issued stays in the file byte for byte.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from certificates.errors import CertificateError, ErrorCode
from certificates.longterm.evidence import Evidence, Gatherer
from certificates.longterm.services import Services
from certificates.longterm.stamping import Stamp
from certificates.longterm.updates import Update
from certificates.longterm.validation import validate

_LARGEST = 5_000_000
_LABEL = "可信时间戳 Trusted timestamp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgraded:
    """A file that can be judged for as long as its last timestamp is good, and what to log."""

    pdf: bytes = field(repr=False)
    sha256: str
    """Of the file, 64 hex digits: the log's second key to the certificate."""
    stamped_at: dt.datetime
    """The trusted time of the signature, UTC."""


class Upgrader:
    """Keep one in a process. An upgrade takes about 0.3 s beside the services' own time."""

    def __init__(self, services: Services, *, roots: Sequence[bytes]) -> None:
        """Keep the services and the roots.

        Args:
            services: asks the services of the settings.
            roots: PEM, each of one or more; of signing certificates and of the timestamp authority.

        Raises:
            ValueError: not certificates.
        """
        self._services = services
        self._roots = [one for root in roots for one in certificates_of(root)]

    def upgrade(self, pdf: bytes, *, now: dt.datetime) -> Upgraded:
        """Upgrade a file.

        Security checks:
            1. the file has a size we make, one signature, and nothing after it;
            2. its signature gets a trusted time, before anything else is asked;
            3. nothing in its chain, nor in the timestamp's, was revoked by then;
            4. the file that results is judged as any reader would, offline, and must pass;
            5. it begins with the file that was given, byte for byte.

        Args:
            pdf: as it was issued.
            now: aware.

        Raises:
            CertificateError: UPGRADE_REFUSED, SIGNER_REVOKED; AUTHORITY_UNAVAILABLE and
                AUTHORITY_INVALID, with which it may go better later.
        """
        signature = _signature(pdf)  # 1
        first, second = (Stamp(self._services, now=now) for _ in range(2))
        try:
            timed = first.stamped(pdf, field="Timestamp1", label=_LABEL)  # 2
            proved = _with_evidence(timed, self._evidence(signature, first))  # 3
            archived = second.stamped(proved, field="Timestamp2", label=_LABEL)
        except (PdfError, SigningError) as unfit:
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, type(unfit).__name__) from None
        # Time went on meanwhile, and the other clock may be a little ahead of ours.
        judged = validate(archived, roots=self._roots, now=max(now, second.at))
        if not judged.passed:  # 4
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, judged.finding)
        if not archived.startswith(pdf):  # 5
            raise CertificateError(ErrorCode.UPGRADE_REFUSED, "the original changed")
        digest = hashlib.sha256(archived).hexdigest()
        return Upgraded(pdf=archived, sha256=digest, stamped_at=first.at)

    def _evidence(self, signature: EmbeddedPdfSignature, stamp: Stamp) -> Evidence:
        return Gatherer(self._services, roots=self._roots).gather(
            signer=signature.signer_cert,
            stamper=stamp.certificates[0],
            known=[*signature.other_embedded_certs, *stamp.certificates[1:]],
        )


def certificates_of(bundle: bytes) -> list[x509.Certificate]:
    """Return the certificates of a PEM text.

    Raises:
        ValueError: it holds none, or something else.
    """
    found = [x509.Certificate.load(der) for _, _, der in pem.unarmor(bundle, multiple=True)]
    for one in found:
        one.native  # noqa: B018 - parsed to its leaves, or refused
    return found


def _signature(pdf: bytes) -> EmbeddedPdfSignature:
    if len(pdf) > _LARGEST:
        raise CertificateError(ErrorCode.UPGRADE_REFUSED, "too large")
    try:
        found: list[EmbeddedPdfSignature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if len(found) != 1:
            raise CertificateError(ErrorCode.UPGRADE_REFUSED, "not one signature")
        whole = found[0].evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    except (PdfError, ValueError) as unreadable:
        raise CertificateError(ErrorCode.UPGRADE_REFUSED, "unreadable") from unreadable
    if not whole:
        raise CertificateError(ErrorCode.UPGRADE_REFUSED, "something after the signature")
    return found[0]


def _with_evidence(pdf: bytes, evidence: Evidence) -> bytes:
    update = Update(pdf)
    DocumentSecurityStore.supply_dss_in_writer(
        update,
        None,
        certs=evidence.certificates,
        ocsps=evidence.answers,
        crls=evidence.lists,
    )
    return update.written()
