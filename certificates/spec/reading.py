"""Reads the folders of data. Whatever is wrong is said by file and member."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from certificates.errors import CertificateError, ErrorCode
from certificates.spec.types import TypeSpec
from certificates.wrong import refused

_COMMON: Final = "common"
PARTS: Final = ("facts", "fields", "refusals", "predicates")
"""What types may have in common."""

Table = Mapping[str, Any]


def read_common(path: Path) -> dict[str, dict[str, Table]]:
    """Read what types share: for each of PARTS, its tables by name.

    Raises:
        CertificateError: TYPE_INVALID.
    """
    read = _toml(path, path.name)
    if not read.keys() <= set(PARTS):
        raise _wrong(path.name, f"{min(read.keys() - set(PARTS))}: unknown")
    common: dict[str, dict[str, Table]] = {part: {} for part in PARTS}
    for part, tables in read.items():
        for table in tables:
            common[part][str(table.get("name"))] = table
    return common


def read_type(folder: Path, common: Mapping[str, Mapping[str, Table]]) -> TypeSpec:
    """Read a type.toml, with what it takes of `common` before its own.

    Raises:
        CertificateError: TYPE_INVALID.
    """
    file = f"{folder.name}/type.toml"
    table = dict(_toml(folder / "type.toml", file))
    for part, names in _named(table.pop(_COMMON, {}), file):
        shared = [_shared(common, part, name, file) for name in names]
        table[part] = [*shared, *table.get(part, [])]
    try:
        spec = TypeSpec.model_validate(table)
    except ValueError as wrong:
        raise refused(file, wrong) from None
    if spec.code != folder.name:
        raise _wrong(file, "code: not the folder's name")
    return spec


def _named(given: object, file: str) -> Iterable[tuple[str, list[str]]]:
    fits = isinstance(given, dict) and all(
        part in PARTS and isinstance(names, list) for part, names in given.items()
    )
    if not fits:
        raise _wrong(file, f"{_COMMON}: names to take, by {', '.join(PARTS)}")
    return dict(given).items() if isinstance(given, dict) else ()


def _shared(common: Mapping[str, Mapping[str, Table]], part: str, name: str, file: str) -> Table:
    try:
        return common[part][name]
    except (KeyError, TypeError):
        raise _wrong(file, f"{_COMMON}.{part}: a name that common.toml does not have") from None


def _toml(path: Path, file: str) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise refused(file, wrong) from None


def _wrong(file: str, words: str) -> CertificateError:
    return CertificateError(ErrorCode.TYPE_INVALID, f"{file}: {words}")
