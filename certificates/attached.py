"""Reads the statement out of a certificate of ours: the JSON attached to its file.

For files this authority made and kept, never for uploads: those are `inspection`'s, in a process
with limits.
"""

from typing import Any

from certificates.checking import Limits
from certificates.errors import CertificateError, ErrorCode
from certificates.reading.statement import AttachedStatement


def read_statement(pdf: bytes) -> dict[str, Any]:
    """Return the statement, as `Statement.document` wrote it.

    Later signatures and timestamps only append to a file, so what is read is what was signed.

    Raises:
        CertificateError: PDF_UNEXPECTED, where the file holds none.
    """
    found = AttachedStatement.read(pdf, most_objects=Limits().objects)
    if found is None:
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "no statement")
    return found.document
