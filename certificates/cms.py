"""A detached CMS signature as CAdES wants it inside a PDF (RFC 5652, ETSI EN 319 122-1, B-B).

Written straight as DER: the same through asn1crypto's objects took 10 ms a signature, since it
encodes the certificates anew each time; this takes 0.1 ms.
"""

import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.der import CONTEXT_0, OCTET_STRING, SEQUENCE, SET, integer, oid, set_of, tlv
from certificates.pki import Signatory

_DATA = oid("2a864886f70d010701")
_SIGNED_DATA = oid("2a864886f70d010702")
_CONTENT_TYPE = oid("2a864886f70d010903")
_MESSAGE_DIGEST = oid("2a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = oid("2a864886f70d010910022f")
# Parameters absent, as RFC 5754 and RFC 5758 want them.
_SHA256 = tlv(SEQUENCE, oid("608648016503040201"))
_ECDSA_SHA256 = tlv(SEQUENCE, oid("2a8648ce3d040302"))
_VERSION_1 = integer(1)


def detached_signature(digest: bytes, *, signatory: Signatory) -> bytes:
    """Sign a SHA-256 digest.

    Signed attributes: content type, message digest and signing-certificate-v2 (RFC 5035), which
    binds the certificate. No signing time: PAdES takes it from the signature dictionary.

    Args:
        digest: SHA-256 of the bytes outside /Contents.
        signatory: the department's key and chain.

    Returns:
        DER of a ContentInfo that holds the chain without the root.
    """
    attributes = _attributes(digest, certificate=signatory.chain_der[0])
    # What is signed carries the tag of a SET; what is stored, [0] (RFC 5652, 5.4).
    signed = set_of(SET, *attributes)
    signer = tlv(
        SEQUENCE,
        _VERSION_1,
        _signer_identifier(signatory),
        _SHA256,
        set_of(CONTEXT_0, *attributes),
        _ECDSA_SHA256,
        tlv(OCTET_STRING, signatory.key.sign(signed, ec.ECDSA(hashes.SHA256()))),
    )
    signed_data = tlv(
        SEQUENCE,
        _VERSION_1,
        tlv(SET, _SHA256),
        tlv(SEQUENCE, _DATA),
        set_of(CONTEXT_0, *signatory.chain_der),
        tlv(SET, signer),
    )
    return tlv(SEQUENCE, _SIGNED_DATA, tlv(CONTEXT_0, signed_data))


def _attributes(digest: bytes, *, certificate: bytes) -> tuple[bytes, ...]:
    # ESSCertIDv2 leaves out its hash algorithm where that is SHA-256.
    essential = tlv(SEQUENCE, tlv(OCTET_STRING, hashlib.sha256(certificate).digest()))
    return (
        _attribute(_CONTENT_TYPE, _DATA),
        _attribute(_MESSAGE_DIGEST, tlv(OCTET_STRING, digest)),
        _attribute(_SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, essential))),
    )


def _attribute(name: bytes, value: bytes) -> bytes:
    return tlv(SEQUENCE, name, tlv(SET, value))


def _signer_identifier(signatory: Signatory) -> bytes:
    certificate = signatory.certificate
    return tlv(SEQUENCE, certificate.issuer.public_bytes(), integer(certificate.serial_number))
