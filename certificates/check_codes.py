"""The code printed under the QR, typed by people who check a certificate by hand."""

import secrets

from certificates.errors import CertificateError, ErrorCode

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_LENGTH = 16
_GROUP = 4
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0", "-": None, " ": None})
_LONGEST_TYPED = 64


def new_check_code() -> str:
    """Draw a code: 80 random bits as four groups of four, `XXXX-XXXX-XXXX-XXXX`."""
    return _grouped("".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH)))


def normalise_check_code(typed: str) -> str:
    """Return the code as it was printed, forgiving case, spaces, dashes and I, L, O.

    Raises:
        CertificateError: CHECK_CODE_INVALID.
    """
    if len(typed) > _LONGEST_TYPED or not typed.isascii():
        raise CertificateError(ErrorCode.CHECK_CODE_INVALID)
    code = typed.upper().translate(_MISREAD)
    if len(code) != _LENGTH or any(letter not in _ALPHABET for letter in code):
        raise CertificateError(ErrorCode.CHECK_CODE_INVALID)
    return _grouped(code)


def _grouped(code: str) -> str:
    return "-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP))
