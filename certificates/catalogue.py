"""The kinds of certificates: folders of data under types/, read and checked at the start.

A folder holds type.toml (`certificates.spec.types` says what it may contain) and, where the common
page will not do, a template.typ. Beside types/ lie departments.toml (who issues), sources.toml
(what sources are called), common.toml (what types share) and layout/ (the common page).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import jsonschema_rs

from certificates.departments import Bilingual, Department, load_departments
from certificates.errors import CertificateError, ErrorCode
from certificates.spec.kind import CertificateType
from certificates.spec.reading import read_common, read_type
from certificates.spec.schema import schema_of
from certificates.spec.sources import read_source_names
from certificates.spec.types import TypeSpec

HOME = Path(__file__).parent
_COMMON_PAGE = "/layout/standard.typ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All kinds of certificates by code."""

    home: Path
    """The folder that holds types/, layout/ and the files beside them."""
    types: Mapping[str, CertificateType]

    @classmethod
    def load(cls, home: Path = HOME) -> Self:
        """Read everything below `home`.

        Raises:
            CertificateError: TYPE_INVALID, naming the file and the member at fault.
        """
        departments = load_departments(home / "departments.toml")
        names = read_source_names(home / "sources.toml")
        common = read_common(home / "common.toml")
        folders = sorted(path for path in (home / "types").iterdir() if path.is_dir())
        types = {
            folder.name: _ready(folder, read_type(folder, common), departments, names)
            for folder in folders
        }
        _require_distinct(types)
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


def _ready(
    folder: Path,
    spec: TypeSpec,
    departments: Mapping[str, Department],
    names: Mapping[str, Bilingual],
) -> CertificateType:
    unnamed = spec.sources.keys() - names.keys()
    if unnamed:
        raise _wrong(folder, f"sources.{min(unnamed)}: not in sources.toml")
    if spec.department not in departments:
        raise _wrong(folder, "department: not in departments.toml")
    own_page = (folder / "template.typ").is_file()
    return CertificateType(
        spec=spec,
        department=departments[spec.department],
        template=f"/types/{folder.name}/template.typ" if own_page else _COMMON_PAGE,
        schema=jsonschema_rs.Draft202012Validator(schema_of(spec.fields), validate_formats=True),
        source_names={source: names[source] for source in spec.sources},
    )


def _require_distinct(types: Mapping[str, CertificateType]) -> None:
    seen: dict[str, str] = {}
    for code, kind in types.items():
        other = seen.setdefault(kind.spec.number_code, code)
        if other != code:
            words = f"{code}/type.toml: number_code: {other} has it"
            raise CertificateError(ErrorCode.TYPE_INVALID, words)


def _wrong(folder: Path, words: str) -> CertificateError:
    return CertificateError(ErrorCode.TYPE_INVALID, f"{folder.name}/type.toml: {words}")
