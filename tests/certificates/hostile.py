# mypy: disable-error-code="no-untyped-call"
# pyHanko's writers are typed in part only.
"""Files that somebody sends to break, fool or use the checker; each is built here, by code."""

import dataclasses
import datetime as dt
import io
import re
import zlib
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import CertificateBuilder
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.pdf_utils.writer import PdfFileWriter, copy_into_new_writer

from certificates.signatory import Signatory
from certificates.signing import sign_pdf
from tests.certificates import tampering
from tests.certificates.builders import NOON

PAGE = b"<</Type/Page/MediaBox[0 0 9 9]/Resources<<>>/Parent 2 0 R>>"
PAGES = b"<</Type/Pages/Count 1/Kids[3 0 R]>>"
_GAP = re.compile(rb"/ByteRange\[([ 0-9]{32})\]")


def written(objects: Mapping[int, bytes], *, catalogue: bytes = b"", trailer: bytes = b"") -> bytes:
    """A file in the form that ours have: one table, a catalogue (1), pages (2) and a page (3).

    Args:
        objects: by number; they replace those three where they have their numbers.
        catalogue: further entries of the catalogue.
        trailer: further entries of the trailer.
    """
    root = b"<</Type/Catalog/Pages 2 0 R" + catalogue + b">>"
    every = {1: root, 2: PAGES, 3: PAGE, **objects}
    out, offsets = bytearray(b"%PDF-1.7\n%\x80\x80\x80\x80\n"), list[int]()
    for number in range(1, max(every) + 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, every.get(number, b"null"))
    table = len(out)
    size = len(offsets) + 1
    out += b"xref\n0 %d\n0000000000 65535 f\r\n" % size
    out += b"".join(b"%010d 00000 n\r\n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)
    return bytes(out)


def stream(entries: bytes, data: bytes) -> bytes:
    """A stream object."""
    return b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(data), entries, data)


def with_entries(entries: bytes, **objects: bytes) -> bytes:
    """An unsigned page whose catalogue says more; `objects` by `_<number>`."""
    return written({int(name[1:]): one for name, one in objects.items()}, catalogue=entries)


def with_annotation(annotation: bytes) -> bytes:
    """An unsigned page with something to click."""
    page = PAGE.replace(b"/Parent", b"/Annots[4 0 R]/Parent")
    return written({3: page, 4: b"<</Type/Annot/Rect[0 0 9 9]" + annotation + b">>"})


def signed(page: bytes, signatory: Signatory) -> bytes:
    """A file signed as ours are."""
    return sign_pdf(page, signatory=signatory, signed_at=NOON, field_label="签名")


# What is unreadable or heavy


def unpacking_table() -> bytes:
    """A cross-reference stream of 150 KB that unpacks to 150 MB."""
    packer = zlib.compressobj(1)
    packed = b"".join(packer.compress(b"\0" * 1_000_000) for _ in range(150)) + packer.flush()
    entries = b"/Type/XRef/Size 37500000/W[1 2 1]/Root 1 0 R/Filter/FlateDecode"
    head = b"%PDF-1.7\n1 0 obj\n" + stream(entries, packed)
    return head + b"\nendobj\nstartxref\n9\n%%EOF\n"


def unpacking_page() -> bytes:
    """A page's contents that unpack to 150 MB: nobody has to unpack them."""
    packed = zlib.compress(b"\0" * 150_000_000, 1)
    page = PAGE.replace(b"/Parent", b"/Contents 4 0 R/Parent")
    return written({3: page, 4: stream(b"/Filter/FlateDecode", packed)})


def many_pages(number: int) -> bytes:
    kids = b" ".join(b"%d 0 R" % (3 + n) for n in range(number))
    pages = b"<</Type/Pages/Count %d/Kids[%b]>>" % (number, kids)
    return written({2: pages} | {3 + n: PAGE for n in range(number)})


def many_objects(number: int) -> bytes:
    return written(dict.fromkeys(range(4, number), b"0"))


def pages_in_a_circle() -> bytes:
    inner = b"<</Type/Pages/Count 1/Kids[2 0 R]/Parent 2 0 R>>"
    return written({2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>", 3: inner})


def tables_in_a_circle() -> bytes:
    plain = written({})
    table = int(plain.split(b"startxref\n")[1].split(b"\n")[0])
    return written({}, trailer=b"/Prev %d" % table)


def tables_naming_each_other() -> bytes:
    """Two tables, the older one says the newer one came before it."""
    first = written({}, trailer=b"/Prev 0000000000")
    older = int(first.split(b"startxref\n")[1].split(b"\n")[0])
    newer = len(first)
    first = first.replace(b"/Prev 0000000000", b"/Prev %010d" % newer)
    update = b"xref\n0 0\ntrailer\n<</Size 4/Root 1 0 R/Prev %d>>\n" % older
    return first + update + b"startxref\n%d\n%%%%EOF\n" % newer


def length_of_itself() -> bytes:
    return written({4: b"<</Length 4 0 R>>\nstream\n\nendstream"})


def giant_length() -> bytes:
    return written({4: b"<</Length 99999999999>>\nstream\n\nendstream"})


def deep(levels: int) -> bytes:
    return written({4: b"[" * levels + b"]" * levels})


# What was done to a certificate of ours


def appended_overlay(pdf: bytes) -> bytes:
    """An update that draws over the page: the contents become two streams."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    page = writer.find_page_for_modification(0)[0].get_object()
    drawn = b"q 1 1 1 rg 60 560 300 30 re f Q"
    over = writer.add_object(generic.StreamObject(stream_data=drawn))
    page["/Contents"] = generic.ArrayObject([page.raw_get("/Contents"), over])
    return _written(writer)


def shown_layer(pdf: bytes) -> bytes:
    """A shadow attack: an update switches on a layer with other contents."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    group = writer.add_object(
        generic.DictionaryObject(
            {
                generic.pdf_name("/Type"): generic.pdf_name("/OCG"),
                generic.pdf_name("/Name"): generic.pdf_string("shadow"),
            }
        )
    )
    shown = generic.DictionaryObject({generic.pdf_name("/ON"): generic.ArrayObject([group])})
    writer.root["/OCProperties"] = generic.DictionaryObject(
        {
            generic.pdf_name("/OCGs"): generic.ArrayObject([group]),
            generic.pdf_name("/D"): shown,
        }
    )
    writer.update_root()
    return _written(writer)


def script_appended(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.root["/OpenAction"] = generic.DictionaryObject(
        {
            generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
            generic.pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
        }
    )
    writer.update_root()
    return _written(writer)


def attachment_replaced(pdf: bytes) -> bytes:
    """The attached JSON exchanged by an update."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    names = writer.root["/Names"]["/EmbeddedFiles"]["/Names"]
    attached = names[1]["/EF"].raw_get("/F")
    other = generic.StreamObject(
        dict_data={
            generic.pdf_name("/Type"): generic.pdf_name("/EmbeddedFile"),
            generic.pdf_name("/Subtype"): generic.pdf_name("/application/json"),
        },
        stream_data=b'{"fields":{"status":"other"}}',
    )
    writer.objects[(attached.generation, attached.idnum)] = other
    return _written(writer)


def attachment_spoiled(pdf: bytes) -> bytes:
    """The attached JSON changed where it stands."""
    at = pdf.index(b"stream\n", pdf.index(b"/Type/EmbeddedFile"))
    return tampering.flipped(pdf, at + 60)


def saved_again(pdf: bytes, *, packed: bool) -> bytes:
    """What an editor does on saving: all objects written anew, in one revision."""
    writer = copy_into_new_writer(PdfFileReader(io.BytesIO(pdf)))
    writer.stream_xrefs = packed
    return _written(writer)


def range_changed(pdf: bytes, change: Callable[[list[int]], list[int]]) -> bytes:
    """Other numbers in the signature's /ByteRange."""
    found = _GAP.search(pdf)
    assert found is not None
    numbers = change([int(number) for number in found[1].split()])
    return pdf.replace(found[1], b" ".join(b"%d" % n for n in numbers).ljust(32)[:32], 1)


def value_shared(pdf: bytes) -> bytes:
    """The gap holds the value and, where it was padded, another entry: no signed byte differs."""
    _, end = tampering.contents_span(pdf)
    entry = b">/Reason(" + b"x" * 21 + b")/Z<00"
    return pdf[: end - len(entry)] + entry + pdf[end:]


def transplanted(pdf: bytes, signatory: Signatory) -> bytes:
    """Our signature's value, taken from a certificate, in a file we never signed."""
    other = signed(written({}), signatory)
    start, end = tampering.contents_span(other)
    own_start, own_end = tampering.contents_span(pdf)
    return other[:start] + pdf[own_start:own_end] + other[end:]


def signature_in_object_stream(pdf: bytes) -> bytes:
    """The signature's dictionary packed away, where searching the bytes does not find it."""
    source = PdfFileReader(io.BytesIO(pdf))
    signature = source.embedded_signatures[0].sig_object
    writer = PdfFileWriter(stream_xrefs=True)
    writer.root["/Pages"]["/Count"] = generic.NumberObject(1)
    page = writer.import_object(source.root["/Pages"]["/Kids"][0])
    page["/Annots"] = generic.ArrayObject()
    page["/Parent"] = writer.root.raw_get("/Pages")
    writer.root["/Pages"]["/Kids"] = generic.ArrayObject([writer.add_object(page)])
    hidden = writer.prepare_object_stream()
    copied = generic.DictionaryObject(dict(dict.items(signature)))
    value = writer.add_object(copied, obj_stream=hidden)
    field = generic.DictionaryObject(
        {
            generic.pdf_name("/FT"): generic.pdf_name("/Sig"),
            generic.pdf_name("/T"): generic.pdf_string("Signature1"),
            generic.pdf_name("/V"): value,
        }
    )
    writer.root["/AcroForm"] = generic.DictionaryObject(
        {generic.pdf_name("/Fields"): generic.ArrayObject([writer.add_object(field)])}
    )
    return _written(writer)


def script_in_object_stream() -> bytes:
    writer = PdfFileWriter(stream_xrefs=True)
    page = generic.DictionaryObject(
        {
            generic.pdf_name("/Type"): generic.pdf_name("/Page"),
            generic.pdf_name("/Parent"): writer.root.raw_get("/Pages"),
        }
    )
    writer.root["/Pages"]["/Kids"] = generic.ArrayObject([writer.add_object(page)])
    writer.root["/Pages"]["/Count"] = generic.NumberObject(1)
    action = generic.DictionaryObject(
        {
            generic.pdf_name("/S"): generic.pdf_name("/JavaScript"),
            generic.pdf_name("/JS"): generic.pdf_string("app.alert(1)"),
        }
    )
    hidden = writer.prepare_object_stream()
    writer.root["/Extra"] = writer.add_object(action, obj_stream=hidden)
    return _written(writer)


# Who signed


def lasting(
    signatory: Signatory,
    *,
    authority: ec.EllipticCurvePrivateKey,
    start: dt.datetime,
    end: dt.datetime,
) -> Signatory:
    """The same signatory with a certificate of our CA for another time."""
    old = signatory.certificate
    builder = (
        CertificateBuilder()
        .subject_name(old.subject)
        .issuer_name(old.issuer)
        .public_key(signatory.key.public_key())
        .serial_number(8)
        .not_valid_before(start)
        .not_valid_after(end)
    )
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return dataclasses.replace(signatory, certificate=builder.sign(authority, hashes.SHA256()))


def _written(writer: PdfFileWriter | IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
