"""Whether a CMS is, byte for byte, what `CmsWriter` writes, and its signature holds.

A parser that accepts much has to think of everything: attributes that are not signed, certificates
slipped in, lengths written long. Writing the same CMS again and comparing leaves nothing to accept.
The signature's value is all that may differ from one writing to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding

from certificates.cms import CmsWriter
from certificates.reading.refusals import STRANGE, Refused, foreign_form
from certificates.signers import ECDSA_SHA256, RSA_SHA256, Algorithm, PublicKey, algorithm_of
from certificates.verdicts import Integrity

_LONGEST_CHAIN: Final = 5
_HASH: Final = hashes.SHA256()
_IDENTIFIERS: Final = {Algorithm.P256: ECDSA_SHA256, Algorithm.RSA_2048: RSA_SHA256}


def signing_chain(contents: bytes, *, digest: bytes) -> tuple[x509.Certificate, ...]:
    """Check a signature's value.

    Security checks:
        1. after the CMS only zeros fill its room;
        2. the digest in it is that of the file;
        3. it is what our writer would write for this chain, digest and value;
        4. the signature over its attributes holds under the first certificate's key.

    Returns:
        The signer's certificate and those above it, in order, without the root. Whether they are
        to be trusted is for `chains` to say.

    Raises:
        Refused: SIGNATURE_BROKEN, FOREIGN_FORM.
    """
    try:
        info = cms.ContentInfo.load(contents)
        der, signed = info.dump(), info["content"]
        (signer,) = signed["signer_infos"]
        certificates = [one.chosen.dump() for one in signed["certificates"]]
        stated, value = _stated_digest(signer), signer["signature"].native
        sid = signer["sid"].chosen
        named = sid["issuer"].dump(), sid["serial_number"].native
    except (ValueError, TypeError, KeyError, AttributeError, LookupError) as unreadable:
        raise Refused(Integrity.SIGNATURE_BROKEN) from unreadable
    if contents.strip(b"\0") != der.strip(b"\0") or not contents.startswith(der):  # 1
        raise Refused(Integrity.SIGNATURE_BROKEN)
    if stated != digest:  # 2
        raise Refused(Integrity.SIGNATURE_BROKEN)
    chain = _ordered(certificates, issuer=named[0], serial=named[1])
    known = _Known(value=value, key=_key(chain[0]))
    if _written(known, chain, digest) != der:  # 3
        raise foreign_form()
    _verify(known)  # 4
    return chain


@dataclass
class _Known:
    """Stands where a signing key stands: gives the value we have, keeps what it should sign."""

    value: bytes
    key: PublicKey
    message: bytes = field(default=b"")

    @property
    def algorithm(self) -> bytes:
        known = algorithm_of(self.key)
        if known is None:
            raise foreign_form()
        return _IDENTIFIERS[known]

    def public_key(self) -> PublicKey:
        return self.key

    def sign(self, message: bytes) -> bytes:
        self.message = message
        return self.value


def _stated_digest(signer: cms.SignerInfo) -> bytes | None:
    for attribute in signer["signed_attrs"]:
        if attribute["type"].native == "message_digest":
            (digest,) = attribute["values"]
            return bytes(digest.native)
    return None


def _ordered(
    certificates: Sequence[bytes], *, issuer: bytes, serial: int
) -> tuple[x509.Certificate, ...]:
    """Bring a set into the order of the chain; each must have its place in it."""
    if len(certificates) > _LONGEST_CHAIN:
        raise foreign_form()
    try:
        waiting = [x509.load_der_x509_certificate(one) for one in certificates]
        chain: list[x509.Certificate] = []
        while waiting:
            if chain:
                (above,) = [one for one in waiting if one.subject == chain[-1].issuer]
            else:
                (above,) = [one for one in waiting if _is(one, issuer=issuer, serial=serial)]
            waiting.remove(above)
            chain.append(above)
    except STRANGE as unfamiliar:
        raise foreign_form() from unfamiliar
    if not chain:
        raise foreign_form()
    return tuple(chain)


def _is(one: x509.Certificate, *, issuer: bytes, serial: int) -> bool:
    return one.serial_number == serial and one.issuer.public_bytes() == issuer


def _key(certificate: x509.Certificate) -> PublicKey:
    try:
        key = certificate.public_key()
    except STRANGE as unfamiliar:
        raise foreign_form() from unfamiliar
    if algorithm_of(key) is None:
        raise foreign_form()
    return key  # type: ignore[return-value] # `algorithm_of` knows two types, both of them public


def _written(known: _Known, chain: Sequence[x509.Certificate], digest: bytes) -> bytes:
    writer = CmsWriter(
        key=known,
        chain=[one.public_bytes(serialization.Encoding.DER) for one in chain],
        issuer=chain[0].issuer.public_bytes(),
        serial=chain[0].serial_number,
    )
    return writer.detached(digest)


def _verify(known: _Known) -> None:
    try:
        if isinstance(known.key, ec.EllipticCurvePublicKey):
            known.key.verify(known.value, known.message, ec.ECDSA(_HASH))
        else:
            known.key.verify(known.value, known.message, padding.PKCS1v15(), _HASH)
    except InvalidSignature as broken:
        raise Refused(Integrity.SIGNATURE_BROKEN) from broken
