"""The OCSP responder: tells of one certificate whether it was revoked (RFC 6960)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Self

from asn1crypto import ocsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sandbox.pki.refusals import UNREADABLE, NotReady, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cryptography.x509 import Certificate

    from sandbox.pki.credentials import Credential, CredentialFile
    from sandbox.pki.register import Reading, Register

_LIFE = timedelta(hours=1)
_MOST_QUESTIONS = 8
_NONCE_BYTES = range(1, 33)
"""RFC 8954, 2.1."""
_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
"""With which a question may name the authority; SHA-1 is only a name here (RFC 6960, 4.3)."""


class Responder:
    """Answers OCSP requests; thread-safe."""

    def __init__(
        self, *, file: CredentialFile, register: Register, clock: Callable[[], datetime]
    ) -> None:
        """Keep the parts.

        Args:
            file: its own key, and the certificate by which the authority lets it answer.
            register: the authority's record.
            clock: aware, UTC.
        """
        self._file = file
        self._register = register
        self._clock = clock

    def answer(self, body: bytes) -> bytes:
        """Return an OCSPResponse (DER); what cannot be answered gets a status of its own.

        malformedRequest for what is no request, or asks for more than eight; unauthorized where an
        authority is named by another digest than SHA-1 or SHA-256; tryLater while there is no
        certificate or no record. A certificate of another authority, or a number that was never
        given out, is unknown. A request's signature is not looked at.
        """
        try:
            questions, nonce = _read(body)
            basic = self._basic(questions, nonce)
        except Refused as refused:
            return _status(refused.code)
        except NotReady:
            return _status("try_later")
        answer = {"response_type": "basic_ocsp_response", "response": basic}
        der: bytes = ocsp.OCSPResponse(
            {"response_status": "successful", "response_bytes": answer}
        ).dump()
        return der

    def _basic(self, questions: list[_Question], nonce: bytes | None) -> ocsp.BasicOCSPResponse:
        credential, reading = self._file.credential(), self._register.read()
        certificate = x509.Certificate.load(
            credential.certificate.public_bytes(serialization.Encoding.DER)
        )
        members = {
            "responder_id": ocsp.ResponderId("by_key", certificate.public_key.sha1),
            "produced_at": self._clock().replace(microsecond=0),
            "responses": [_single(one, credential, reading) for one in questions],
        }
        if nonce is not None:
            members["response_extensions"] = [{"extn_id": "nonce", "extn_value": nonce}]
        data = ocsp.ResponseData(members)
        return ocsp.BasicOCSPResponse(
            {
                "tbs_response_data": data,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": credential.key.sign(data.dump(), ec.ECDSA(hashes.SHA256())),
                "certs": [certificate],
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Which certificate is meant."""

    digest: str
    name_hash: bytes
    key_hash: bytes
    serial: int

    @classmethod
    def read(cls, asked: ocsp.CertId) -> Self:
        return cls(
            digest=asked["hash_algorithm"]["algorithm"].native,
            name_hash=asked["issuer_name_hash"].native,
            key_hash=asked["issuer_key_hash"].native,
            serial=asked["serial_number"].native,
        )

    @property
    def cert_id(self) -> dict[str, object]:
        """The same, written anew: a sloppy question gets a proper answer."""
        return {
            "hash_algorithm": {"algorithm": self.digest},
            "issuer_name_hash": self.name_hash,
            "issuer_key_hash": self.key_hash,
            "serial_number": self.serial,
        }

    def about(self, authority: Certificate) -> bool:
        """Whether the authority is named."""
        digest = _DIGESTS[self.digest]
        issuing = x509.Certificate.load(authority.public_bytes(serialization.Encoding.DER))
        # The key's bits without their tag and length (RFC 6960, 4.1.1).
        key = bytes(issuing.public_key["public_key"])
        named = digest(issuing.subject.dump()).digest(), digest(key).digest()
        return (self.name_hash, self.key_hash) == named


def _read(body: bytes) -> tuple[list[_Question], bytes | None]:
    try:
        request = ocsp.OCSPRequest.load(body, strict=True)
        listed = request["tbs_request"]["request_list"]
        # Parsed to its leaves here, so that nothing below meets a malformed one.
        _ = request.native
        nonce = request.nonce_value
        questions = [_Question.read(one["req_cert"]) for one in listed]
    except UNREADABLE as malformed:
        raise Refused(code="malformed_request") from malformed
    if not 1 <= len(questions) <= _MOST_QUESTIONS:
        raise Refused(code="malformed_request")
    if any(one.digest not in _DIGESTS for one in questions):
        raise Refused(code="unauthorized")
    given = None if nonce is None else nonce.native
    if given is not None and len(given) not in _NONCE_BYTES:
        raise Refused(code="malformed_request")
    return questions, given


def _single(question: _Question, credential: Credential, reading: Reading) -> dict[str, object]:
    at = reading.at.replace(microsecond=0)
    return {
        "cert_id": question.cert_id,
        "cert_status": _standing(question, credential, reading),
        "this_update": at,
        "next_update": at + _LIFE,
    }


def _standing(question: _Question, credential: Credential, reading: Reading) -> ocsp.CertStatus:
    if not question.about(credential.issuing) or question.serial not in reading.issued:
        return ocsp.CertStatus("unknown", ocsp.StatusUnknown())
    revoked = reading.revoked.get(question.serial)
    if revoked is None:
        return ocsp.CertStatus("good", ocsp.StatusGood())
    told: dict[str, object] = {"revocation_time": revoked.at}
    if revoked.reason != "unspecified":
        told["revocation_reason"] = revoked.reason
    return ocsp.CertStatus("revoked", ocsp.RevokedInfo(told))


def _status(code: str) -> bytes:
    der: bytes = ocsp.OCSPResponse({"response_status": code}).dump()
    return der
