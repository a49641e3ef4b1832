"""What people send, line by line, and the parts of the verdict that it must fail in."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec

from certificates.signatory import Signatory
from certificates.verdicts import Integrity as Is
from certificates.verdicts import IssuerTrust as By
from tests.certificates import hostile, tampering
from tests.certificates.builders import NOON
from tests.certificates.hostile import stream, with_annotation, with_entries, written

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What an attacker may have: a certificate; and what only we have, for the worst case."""

    pdf: bytes
    signatory: Signatory
    authority: ec.EllipticCurvePrivateKey
    """Of the issuing CA."""
    now: dt.datetime = NOON

    def signed(self, page: bytes) -> bytes:
        return hostile.signed(page, self.signatory)

    def signed_in(self, start: int, end: int) -> bytes:
        """Signed with a certificate for those days from now."""
        other = hostile.lasting(
            self.signatory,
            authority=self.authority,
            start=self.now + start * DAY,
            end=self.now + end * DAY,
        )
        return hostile.signed(written({}), other)


Build = Callable[[Scene], bytes]
SCRIPT = {"_4": b"<</S/JavaScript/JS(app.alert\\(1\\))>>"}
NAMED = b"/Names<</JavaScript<</Names[(a)4 0 R]>>>>"
PROGRAM = {
    "_4": b"<</Type/Filespec/F(a.exe)/EF<</F 5 0 R>>>>",
    "_5": stream(b"/Type/EmbeddedFile/Subtype/application#2Foctet-stream", b"MZ"),
}
LISTED = b"/Names<</EmbeddedFiles<</Names[(a.exe)4 0 R]>>>>"
ANY = b"/X 4 0 R"

ATTACKS: dict[str, tuple[Build, Is, By]] = {
    # Broken, heavy, endless
    "cut inside the signature": (lambda s: s.pdf[:-4000], Is.TRUNCATED, By.UNKNOWN),
    "cut in half": (lambda s: s.pdf[: len(s.pdf) // 2], Is.TRUNCATED, By.UNKNOWN),
    "encrypted": (
        lambda s: tampering.encrypted(tampering.unsigned(s.pdf)),
        Is.ENCRYPTED,
        By.UNKNOWN,
    ),
    "a table that unpacks to 150 MB": (
        lambda _: hostile.unpacking_table(),
        Is.TOO_COSTLY,
        By.UNKNOWN,
    ),
    "a page that unpacks to 150 MB": (lambda _: hostile.unpacking_page(), Is.UNSIGNED, By.UNKNOWN),
    "500 pages": (lambda _: hostile.many_pages(500), Is.TOO_MANY_PAGES, By.UNKNOWN),
    "100,000 objects": (lambda _: hostile.many_objects(100_000), Is.TOO_MANY_OBJECTS, By.UNKNOWN),
    "no page": (
        lambda _: written({2: b"<</Type/Pages/Count 0/Kids[]>>"}),
        Is.PAGES_WRONG,
        By.UNKNOWN,
    ),
    "pages in a circle": (lambda _: hostile.pages_in_a_circle(), Is.PAGES_WRONG, By.UNKNOWN),
    "a table before itself": (lambda _: hostile.tables_in_a_circle(), Is.UNREADABLE, By.UNKNOWN),
    "tables before each other": (
        lambda _: hostile.tables_naming_each_other(),
        Is.UNREADABLE,
        By.UNKNOWN,
    ),
    "a length that is its own": (lambda _: hostile.length_of_itself(), Is.UNREADABLE, By.UNKNOWN),
    "a length of 99,999,999,999": (lambda _: hostile.giant_length(), Is.UNREADABLE, By.UNKNOWN),
    "nested 100,000 times": (lambda _: hostile.deep(100_000), Is.UNREADABLE, By.UNKNOWN),
    "a key said twice": (lambda _: with_entries(b"/Lang(a)/Lang(b)"), Is.UNREADABLE, By.UNKNOWN),
    # What certificates never contain
    "a script": (lambda _: with_entries(NAMED, **SCRIPT), Is.SCRIPT, By.UNKNOWN),
    "a script by another spelling": (
        lambda _: with_entries(ANY, _4=b"<</S/J#61vaScript>>"),
        Is.SCRIPT,
        By.UNKNOWN,
    ),
    "a script in an object stream": (
        lambda _: hostile.script_in_object_stream(),
        Is.SCRIPT,
        By.UNKNOWN,
    ),
    "a script under our own signature": (
        lambda s: s.signed(with_entries(NAMED, **SCRIPT)),
        Is.SCRIPT,
        By.TRUSTED,
    ),
    "a script appended": (lambda s: hostile.script_appended(s.pdf), Is.SCRIPT, By.TRUSTED),
    "an action when opened": (
        lambda _: with_entries(b"/OpenAction[3 0 R/Fit]"),
        Is.ACTION,
        By.UNKNOWN,
    ),
    "further actions": (
        lambda _: with_entries(b"/AA<</WC 4 0 R>>", _4=b"<</S/GoTo/D[3 0 R/Fit]>>"),
        Is.ACTION,
        By.UNKNOWN,
    ),
    "a program to start": (
        lambda _: with_annotation(b"/Subtype/Link/A<</S/Launch/F(calc.exe)>>"),
        Is.ACTION,
        By.UNKNOWN,
    ),
    "a form of XFA": (
        lambda _: with_entries(b"/AcroForm<</Fields[]/XFA 4 0 R>>", _4=stream(b"", b"<xdp/>")),
        Is.XFA_FORM,
        By.UNKNOWN,
    ),
    "a program attached": (lambda _: with_entries(LISTED, **PROGRAM), Is.EMBEDDED_FILE, By.UNKNOWN),
    "a film": (
        lambda _: with_annotation(b"/Subtype/RichMedia"),
        Is.EMBEDDED_FILE,
        By.UNKNOWN,
    ),
    "an address to open": (
        lambda _: with_annotation(b"/Subtype/Link/A<</S/URI/URI(https://a.example)>>"),
        Is.EXTERNAL_REFERENCE,
        By.UNKNOWN,
    ),
    "another file to open": (
        lambda _: with_annotation(b"/Subtype/Link/A<</S/GoToR/F(a.pdf)/D[0/Fit]>>"),
        Is.EXTERNAL_REFERENCE,
        By.UNKNOWN,
    ),
    "data in another file": (
        lambda _: with_entries(ANY, _4=stream(b"/F(/etc/passwd)", b"")),
        Is.EXTERNAL_REFERENCE,
        By.UNKNOWN,
    ),
    "layers": (
        lambda _: with_entries(b"/OCProperties<</OCGs[4 0 R]/D<<>>>>", _4=b"<</Type/OCG/Name(a)>>"),
        Is.LAYERS,
        By.UNKNOWN,
    ),
    "packed by JBIG2": (
        lambda _: with_entries(ANY, _4=stream(b"/Filter/JBIG2Decode", b"x")),
        Is.UNUSUAL_FILTER,
        By.UNKNOWN,
    ),
    "packed by JPX in a chain": (
        lambda _: with_entries(ANY, _4=stream(b"/Filter[/FlateDecode/JPXDecode]", b"x")),
        Is.UNUSUAL_FILTER,
        By.UNKNOWN,
    ),
    # A certificate of ours, treated
    "unsigned": (lambda s: tampering.unsigned(s.pdf), Is.UNSIGNED, By.UNKNOWN),
    "signed a second time": (
        lambda s: tampering.signed_again(s.pdf),
        Is.SEVERAL_SIGNATURES,
        By.UNKNOWN,
    ),
    "drawn over": (lambda s: hostile.appended_overlay(s.pdf), Is.CHANGED_AFTER_SIGNING, By.TRUSTED),
    "another page shown": (
        lambda s: tampering.page_hidden(s.pdf),
        Is.CHANGED_AFTER_SIGNING,
        By.TRUSTED,
    ),
    "a page added": (
        lambda s: tampering.page_appended(s.pdf),
        Is.CHANGED_AFTER_SIGNING,
        By.TRUSTED,
    ),
    "a layer switched on": (lambda s: hostile.shown_layer(s.pdf), Is.LAYERS, By.TRUSTED),
    "the attachment exchanged": (
        lambda s: hostile.attachment_replaced(s.pdf),
        Is.CHANGED_AFTER_SIGNING,
        By.TRUSTED,
    ),
    "the attachment changed": (
        lambda s: hostile.attachment_spoiled(s.pdf),
        Is.SIGNATURE_BROKEN,
        By.UNKNOWN,
    ),
    "ended twice": (lambda s: s.pdf + b"%%EOF\n", Is.CHANGED_AFTER_SIGNING, By.TRUSTED),
    "an archive behind": (
        lambda s: s.pdf + b"PK\x03\x04" + bytes(26),
        Is.CHANGED_AFTER_SIGNING,
        By.TRUSTED,
    ),
    "saved again": (lambda s: hostile.saved_again(s.pdf, packed=False), Is.RANGE_WRONG, By.UNKNOWN),
    "saved again, packed": (
        lambda s: hostile.saved_again(s.pdf, packed=True),
        Is.SIGNATURE_BROKEN,
        By.UNKNOWN,
    ),
    # Signature wrapping
    "a range that ends early": (
        lambda s: hostile.range_changed(s.pdf, lambda n: [n[0], n[1] - 100, n[2], n[3]]),
        Is.RANGE_WRONG,
        By.UNKNOWN,
    ),
    "ranges that overlap": (
        lambda s: hostile.range_changed(s.pdf, lambda n: [n[0], n[2] + 10, n[2], n[3]]),
        Is.RANGE_WRONG,
        By.UNKNOWN,
    ),
    "a range beyond the end": (
        lambda s: hostile.range_changed(s.pdf, lambda n: [n[0], n[1], n[2], n[3] + 100]),
        Is.RANGE_WRONG,
        By.UNKNOWN,
    ),
    "a negative range": (
        lambda s: hostile.range_changed(s.pdf, lambda n: [n[0], -5, n[2], n[3]]),
        Is.RANGE_WRONG,
        By.UNKNOWN,
    ),
    "a range with a second gap": (
        lambda s: hostile.range_changed(s.pdf, lambda n: [0, 1000, 2000, n[1] - 2000, n[2], n[3]]),
        Is.RANGE_WRONG,
        By.UNKNOWN,
    ),
    "the gap shared with more": (lambda s: hostile.value_shared(s.pdf), Is.RANGE_WRONG, By.UNKNOWN),
    "our signature over other bytes": (
        lambda s: hostile.transplanted(s.pdf, s.signatory),
        Is.SIGNATURE_BROKEN,
        By.UNKNOWN,
    ),
    "the signature in an object stream": (
        lambda s: hostile.signature_in_object_stream(s.pdf),
        Is.SIGNATURE_BROKEN,
        By.UNKNOWN,
    ),
    # Who signed
    "signed by a stranger's program": (
        lambda _: tampering.signed_again(written({})),
        Is.FOREIGN_FORM,
        By.FOREIGN_ROOT,
    ),
    "signed after the signer's time": (lambda s: s.signed_in(-9, -1), Is.INTACT, By.SIGNER_EXPIRED),
    "signed before the signer's time": (
        lambda s: s.signed_in(1, 9),
        Is.INTACT,
        By.SIGNER_NOT_YET_VALID,
    ),
    "signed by us, but never issued": (lambda s: s.signed(written({})), Is.INTACT, By.TRUSTED),
}
