"""The door to the certificates library: makes and reads credentials."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from app.core.clock import Clock
from app.credentials import errors
from app.credentials.records import (
    Claim,
    CredentialKind,
    CredentialOrder,
    Fault,
    Shown,
    SignedCredential,
    Wanted,
    Words,
)
from certificates.attached import read_statement
from certificates.catalogue import Catalogue
from certificates.credentials import refusals
from certificates.credentials.issuing import Credential, CredentialSigner, issue_credential
from certificates.credentials.jws import algorithm_name
from certificates.credentials.kinds import descriptions, hidden_groups, open_claims
from certificates.credentials.presenting import Expectation, Presented, check_presentation
from certificates.departments import Bilingual, Department
from certificates.errors import CertificateError
from certificates.pki import Pki
from certificates.signatory import Signatory
from certificates.signers import PublicKey
from certificates.spec.kind import CertificateType

_FRESH: Final = timedelta(minutes=5)
"""How old the holder's signature on a presentation may be."""
_LEEWAY: Final = timedelta(minutes=1)
"""How far ahead of ours a phone's clock may be."""
_PARTS: Final[Mapping[refusals.Part, tuple[str, str]]] = {
    refusals.Part.SIZE: ("form", "MALFORMED"),
    refusals.Part.ENCODING: ("form", "MALFORMED"),
    refusals.Part.ISSUER: ("issuer", "NOT_TRUSTED"),
    refusals.Part.SIGNATURE: ("signature", "BROKEN"),
    refusals.Part.TYPE: ("type", "NOT_WANTED"),
    refusals.Part.TIME: ("validity", "NOT_IN_FORCE"),
    refusals.Part.DIGESTS: ("disclosures", "DIGESTS_MALFORMED"),
    refusals.Part.DISCLOSURE: ("disclosures", "MALFORMED"),
    refusals.Part.DISCLOSURE_UNSIGNED: ("disclosures", "NOT_SIGNED"),
    refusals.Part.DISCLOSURE_REPEATED: ("disclosures", "REPEATED"),
    refusals.Part.BINDING: ("binding", "WRONG_KEY"),
    refusals.Part.REQUEST: ("binding", "OTHER_REQUEST"),
    refusals.Part.BINDING_TIME: ("binding", "NOT_FRESH"),
    refusals.Part.BINDING_SCOPE: ("binding", "OTHER_DISCLOSURES"),
}
"""Which question each refusal of the library answers, and how."""
log = structlog.get_logger("credentials")


class CredentialMint:
    """The certificates library in the terms of this service, its errors translated."""

    def __init__(self, *, catalogue: Catalogue, pki: Pki, issuer: str, clock: Clock) -> None:
        """Take the library's parts.

        Args:
            catalogue: the types.
            pki: signatories of the departments.
            issuer: our address; every credential's `iss`.
            clock: tells which key a department signs with.
        """
        self._catalogue = catalogue
        self._pki = pki
        self._clock = clock
        self.issuer: Final = issuer

    def kinds(self) -> tuple[CredentialKind, ...]:
        """All kinds, by code."""
        return tuple(self._kind(one) for one in self._catalogue.all())

    def kind(self, code: str) -> CredentialKind | None:
        """One kind, or None."""
        found = self._catalogue.types.get(code)
        return None if found is None else self._kind(found)

    def published_keys(self) -> Sequence[Mapping[str, Any]]:
        """JWKs of every key a credential may have been signed with, certificates with them."""
        with _translated():
            return [
                _jwk(certificate)
                for department in self._departments().values()
                for certificate in self._certificates(department)
            ]

    def issue(self, order: CredentialOrder) -> SignedCredential:
        """Make a credential of what a certificate's file states.

        Raises:
            DomainError: CREDENTIAL_NOT_MADE.
        """
        with _translated():
            kind = self._catalogue.get(order.type_code)
            signer = _signer(self._signatory(kind.department))
            statement = read_statement(order.file)
            text = issue_credential(
                Credential(
                    issuer=self.issuer,
                    vct=self._vct(kind.code),
                    holder=order.holder,
                    issued_at=order.issued_at,
                    expires_at=order.expires_at,
                    status=order.status,
                    open_claims=open_claims({**statement, "provisional": order.provisional}),
                    hidden_groups=hidden_groups(kind, statement),
                ),
                signer=signer,
                randomness=secrets.token_bytes,
            )
        signed = text.split("~", maxsplit=1)[0]
        return SignedCredential(
            text=text, kid=signer.kid, sha256=sha256(signed.encode("ascii")).digest()
        )

    def read(self, presentation: str, *, wanted: Wanted, now: datetime) -> Shown | Fault:
        """Judge a presentation by itself: the library's checks, and one more.

        A department's key counts for its own types only: another's, however trusted, attests
        nothing about them.
        """
        codes = {self._vct(code): code for code in wanted.types or self._catalogue.types}
        keys, owners = self._trusted()
        expected = Expectation(
            issuers={self.issuer: keys},
            types=frozenset(codes),
            audience=wanted.audience,
            nonce=wanted.nonce,
            freshness=_FRESH,
            leeway=_LEEWAY,
        )
        try:
            found = check_presentation(presentation, expected=expected, now=now)
        except CertificateError as refused:
            part, code = _PARTS[refusals.part_of(refused)]
            return Fault(part=part, code=code)
        return self._shown(found, codes[found.vct], owners)

    def _shown(self, found: Presented, code: str, owners: Mapping[str, str]) -> Shown | Fault:
        if owners[found.kid] != self._catalogue.types[code].department.code:
            return Fault(part="issuer", code="OF_OTHER_TYPES")
        return Shown(
            type_code=code,
            sha256=bytes.fromhex(found.signed),
            claims=found.claims,
            expires_at=found.expires_at,
        )

    def _trusted(self) -> tuple[dict[str, PublicKey], dict[str, str]]:
        """Keys by kid, and whose they are."""
        keys: dict[str, PublicKey] = {}
        owners: dict[str, str] = {}
        for department in self._departments().values():
            for one in self._certificates(department):
                kid = _kid(one)
                keys[kid], owners[kid] = _public_key(one), department.code
        return keys, owners

    def _kind(self, kind: CertificateType) -> CredentialKind:
        with _translated():
            key = self._signatory(kind.department).key.public_key()
        return CredentialKind(
            code=kind.code,
            vct=self._vct(kind.code),
            titles=_words(kind.titles),
            department=_words(kind.department.names),
            algorithm=algorithm_name(key),
            claims=tuple(
                Claim(
                    path=one.path,
                    label=_words(one.label),
                    hidden=one.hidden,
                )
                for one in descriptions(kind)
            ),
        )

    def _departments(self) -> dict[str, Department]:
        return {kind.department.code: kind.department for kind in self._catalogue.all()}

    def _certificates(self, department: Department) -> tuple[x509.Certificate, ...]:
        self._signatory(department)  # makes the first one, where nothing was signed yet
        return self._pki.certificates(department)

    def _signatory(self, department: Department) -> Signatory:
        return self._pki.signatory(department, now=self._clock.now())

    def _vct(self, code: str) -> str:
        return f"{self.issuer}/v1/credential-types/{code}"


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except (CertificateError, ValueError) as refused:
        kind = refused.code.value if isinstance(refused, CertificateError) else "claims"
        log.error("credential_not_made", kind=kind)
        raise errors.NOT_MADE() from None


def _signer(signatory: Signatory) -> CredentialSigner:
    return CredentialSigner(key=signatory.key, kid=signatory.fingerprint, chain=signatory.chain_der)


def _kid(certificate: x509.Certificate) -> str:
    """As `Signatory.fingerprint` has it."""
    return sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def _public_key(certificate: x509.Certificate) -> PublicKey:
    key = certificate.public_key()
    if not isinstance(key, PublicKey):
        msg = "a department's key is P-256 or RSA"
        raise TypeError(msg)
    return key


def _jwk(certificate: x509.Certificate) -> dict[str, Any]:
    key = _public_key(certificate)
    if isinstance(key, ec.EllipticCurvePublicKey):
        members = ECAlgorithm.to_jwk(key, as_dict=True)
    else:
        members = RSAAlgorithm.to_jwk(key, as_dict=True)
    der = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode("ascii")
    return {
        **{name: members[name] for name in members if name not in ("key_ops", "use", "alg")},
        "kid": _kid(certificate),
        "use": "sig",
        "alg": algorithm_name(key),
        "x5c": [der],
    }


def _words(words: Bilingual) -> Words:
    return Words(zh=words.zh, en=words.en)
