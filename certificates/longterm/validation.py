"""The second opinion on an upgraded file: pyHanko's, told by nothing but the file and the roots.

From the last timestamp back to the signature each is judged at the time that the next one proves
(ETSI EN 319 102-1, 5.6.3), with the proof the file carries (EN 319 142-1, 5.4).
"""

import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

_STAMPS = 2
"""At least: one for the signature, one for the proof."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LongTerm:
    """What a file's signature is worth in the long run."""

    passed: bool
    """Good, by who may, proved not revoked, and nothing but proof added since."""
    finding: str
    """PASSED, or what did not hold."""
    stamped_at: dt.datetime | None = None
    """The earliest trusted time at which the signature was there."""


class _Refused(Exception):  # noqa: N818 - reads as what happened
    """A part does not hold; the text says which."""


def validate(pdf: bytes, *, roots: Sequence[x509.Certificate], now: dt.datetime) -> LongTerm:
    """Judge the only signature of a file without asking anybody.

    Security checks:
        1. one signature, then two timestamps or more, the last of which covers the whole file;
        2. nothing but timestamps and proof was added after the signature;
        3. each timestamp is good, by an authority below the roots, with proof that it was not
           revoked; the last one's certificate has not ended;
        4. the signature is good, by a certificate for it below the roots that was good, and proved
           not to be revoked, at the time of the first timestamp.

    That certificates end or are revoked later does no harm, but for the last timestamp's: a file
    needs another one before that (`docs/signing.md`).

    Args:
        pdf: the file; one of ours, not an upload: nothing here limits what it costs.
        roots: whom to trust, for signatures and timestamps alike.
        now: aware; the moment of judging.
    """
    try:
        reader = PdfFileReader(io.BytesIO(pdf))
        signature, stamps = _parts(reader)  # 1
        proof = DocumentSecurityStore.read_dss(reader)
        first = _first_time(stamps, proof, roots, now=now)  # 3
        _expect_good(signature, _at(first, proof, roots))  # 2, 4
    except _Refused as refused:
        return LongTerm(passed=False, finding=str(refused))
    except (PdfError, SignatureValidationError, ValidationError, PathError, ValueError) as broken:
        return LongTerm(passed=False, finding=type(broken).__name__)
    return LongTerm(passed=True, finding="PASSED", stamped_at=first)


def _parts(reader: PdfFileReader) -> tuple[EmbeddedPdfSignature, list[EmbeddedPdfSignature]]:
    signatures = reader.embedded_regular_signatures
    stamps = sorted(reader.embedded_timestamp_signatures, key=lambda one: one.signed_revision)
    if len(signatures) != 1 or len(stamps) < _STAMPS:
        msg = "not one signature and two timestamps"
        raise _Refused(msg)
    if stamps[0].signed_revision < signatures[0].signed_revision:
        msg = "a timestamp before the signature"
        raise _Refused(msg)
    if stamps[-1].evaluate_signature_coverage() != SignatureCoverageLevel.ENTIRE_FILE:
        msg = "something after the last timestamp"
        raise _Refused(msg)
    return signatures[0], stamps


def _first_time(
    stamps: Sequence[EmbeddedPdfSignature],
    proof: DocumentSecurityStore,
    roots: Sequence[x509.Certificate],
    *,
    now: dt.datetime,
) -> dt.datetime:
    """Return the first timestamp's time, once all of them hold."""
    last = stamps[-1]
    if now > last.signer_cert.not_valid_after:
        msg = "the last timestamp's certificate has ended"
        raise _Refused(msg)
    # The last one has only itself to tell its time.
    content = last.signed_data["encap_content_info"]["content"]
    moment: dt.datetime = content.parsed["gen_time"].native
    for stamp in reversed(stamps):
        status = validate_pdf_timestamp(stamp, _at(moment, proof, roots))
        if not (status.intact and status.valid and status.trusted):
            msg = "a timestamp does not hold"
            raise _Refused(msg)
        if status.timestamp > now or status.timestamp > moment:
            msg = "timestamps out of order"
            raise _Refused(msg)
        moment = status.timestamp
    return moment


def _expect_good(signature: EmbeddedPdfSignature, context: ValidationContext) -> None:
    status = validate_pdf_signature(
        signature, context, key_usage_settings=KeyUsageConstraints(key_usage={"non_repudiation"})
    )
    if not (status.intact and status.valid and status.trusted):
        msg = "the signature does not hold"
        raise _Refused(msg)
    level = status.modification_level
    if level is None or level > ModificationLevel.LTA_UPDATES:
        msg = "something else was added"
        raise _Refused(msg)


def _at(
    moment: dt.datetime, proof: DocumentSecurityStore, roots: Sequence[x509.Certificate]
) -> ValidationContext:
    settings = {
        "trust_roots": list(roots),
        "allow_fetching": False,
        "moment": moment,
        "revocation_mode": "require",
        # Proof is newer than what it proves; no certificate is ever suspended and taken back.
        "retroactive_revinfo": True,
    }
    return proof.as_validation_context(settings)
