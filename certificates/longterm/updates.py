"""Incremental updates that add what they must, and touch nothing else."""

import io
from typing import Any

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter


class Update(IncrementalPdfFileWriter):
    """pyHanko's writer, but for one habit.

    It would set the date and the maker of the document anew at each update, in the metadata that
    the signature covers; ours stay as the department signed them.
    """

    def __init__(self, pdf: bytes) -> None:
        """Begin an update of a file."""
        super().__init__(io.BytesIO(pdf))

    def written(self) -> bytes:
        """Return the file with the update appended."""
        out: Any = io.BytesIO()
        self.write(out)  # type: ignore[no-untyped-call]
        return bytes(out.getvalue())

    def _update_meta(self) -> None:
        """Leave the metadata alone."""
