"""The kinds of certificates: folders of data under types/, read and checked at the start.

A folder holds type.toml (this file's models say what it may contain), schema.json (JSON Schema
2020-12 of the field values: it also says which facts can be certified) and template.typ.
"""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import jsonschema_rs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from certificates.departments import Bilingual, Department, load_departments
from certificates.errors import CertificateError, ErrorCode

HOME = Path(__file__).parent
_Word = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"


class FieldSpec(BaseModel):
    """One thing a certificate states, and where it comes from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    name: str = Field(pattern=_Word)
    label: Bilingual
    kind: Literal["text", "date", "image"] = "text"
    """A date is written YYYY-MM-DD; an image is a base64 JPEG."""
    source: str = Field(pattern=_Word)
    """The contract whose record holds it."""
    path: str = Field(pattern=r"^[a-z_]+(\.[a-z_]+)*$")
    """Where in the record: member names with dots between."""
    max_age_hours: int = Field(ge=0, le=24 * 365)
    """How old the record may be at issue."""
    on_stale: Literal["fail", "provisional"]
    """What an older record leads to: no certificate, or one marked provisional."""
    disclosure: Literal["always", "predicate", "never"]
    """How far later presentations may reveal it; `never` is printed, not in the data attached."""
    values: dict[str, Bilingual] = {}
    """Printed words of coded values; a value outside is refused. Empty: printed as it is."""


class TypeSpec(BaseModel):
    """A type.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=_Word)
    number_code: str = Field(pattern=r"^[0-9A-Z]{18}[0-9]{3}$")
    """21 characters of the identifier (GB/T 36903)."""
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    department: str = Field(pattern=_Word)
    level: Literal["L1", "L2", "L3"]
    """How surely the applicant must have been recognised."""
    validity_days: int = Field(ge=1, le=3650)
    titles: Bilingual
    legal_basis: Bilingual
    statement: Bilingual
    """The sentence above the particulars."""
    remarks: Bilingual | None = None
    """What the reader should know, below the particulars."""
    fields: tuple[FieldSpec, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        names = [field.name for field in self.fields]
        if len(set(names)) != len(names):
            msg = "two fields of one name"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateType:
    """One kind of certificate, ready for use."""

    spec: TypeSpec
    department: Department
    template: Path
    schema: jsonschema_rs.Draft202012Validator

    @property
    def code(self) -> str:
        """The folder's name."""
        return self.spec.code

    @property
    def titles(self) -> Bilingual:
        """What people call it."""
        return self.spec.titles

    @property
    def level(self) -> str:
        """How surely the applicant must have been recognised, e.g. `L1`."""
        return self.spec.level

    @property
    def validity(self) -> dt.timedelta:
        """From issue to expiry."""
        return dt.timedelta(days=self.spec.validity_days)

    def needs(self) -> dict[str, tuple[str, ...]]:
        """Return, for each source, the members to ask it for; nothing else is needed."""
        asked: dict[str, set[str]] = {}
        for field in self.spec.fields:
            asked.setdefault(field.source, set()).add(field.path.split(".")[0])
        return {source: tuple(sorted(members)) for source, members in asked.items()}

    def collect(self, records: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Take the stated values out of the departments' records and check them.

        Args:
            records: for each source, its record as it came.

        Raises:
            CertificateError: FIELD_MISSING, FIELDS_INVALID.
        """
        values = {field.name: _taken(records, field) for field in self.spec.fields}
        if not self.schema.is_valid(values):
            raise CertificateError(ErrorCode.FIELDS_INVALID, self.code)
        for field in self.spec.fields:
            if field.values and values[field.name] not in field.values:
                raise CertificateError(ErrorCode.FIELDS_INVALID, field.name)
        return values

    def is_provisional(self, as_of: Mapping[str, dt.datetime], *, now: dt.datetime) -> bool:
        """Judge the age of the records.

        Args:
            as_of: for each source, when its record was true.
            now: the moment of issue.

        Raises:
            CertificateError: DATA_STALE; FIELD_MISSING where a source has no time.
        """
        stale = [field for field in self.spec.fields if _is_stale(field, as_of, now=now)]
        if any(field.on_stale == "fail" for field in stale):
            raise CertificateError(ErrorCode.DATA_STALE, self.code)
        return bool(stale)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All kinds of certificates by code."""

    home: Path
    """The folder that holds types/, layout/ and departments.toml."""
    types: Mapping[str, CertificateType]

    @classmethod
    def load(cls, home: Path = HOME) -> Self:
        """Read departments.toml and every folder of types/ below `home`.

        Raises:
            CertificateError: TYPE_INVALID.
        """
        departments = load_departments(home / "departments.toml")
        folders = sorted(path for path in (home / "types").iterdir() if path.is_dir())
        types = {folder.name: _load(folder, departments) for folder in folders}
        return cls(home=home, types=types)

    def get(self, code: str) -> CertificateType:
        """Return one kind.

        Raises:
            CertificateError: TYPE_UNKNOWN.
        """
        try:
            return self.types[code]
        except KeyError:
            raise CertificateError(ErrorCode.TYPE_UNKNOWN) from None

    def all(self) -> tuple[CertificateType, ...]:
        """Return every kind, by code."""
        return tuple(self.types.values())


def _load(folder: Path, departments: Mapping[str, Department]) -> CertificateType:
    try:
        text = (folder / "type.toml").read_text(encoding="utf-8")
        spec = TypeSpec.model_validate(tomllib.loads(text))
        schema = jsonschema_rs.Draft202012Validator(
            (folder / "schema.json").read_text(encoding="utf-8"), validate_formats=True
        )
        department = departments[spec.department]
    except (OSError, ValueError, KeyError, ValidationError) as wrong:
        raise CertificateError(ErrorCode.TYPE_INVALID, folder.name) from wrong
    template = folder / "template.typ"
    if spec.code != folder.name or not template.is_file():
        raise CertificateError(ErrorCode.TYPE_INVALID, folder.name)
    return CertificateType(spec=spec, department=department, template=template, schema=schema)


def _taken(records: Mapping[str, Mapping[str, Any]], field: FieldSpec) -> object:
    value: Any = records.get(field.source)
    for member in field.path.split("."):
        if not isinstance(value, Mapping) or value.get(member) is None:
            raise CertificateError(ErrorCode.FIELD_MISSING, f"{field.source}.{field.path}")
        value = value[member]
    return value


def _is_stale(field: FieldSpec, as_of: Mapping[str, dt.datetime], *, now: dt.datetime) -> bool:
    if field.source not in as_of:
        raise CertificateError(ErrorCode.FIELD_MISSING, field.source)
    return now - as_of[field.source] > dt.timedelta(hours=field.max_age_hours)
