"""Proof that the certificates of a chain were not revoked: OCSP answers and lists."""

import itertools
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from asn1crypto import crl, ocsp, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp as pyca_ocsp

from certificates.errors import CertificateError, ErrorCode
from certificates.longterm.services import Services, ask

_LONGEST_CHAIN = 5
_NONCE_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that a reader needs to judge some certificates without asking anybody."""

    certificates: tuple[x509.Certificate, ...]
    """Without the roots, which every reader must have from elsewhere."""
    answers: tuple[ocsp.OCSPResponse, ...]
    lists: tuple[crl.CertificateList, ...]


class _Revoked(Exception):  # noqa: N818 - reads as what happened
    """A certificate of a chain was revoked."""


class Gatherer:
    """Finds chains and asks about their members."""

    def __init__(self, services: Services, *, roots: Sequence[x509.Certificate]) -> None:
        """Keep the services, and the roots that chains must end at."""
        self._services = services
        self._roots = roots

    def gather(
        self,
        *,
        signer: x509.Certificate,
        stamper: x509.Certificate,
        known: Iterable[x509.Certificate],
    ) -> Evidence:
        """Collect the proof for these two certificates and all above them.

        A certificate that names a responder is asked about at ours: whatever address it names is
        not called. One that names none, or that ours does not know, is looked up in the list of
        its issuer. Whether answers and lists are signed by who may, `validation`
        decides later, on the whole file.

        Args:
            signer: whose signature it is.
            stamper: who gave it its time.
            known: where issuers are looked for.

        Raises:
            CertificateError: SIGNER_REVOKED; AUTHORITY_UNAVAILABLE; AUTHORITY_INVALID, also for a
                timestamp authority that was revoked.
        """
        pool = tuple(known)
        chains = [self._chain(leaf, pool) for leaf in (signer, stamper)]
        lists = _Lists(ask(self._services.lists))
        codes = (ErrorCode.SIGNER_REVOKED, ErrorCode.AUTHORITY_INVALID)
        answers: list[ocsp.OCSPResponse] = []
        for chain, code in zip(chains, codes, strict=True):
            try:
                answers += self._answers(chain, lists)
            except _Revoked:
                raise CertificateError(code, "revoked") from None
        below = {one.dump(): one for chain in chains for one in chain[:-1]}
        return Evidence(
            certificates=tuple(below.values()), answers=tuple(answers), lists=lists.used()
        )

    def _answers(
        self, chain: Sequence[x509.Certificate], lists: "_Lists"
    ) -> Iterator[ocsp.OCSPResponse]:
        """Ask about each member; what the responder does not know, the lists have to."""
        for one, issuer in itertools.pairwise(chain):
            answer = self._asked(one, issuer) if one.ocsp_urls else None
            if answer is None:
                lists.vouch(one, issuer)
            else:
                yield answer

    def _chain(
        self, leaf: x509.Certificate, pool: Iterable[x509.Certificate]
    ) -> list[x509.Certificate]:
        """Return the certificates from a leaf up to a root of ours, both included."""
        chain, candidates = [leaf], (*self._roots, *pool)
        while chain[-1] not in self._roots:
            above = next((one for one in candidates if _issued(chain[-1], by=one)), None)
            if above is None or len(chain) == _LONGEST_CHAIN:
                raise CertificateError(ErrorCode.AUTHORITY_INVALID, "a chain without our root")
            chain.append(above)
        return chain

    def _asked(self, one: x509.Certificate, issuer: x509.Certificate) -> ocsp.OCSPResponse | None:
        """Ask the responder; None: it knows nothing of this certificate."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        certificate, above = (pyca.load_der_x509_certificate(each.dump()) for each in (one, issuer))
        # SHA-1 is only a name here, and the one every responder knows (RFC 6960, 4.3).
        request = (
            pyca_ocsp.OCSPRequestBuilder()
            .add_certificate(certificate, above, hashes.SHA1())  # noqa: S303
            .add_extension(pyca.OCSPNonce(nonce), critical=False)
            .build()
        )
        der = request.public_bytes(serialization.Encoding.DER)
        return _answer(ask(lambda: self._services.status(der)), one.serial_number, nonce)


class _Lists:
    """The CRLs that were fetched, and which of them were of use."""

    def __init__(self, fetched: Iterable[bytes]) -> None:
        try:
            self._all = [crl.CertificateList.load(one, strict=True) for one in fetched]
        except (ValueError, TypeError) as malformed:
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, "list") from malformed
        self._used: dict[bytes, crl.CertificateList] = {}

    def vouch(self, one: x509.Certificate, issuer: x509.Certificate) -> None:
        """Refuse a certificate that its issuer's list names, or that no list is about."""
        about = [each for each in self._all if each.issuer == issuer.subject]
        if not about:
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, "nothing known of a certificate")
        for each in about:
            revoked = each["tbs_cert_list"]["revoked_certificates"]
            if one.serial_number in {entry["user_certificate"].native for entry in revoked or ()}:
                raise _Revoked
            self._used[each.dump()] = each

    def used(self) -> tuple[crl.CertificateList, ...]:
        return tuple(self._used.values())


def _answer(der: bytes, serial: int, nonce: bytes) -> ocsp.OCSPResponse | None:
    try:
        response = ocsp.OCSPResponse.load(der, strict=True)
        code = response["response_status"].native
        if code != "successful":
            raise CertificateError(_code_of(code), "responder")
        (single,) = response.response_data["responses"]
        given = response.nonce_value
        repeated = given is None or given.native == nonce
        if not repeated or single["cert_id"]["serial_number"].native != serial:
            raise CertificateError(ErrorCode.AUTHORITY_INVALID, "answer to another question")
        standing = single["cert_status"].name
    except (ValueError, TypeError, KeyError, AttributeError) as malformed:
        raise CertificateError(ErrorCode.AUTHORITY_INVALID, "responder") from malformed
    if standing == "revoked":
        raise _Revoked
    return response if standing == "good" else None


def _code_of(status: str) -> ErrorCode:
    passing = status in {"try_later", "internal_error"}
    return ErrorCode.AUTHORITY_UNAVAILABLE if passing else ErrorCode.AUTHORITY_INVALID


def _issued(one: x509.Certificate, *, by: x509.Certificate) -> bool:
    if one.issuer != by.subject or not by.ca:
        return False
    wanted, has = one.authority_key_identifier, by.key_identifier
    return wanted is None or has is None or bool(wanted == has)
