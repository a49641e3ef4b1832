"""Timestamp tokens: a CMS signature over what was stamped and when (RFC 3161, 2.4.2; RFC 5816)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from datetime import datetime

    from cryptography.x509 import Certificate

    from sandbox.pki.credentials import Credential

_SHA256 = {"algorithm": "sha256"}


def token(info: tsp.TSTInfo, *, credential: Credential, chain: bool) -> cms.ContentInfo:
    """Sign a TSTInfo.

    Args:
        info: what is stated.
        credential: the timestamp authority's.
        chain: whether the certificates go along (certReq).
    """
    certificates = [_certificate(one) for one in (credential.certificate, credential.issuing)]
    content = info.dump()
    signed = cms.SignedData(
        {
            "version": "v3",
            "digest_algorithms": [_SHA256],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": core.ParsableOctetString(content),
            },
            "signer_infos": [
                _signer(content, info["gen_time"].native, certificates[0], credential)
            ],
        }
    )
    if chain:
        signed["certificates"] = [cms.CertificateChoices("certificate", c) for c in certificates]
    return cms.ContentInfo({"content_type": "signed_data", "content": signed})


def _signer(
    content: bytes, at: datetime, certificate: x509.Certificate, credential: Credential
) -> cms.SignerInfo:
    # Which certificate signed is itself signed, by its SHA-256 (RFC 5816).
    essential = {"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]}
    attributes = cms.CMSAttributes(
        [
            _attribute("content_type", "tst_info"),
            _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(at)})),
            _attribute("message_digest", hashlib.sha256(content).digest()),
            _attribute("signing_certificate_v2", tsp.SigningCertificateV2(essential)),
        ]
    )
    signature = credential.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
    sid = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
    return cms.SignerInfo(
        {
            "version": "v1",
            "sid": cms.SignerIdentifier("issuer_and_serial_number", sid),
            "digest_algorithm": algos.DigestAlgorithm(_SHA256),
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": "sha256_ecdsa"},
            "signature": signature,
        }
    )


def _attribute(kind: str, value: object) -> cms.CMSAttribute:
    return cms.CMSAttribute({"type": kind, "values": [value]})


def _certificate(one: Certificate) -> x509.Certificate:
    return x509.Certificate.load(one.public_bytes(serialization.Encoding.DER))
