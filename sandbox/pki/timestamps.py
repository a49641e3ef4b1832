"""The timestamp authority: says that somebody had these bytes' hash at this moment (RFC 3161)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn1crypto import algos, core, tsp, x509

from sandbox.pki.refusals import UNREADABLE, NotReady, Refused
from sandbox.pki.tokens import token

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sandbox.pki.credentials import Credential, CredentialFile
    from sandbox.pki.serials import Serials

POLICY = "1.3.6.1.4.1.32473.3161.1"
"""Under the number that IANA keeps for examples (RFC 5612)."""
_LENGTHS = {"sha256": 32, "sha384": 48, "sha512": 64}
"""Digests that are stamped, with their bytes."""
_ACCURACY_SECONDS = 1


class TimestampAuthority:
    """Answers timestamp requests; thread-safe."""

    def __init__(
        self, *, file: CredentialFile, serials: Serials, clock: Callable[[], datetime]
    ) -> None:
        """Keep the parts.

        Args:
            file: its key and certificate.
            serials: of the tokens.
            clock: aware, UTC.
        """
        self._file = file
        self._serials = serials
        self._clock = clock

    def answer(self, body: bytes) -> bytes:
        """Return a TimeStampResp (DER); a request that is refused gets one too.

        A request is granted after these checks, in this order (RFC 3161, 2.4.2):
            1. it is a TimeStampReq (badDataFormat) of version 1 (badRequest);
            2. the digest is one that is not broken (badAlg) and of its length (badDataFormat);
            3. it asks for no policy or for ours (unacceptedPolicy);
            4. it has no extension: none is known here (unacceptedExtension);
            5. our own certificate holds now (timeNotAvailable).
        """
        try:
            request = _read(body)  # 1
            _check(request)  # 2, 3, 4
            return self._granted(request)
        except Refused as refused:
            return _refusal(refused.code)
        except NotReady:  # 5
            return _refusal("time_not_available")

    def _granted(self, request: tsp.TimeStampReq) -> bytes:
        now, credential = self._clock().replace(microsecond=0), self._file.credential()
        certificate = credential.certificate
        if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
            raise Refused(code="time_not_available")  # 5
        info = self._info(request, credential, now)
        signed = token(info, credential=credential, chain=bool(request["cert_req"].native))
        answer = {"status": {"status": "granted"}, "time_stamp_token": signed}
        der: bytes = tsp.TimeStampResp(answer).dump()
        return der

    def _info(
        self, request: tsp.TimeStampReq, credential: Credential, now: datetime
    ) -> tsp.TSTInfo:
        subject = credential.certificate.subject.public_bytes()
        members = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": request["message_imprint"],
            "nonce": request["nonce"].native,
            "serial_number": self._serials.next(),
            "gen_time": now,
            "accuracy": {"seconds": _ACCURACY_SECONDS},
            "tsa": x509.GeneralName("directory_name", x509.Name.load(subject)),
        }
        return tsp.TSTInfo({name: value for name, value in members.items() if value is not None})


def _read(body: bytes) -> tsp.TimeStampReq:
    try:
        request = tsp.TimeStampReq.load(body, strict=True)
        # Parsed to its leaves here, so that nothing below meets a malformed one.
        version = request.native["version"]
    except UNREADABLE as malformed:
        raise Refused(code="bad_data_format") from malformed
    if version != "v1":
        raise Refused(code="bad_request")
    return request


def _check(request: tsp.TimeStampReq) -> None:
    imprint = request["message_imprint"]
    algorithm = imprint["hash_algorithm"]["algorithm"]
    length = _LENGTHS.get(algorithm.native)
    # It goes into the token as it came, so it has to be written as DER wants.
    if length is None or algorithm.contents != algos.DigestAlgorithmId(algorithm.native).contents:
        raise Refused(code="bad_alg")
    if len(imprint["hashed_message"].native) != length:
        raise Refused(code="bad_data_format")
    if request["req_policy"].native not in {None, POLICY}:
        raise Refused(code="unaccepted_policy")
    if request["extensions"].native:
        raise Refused(code="unaccepted_extensions")


def _refusal(code: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {code}})
    # A TimeStampResp without its token, which the library's own type cannot be: one member alone.
    der: bytes = core.SequenceOf([status], spec=tsp.PKIStatusInfo).dump()
    return der
