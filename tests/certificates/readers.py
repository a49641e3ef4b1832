"""Both readers of one office, and the question most tests put to them."""

from collections.abc import Sequence

from certificates.checking import Limits
from certificates.inspection import PdfInspector
from certificates.reading.reader import OwnReader
from certificates.verdicts import Inspection, Integrity, IssuerTrust
from tests.certificates.builders import NOON

GOOD = Inspection(integrity=Integrity.INTACT, issuer=IssuerTrust.TRUSTED)
CHANGED = Inspection(integrity=Integrity.CHANGED_AFTER_SIGNING, issuer=IssuerTrust.TRUSTED)


def look(
    reader: OwnReader | PdfInspector, data: bytes, *, crls: Sequence[bytes] = ()
) -> Inspection:
    """What it says of a file at noon."""
    return reader.inspect(data, now=NOON, limits=Limits(), crls=crls)
