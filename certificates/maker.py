"""Makes certificates: collects the facts, lays out the page, signs it."""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec

from certificates.catalogue import Catalogue
from certificates.check_codes import normalise_check_code
from certificates.check_token import CheckToken, sign_check_token
from certificates.evidence import Evidence
from certificates.moments import SHANGHAI
from certificates.numbers import CertificateNumber
from certificates.pki import Pki
from certificates.press.press import Press
from certificates.render import Renderer
from certificates.results import MadeCertificate
from certificates.signing import sign_pdf
from certificates.statement import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be certified."""

    type_code: str
    certificate_id: str
    """Opaque; goes into the address behind the QR."""
    serial: str
    """1 to 22 of 0–9 and A–Z, unique for the type and its department."""
    check_code: str = field(repr=False)
    """From `check_codes.new_check_code()`."""
    evidence: Mapping[str, Evidence]
    """By source: what it said."""
    issued_at: dt.datetime
    version: int = 1
    """The next version of a serial supersedes the one before."""


class CertificateMaker:
    """Keep one in a process; thread-safe. A page takes 2 to 15 ms, a signature under 1 ms."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        pki: Pki,
        check_key: ec.EllipticCurvePrivateKey,
        check_base_url: str,
        renderer: Renderer | None = None,
    ) -> None:
        """Take a renderer, or read the fonts for one (about 50 ms).

        Args:
            catalogue: the kinds of certificates.
            pki: signatories of the departments.
            check_key: P-256; signs the tokens in QR codes and nothing else.
            check_base_url: scheme and host of the public check page.
            renderer: of the catalogue's home, where a process has one already.
        """
        self._catalogue = catalogue
        self._pki = pki
        self._check_key = check_key
        self._base = check_base_url.rstrip("/")
        self._press = Press(catalogue.home, renderer=renderer)

    def make(self, order: Order) -> MadeCertificate:
        """Make one certificate.

        Raises:
            CertificateError: TYPE_UNKNOWN, those of `CertificateType.facts`,
                IMAGE_INVALID, GLYPH_MISSING, RENDER_FAILED, NUMBER_INVALID, CHECK_CODE_INVALID
                and those of the keys.
        """
        kind = self._catalogue.get(order.type_code)
        statement = self.statement(order)
        printed = statement.page()
        page = self._press.pdf(kind.template, printed, created=statement.issued_at)
        signatory = self._pki.signatory(kind.department, now=order.issued_at)
        pdf = sign_pdf(
            page,
            signatory=signatory,
            signed_at=statement.issued_at,
            field_label=f"{kind.department.names.zh} 电子签名 Electronic signature",
        )
        return MadeCertificate(
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            document=printed["document"].encode(),
            number=statement.number,
            titles=kind.titles,
            issued_at=statement.issued_at,
            valid_until=statement.valid_until,
            provisional=statement.facts.provisional,
            check_url=statement.check_url,
            signer=signatory.fingerprint,
        )

    def statement(self, order: Order) -> Statement:
        """Return what a certificate would say, without making it.

        Raises:
            CertificateError: as `make`, save those of pages and keys.
        """
        kind = self._catalogue.get(order.type_code)
        issued = order.issued_at.astimezone(SHANGHAI).replace(microsecond=0)
        number = CertificateNumber(
            type_code=kind.spec.number_code,
            issuer=kind.department.uscc,
            serial=order.serial,
            version=order.version,
        )
        code = normalise_check_code(order.check_code)
        return Statement(
            kind=kind,
            facts=kind.facts(order.evidence, now=order.issued_at),
            as_of={source: one.as_of for source, one in order.evidence.items()},
            number=str(number),
            check_code=code,
            check_page=f"{self._base}/check",
            check_url=self._check_url(order.certificate_id, code, issued, kind.validity),
            issued_at=issued,
            valid_until=issued + kind.validity,
        )

    def _check_url(
        self, certificate_id: str, code: str, issued: dt.datetime, validity: dt.timedelta
    ) -> str:
        token = CheckToken(
            certificate_id=certificate_id,
            check_code=code,
            issued_at=issued,
            valid_until=issued + validity,
        )
        signed = sign_check_token(token, key=self._check_key)
        query = urlencode({"id": certificate_id, "code": code, "t": signed})
        return f"{self._base}/check?{query}"
