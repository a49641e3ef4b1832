"""What pyHanko does with the same page and a key of the same sort."""

from __future__ import annotations

import io
from collections.abc import Callable

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.signatory import Signatory
from certificates.signers import P256Key


def pyhanko(page: bytes, signatory: Signatory) -> Callable[[], object]:
    """Return what signs a page as PAdES B-B, all that can be prepared being prepared.

    Args:
        page: without a signature.
        signatory: whose P-256 key is in memory.

    Raises:
        TypeError: another sort of key.
    """
    if not isinstance(signatory.key, P256Key):
        raise TypeError
    der = signatory.key.key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register_multiple([x509.Certificate.load(one) for one in signatory.chain_der])
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(signatory.chain_der[0]),
        signing_key=keys.PrivateKeyInfo.load(der),
        cert_registry=store,
    )
    metadata = signers.PdfSignatureMetadata(
        field_name="Signature1", subfilter=fields.SigSeedSubFilter.PADES
    )
    return lambda: signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(page)), metadata, signer=signer
    )
