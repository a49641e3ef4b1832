"""The identifier of a certificate in the form of GB/T 36904 (electronic certificate identifiers).

`1.2.156.3005.2.<type>.<issuer>.<serial>.<version>.<check>`: the type's code (21 characters: the
credit code of who defined it, then three digits), the issuer's credit code (18), a serial of the
issuer, the version (three digits) and a check character, ISO 7064 MOD 37,36 over those parts
without their dots.
"""

import re
from dataclasses import dataclass
from typing import Self

from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from certificates.errors import CertificateError, ErrorCode

ROOT = "1.2.156.3005.2"
_SERIAL = re.compile(r"[0-9A-Z]{1,22}")
_TYPE = re.compile(r"[0-9A-Z]{18}[0-9]{3}")
_WHOLE = re.compile(
    re.escape(ROOT) + r"\.([0-9A-Z]{21})\.([0-9A-Z]{18})\.([0-9A-Z]{1,22})\.([0-9]{3})\.([0-9A-Z])"
)
_LAST_VERSION = 999


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateNumber:
    """The parts of an identifier; two versions of one certificate differ in `version` only.

    Raises:
        CertificateError: NUMBER_INVALID.
    """

    type_code: str
    issuer: str
    serial: str
    """1 to 22 of 0–9 and A–Z, unique for the type and issuer."""
    version: int = 1
    """1 … 999."""

    def __post_init__(self) -> None:
        """Refuse parts that would not read back."""
        fits = (
            _TYPE.fullmatch(self.type_code)
            and uscc.is_valid(self.issuer)
            and _SERIAL.fullmatch(self.serial)
            and 1 <= self.version <= _LAST_VERSION
        )
        if not fits:
            raise CertificateError(ErrorCode.NUMBER_INVALID, "a part is out of form")

    @property
    def check(self) -> str:
        """The check character."""
        parts = (self.type_code, self.issuer, self.serial, f"{self.version:03}")
        return str(mod_37_36.calc_check_digit("".join(parts)))

    def __str__(self) -> str:
        """Write the identifier."""
        parts = (self.type_code, self.issuer, self.serial, f"{self.version:03}")
        return ".".join((ROOT, *parts, self.check))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an identifier.

        Raises:
            CertificateError: NUMBER_INVALID, also for a wrong check character.
        """
        match = _WHOLE.fullmatch(text)
        if match is None:
            raise CertificateError(ErrorCode.NUMBER_INVALID, "not in the form of GB/T 36904")
        number = cls(type_code=match[1], issuer=match[2], serial=match[3], version=int(match[4]))
        if number.check != match[5]:
            raise CertificateError(ErrorCode.NUMBER_INVALID, "check character")
        return number
