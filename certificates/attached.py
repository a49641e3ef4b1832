"""Reads the statement out of a certificate of ours: the JSON attached to its file.

For files this authority made and kept, never for uploads: those are `inspection`'s, in a process
with limits.
"""

import io
import json
from typing import Any

from certificates.errors import CertificateError, ErrorCode

_NAME = "certificate.json"


def read_statement(pdf: bytes) -> dict[str, Any]:
    """Return the statement, as `Statement.document` wrote it.

    Later signatures and timestamps only append to a file, so what is read is what was signed.

    Raises:
        CertificateError: PDF_UNEXPECTED, where the file holds none.
    """
    # 14 MB that a process which makes no credentials need not hold.
    from pyhanko.pdf_utils.misc import PdfError  # noqa: PLC0415
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    try:
        content = _attached(PdfFileReader(io.BytesIO(pdf)).root)
        statement = json.loads(content)
    except (PdfError, LookupError, ValueError, TypeError):
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "no statement") from None
    if not isinstance(statement, dict):
        raise CertificateError(ErrorCode.PDF_UNEXPECTED, "no statement")
    return statement


def _attached(root: Any) -> bytes:  # noqa: ANN401 - a dictionary of PDF
    names = root["/Names"]["/EmbeddedFiles"]["/Names"]
    for at in range(0, len(names), 2):
        if str(names[at]).endswith(_NAME):
            content: bytes = names[at + 1]["/EF"]["/F"].data
            return content
    raise LookupError(_NAME)
