"""A detached CMS signature as CAdES wants it inside a PDF (RFC 5652, ETSI EN 319 122-1, B-B).

Written straight as DER, and what does not change from one document to the next only once: the same
through asn1crypto's objects takes 10 ms a signature, this some 10 µs beside the key's own work.
"""

import hashlib
from collections.abc import Sequence

from certificates.der import CONTEXT_0, OCTET_STRING, SEQUENCE, SET, integer, oid, set_of, tlv
from certificates.signers import SigningKey

_DATA = oid("2a864886f70d010701")
_SIGNED_DATA = oid("2a864886f70d010702")
_CONTENT_TYPE = oid("2a864886f70d010903")
_MESSAGE_DIGEST = oid("2a864886f70d010904")
_SIGNING_CERTIFICATE_V2 = oid("2a864886f70d010910022f")
# Parameters absent, as RFC 5754 wants it.
_SHA256 = tlv(SEQUENCE, oid("608648016503040201"))
_VERSION_1 = integer(1)
_DIGEST_LENGTH = 32


class CmsWriter:
    """Signs digests for one certificate.

    Signed attributes: content type, message digest and signing-certificate-v2 (RFC 5035), which
    binds the certificate. No signing time: PAdES takes it from the signature dictionary.
    """

    def __init__(
        self, *, key: SigningKey, chain: Sequence[bytes], issuer: bytes, serial: int
    ) -> None:
        """Prepare what is the same in every signature.

        Args:
            key: of the first certificate.
            chain: DER, the signer's certificate first, without the root.
            issuer: DER of the name of who certified the signer.
            serial: of the signer's certificate.
        """
        self._key = key
        self._before, self._after = _around_digest(chain[0])
        identifier = tlv(SEQUENCE, issuer, integer(serial))
        self._signer_head = _VERSION_1 + identifier + _SHA256
        self._head = b"".join(
            (_VERSION_1, tlv(SET, _SHA256), tlv(SEQUENCE, _DATA), set_of(CONTEXT_0, *chain))
        )

    def detached(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest of the bytes outside /Contents.

        Returns:
            DER of a ContentInfo that holds the chain without the root.
        """
        attributes = self._before + digest + self._after
        # What is signed carries the tag of a SET; what is stored, [0] (RFC 5652, 5.4).
        signature = self._key.sign(tlv(SET, attributes))
        signer = tlv(
            SEQUENCE,
            self._signer_head,
            tlv(CONTEXT_0, attributes),
            self._key.algorithm,
            tlv(OCTET_STRING, signature),
        )
        signed_data = tlv(SEQUENCE, self._head, tlv(SET, signer))
        return tlv(SEQUENCE, _SIGNED_DATA, tlv(CONTEXT_0, signed_data))


def _around_digest(certificate: bytes) -> tuple[bytes, bytes]:
    """Return the signed attributes before and after the digest, in the order DER wants.

    A SET OF is sorted by its members' bytes; their lengths differ and come first, so that the
    digest's own bytes change nothing.
    """
    # ESSCertIDv2 leaves out its hash algorithm where that is SHA-256.
    essential = tlv(SEQUENCE, tlv(OCTET_STRING, hashlib.sha256(certificate).digest()))
    blank = bytes(_DIGEST_LENGTH)
    members = (
        _attribute(_CONTENT_TYPE, _DATA),
        _attribute(_MESSAGE_DIGEST, tlv(OCTET_STRING, blank)),
        _attribute(_SIGNING_CERTIFICATE_V2, tlv(SEQUENCE, tlv(SEQUENCE, essential))),
    )
    before, _, after = b"".join(sorted(members)).partition(blank)
    return before, after


def _attribute(name: bytes, value: bytes) -> bytes:
    return tlv(SEQUENCE, name, tlv(SET, value))
