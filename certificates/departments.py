"""Who issues: departments.toml, read and checked."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from stdnum.cn import uscc as credit_code

from certificates.signers import Algorithm
from certificates.wrong import refused


class Bilingual(BaseModel):
    """The same words in Chinese and English."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    zh: str = Field(min_length=1, max_length=400)
    en: str = Field(min_length=1, max_length=400)


class Department(BaseModel):
    """An authority with a signing certificate of its own."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$")
    names: Bilingual
    uscc: str
    """Unified social credit code, 18 characters with check character (GB 32100)."""
    algorithm: Algorithm = Field(default=Algorithm.P256, strict=False)
    """What its next signing key is; earlier ones stay what they are."""
    notice: Bilingual | None = None
    """Printed at the foot of everything this department issues."""

    @field_validator("uscc")
    @classmethod
    def _checked(cls, value: str) -> str:
        if not credit_code.is_valid(value) or credit_code.compact(value) != value:
            msg = "not a unified social credit code"
            raise ValueError(msg)
        return value


def load_departments(path: Path) -> dict[str, Department]:
    """Read every department, keyed by code.

    Raises:
        CertificateError: TYPE_INVALID.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        return {
            code: Department.model_validate({"code": code} | row) for code, row in table.items()
        }
    except (OSError, ValueError, TypeError, ValidationError) as wrong:
        raise refused(path.name, wrong) from None
