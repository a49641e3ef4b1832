# mypy: disable-error-code="no-untyped-call"
# pyHanko's writers are typed in part only.
"""Certificates with what a later proof needs: validation data and a document timestamp."""

import datetime as dt
import io

from asn1crypto import keys, x509
from cryptography import x509 as parsed
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

from tests.certificates.builders import NOON

DAY = dt.timedelta(days=1)


class Quiet(IncrementalPdfFileWriter):
    """Leaves the document's own description as it is."""

    def _update_meta(self) -> None:
        return


def with_validation_data(pdf: bytes) -> bytes:
    """The chain in a /DSS (B-LT, but for the revocation data)."""
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures[0]
    writer = Quiet(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer,
        signature.sig_object.raw_get("/Contents"),
        certs=[signature.signer_cert, *signature.other_embedded_certs],
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_timestamp(pdf: bytes) -> bytes:
    """One more document timestamp."""
    out = PdfTimeStamper(timestamper()).timestamp_pdf(
        Quiet(io.BytesIO(pdf)), "sha256", validation_context=None
    )
    return bytes(out.getvalue())


def timestamper() -> DummyTimeStamper:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = parsed.Name([parsed.NameAttribute(NameOID.COMMON_NAME, "TSA")])
    stamping = parsed.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
    certificate = (
        parsed.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(9)
        .not_valid_before(NOON - DAY)
        .not_valid_after(NOON + 100 * DAY)
        .add_extension(stamping, critical=True)
        .sign(key, hashes.SHA256())
    )
    loaded = x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
    private = keys.PrivateKeyInfo.load(
        key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    known = SimpleCertificateStore.from_certs([loaded])
    return DummyTimeStamper(loaded, private, certs_to_embed=known, fixed_dt=NOON)
