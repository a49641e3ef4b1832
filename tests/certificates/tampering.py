# mypy: disable-error-code="no-untyped-call"
# pyHanko's writers are typed in part only.
"""What people might do to a certificate, and files that are none."""

import dataclasses
import io

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import CertificateBuilder, Extension, ExtensionType
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.rw_common import PdfHandler
from pyhanko.pdf_utils.writer import BasePdfFileWriter, PageObject, copy_into_new_writer
from pyhanko.sign import signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.profiles import root_certificate
from certificates.signatory import Signatory
from tests.certificates.builders import NOON


def flipped(data: bytes, at: int) -> bytes:
    """One bit of one byte changed."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def contents_span(pdf: bytes) -> tuple[int, int]:
    """Where the signature's value begins and ends, without its angle brackets."""
    start = pdf.rindex(b"/Contents<") + len(b"/Contents<")
    return start, pdf.index(b">", start)


def unsigned(pdf: bytes) -> bytes:
    """The page before its signature."""
    return pdf[: pdf.index(b"%%EOF\n") + 6]


def page_appended(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    contents = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    media_box = generic.ArrayObject([generic.NumberObject(side) for side in (0, 0, 595, 842)])
    writer.insert_page(PageObject(contents=contents, media_box=media_box))
    return _written(writer)


def language_changed(pdf: bytes) -> bytes:
    """A later update, the smallest there is."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/Lang"] = generic.pdf_string("en")
    writer.update_root()
    return _written(writer)


def page_hidden(pdf: bytes) -> bytes:
    """A shadow edit: an update points the page at other contents; the signed ones stay inside."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    contents = writer.add_object(generic.StreamObject(stream_data=b"BT ET"))
    page["/Contents"] = contents
    return _written(writer)


def signed_again(pdf: bytes) -> bytes:
    """A second signature by a stranger."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = root_certificate(key=key, now=NOON)
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(
            key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=SimpleCertificateStore(),
    )
    out = signers.sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        signers.PdfSignatureMetadata(field_name="Second", md_algorithm="sha256"),
        signer=signer,
    )
    return bytes(out.getbuffer())


def encrypted(pdf: bytes) -> bytes:
    handler: PdfHandler = PdfFileReader(io.BytesIO(pdf))
    writer = copy_into_new_writer(handler)
    writer.encrypt(owner_pass="secret", user_pass="secret")
    return _written(writer)


def without_extension(
    signatory: Signatory,
    kind: type[ExtensionType],
    *,
    authority: ec.EllipticCurvePrivateKey,
) -> Signatory:
    """The same signatory with a certificate of our CA that lacks one extension."""
    old = signatory.certificate
    builder = (
        CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(signatory.key.public_key())
        .serial_number(7)
        .not_valid_before(old.not_valid_before_utc)
        .not_valid_after(old.not_valid_after_utc)
    )
    kept: list[Extension[ExtensionType]] = [
        one for one in old.extensions if not isinstance(one.value, kind)
    ]
    for extension in kept:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return dataclasses.replace(signatory, certificate=builder.sign(authority, hashes.SHA256()))


def _written(writer: BasePdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
