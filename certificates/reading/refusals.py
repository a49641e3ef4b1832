"""How the parts of the reading tell that they stop."""

from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm

from certificates.verdicts import Integrity

STRANGE: Final = (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion)
"""What comes of a certificate that is well-formed DER and holds what no certificate should: a
point off its curve, an unknown curve or version, a name of the wrong type."""


class Refused(Exception):  # noqa: N818 - an outcome that is expected, not an error
    """The file is not a certificate of ours, for the reason given."""

    def __init__(self, integrity: Integrity) -> None:
        """Keep the reason; FOREIGN_FORM where the file may be a fine PDF, but none as we write."""
        super().__init__(integrity.value)
        self.integrity = integrity


def foreign_form() -> Refused:
    """Return the refusal of whatever our own writers never write."""
    return Refused(Integrity.FOREIGN_FORM)
