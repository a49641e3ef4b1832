"""Document timestamps, each one incremental update (ETSI EN 319 142-1, 5.4.3; RFC 3161)."""

import datetime as dt
import io
from typing import Any

from asn1crypto import tsp, x509
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import TimeStamper

from certificates.errors import CertificateError, ErrorCode
from certificates.longterm.services import Services, ask
from certificates.longterm.updates import Update

_ROOM = 16_384
"""Hex digits kept for a token: 8 KB, five times what one with two certificates takes."""
_LATE = dt.timedelta(minutes=5)
_GRANTED = frozenset({"granted", "granted_with_mods"})


class Stamp:
    """One timestamp: asks for it, and remembers what came."""

    def __init__(self, services: Services, *, now: dt.datetime) -> None:
        """Keep the parts; see `stamped`."""
        self._services = services
        self._now = now
        self.at = now
        """The time in the token."""
        self.certificates: tuple[x509.Certificate, ...] = ()
        """The certificates in the token, the authority's own first."""

    def stamped(self, pdf: bytes, *, field: str, label: str) -> bytes:
        """Return the file with a document timestamp appended.

        Security checks; whether the signature is good and by whom, `validation` decides later:
            1. the request was granted;
            2. the token is about our digest, and repeats the number drawn for this request, so
               that an older token cannot be sent again;
            3. its time is ours, within five minutes;
            4. the certificate of who signed it is inside.

        Args:
            pdf: all of it is stamped.
            field: name of the new field.
            label: what screen readers say of it.

        Raises:
            CertificateError: AUTHORITY_UNAVAILABLE, AUTHORITY_INVALID.
        """
        stamper = PdfTimeStamper(
            _Stamper(self._answer), field_name=field, readable_field_name=label
        )
        out = io.BytesIO()
        stamper.timestamp_pdf(Update(pdf), "sha256", bytes_reserved=_ROOM, output=out)
        return out.getvalue()

    def _answer(self, request: tsp.TimeStampReq) -> tsp.TimeStampResp:
        answer = ask(lambda: self._services.timestamp(request.dump()))
        try:
            response = tsp.TimeStampResp.load(answer, strict=True)
            # Read by itself: a refusal has nothing after it.
            status = tsp.PKIStatusInfo.load(response.contents)
            if status["status"].native not in _GRANTED:  # 1
                raise CertificateError(ErrorCode.AUTHORITY_UNAVAILABLE, "timestamp refused")
            self._accept(response["time_stamp_token"]["content"], request)
        except (ValueError, TypeError, KeyError, LookupError, AttributeError) as malformed:
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, "timestamp") from malformed
        return response

    def _accept(self, signed: Any, request: tsp.TimeStampReq) -> None:  # noqa: ANN401 - asn1crypto
        info = signed["encap_content_info"]["content"].parsed
        about = info["message_imprint"].native == request["message_imprint"].native
        if not about or info["nonce"].native != request["nonce"].native:  # 2
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, "token of another request")
        self.at = info["gen_time"].native
        if abs(self.at - self._now) > _LATE:  # 3
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, "token of another time")
        (signer,) = signed["signer_infos"]
        found = [one.chosen for one in signed["certificates"]]
        own = [one for one in found if _signed(signer, one)]
        if len(own) != 1:  # 4
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, "token without its certificate")
        self.certificates = (*own, *(one for one in found if one is not own[0]))


class _Stamper(TimeStamper):
    """pyHanko's side of a timestamp, with our way to ask."""

    def __init__(self, answer: Any) -> None:  # noqa: ANN401 - a bound method
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]
        self._answer = answer

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        return self._answer(req)


def _signed(signer: Any, certificate: x509.Certificate) -> bool:  # noqa: ANN401 - asn1crypto
    chosen = signer["sid"].chosen
    if signer["sid"].name == "subject_key_identifier":
        return bool(chosen.native == certificate.key_identifier)
    serial = chosen["serial_number"].native
    return bool(chosen["issuer"] == certificate.issuer and serial == certificate.serial_number)
