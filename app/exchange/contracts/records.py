"""What a record may hold: the JSON Schema of a contract, cut down to the fields asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import jsonschema_rs

from app.exchange.errors import ContractRefused

_KEPT: Final = 256
Record = dict[str, Any]


class RecordSchema:
    """Checks records field by field (JSON Schema 2020-12)."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Take the schema of a whole record.

        Raises:
            ValueError: it is no schema of an object, or not one of 2020-12.
        """
        if schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
            msg = "not the schema of an object"
            raise ValueError(msg)
        self._schema = dict(schema)
        jsonschema_rs.Draft202012Validator(self._schema)
        self.fields: Final = frozenset(schema["properties"])
        self._cut = lru_cache(maxsize=_KEPT)(self._validator)

    @classmethod
    def read(cls, path: Path) -> RecordSchema:
        """Read a record.json.

        Raises:
            ContractRefused: it is none.
        """
        try:
            return cls(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            raise ContractRefused(path.parent.name, "no usable record.json") from None

    def holds(self, record: Record, fields: Sequence[str]) -> bool:
        """Tell whether a record has exactly these fields, each as agreed."""
        return self._cut(tuple(sorted(fields))).is_valid(record)

    def _validator(self, fields: tuple[str, ...]) -> jsonschema_rs.Draft202012Validator:
        properties = {name: self._schema["properties"][name] for name in fields}
        cut = {"properties": properties, "required": list(fields), "additionalProperties": False}
        return jsonschema_rs.Draft202012Validator({**self._schema, **cut}, validate_formats=True)


def persons_in(record: Record, places: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    """Yield what stands at places such as `husband` or `owners[]`; "" is the record itself."""
    for place in places:
        yield from _at([record], place.split(".") if place else [])


def _at(found: Sequence[Any], steps: Sequence[str]) -> Iterator[Mapping[str, Any]]:
    for step in steps:
        name, many, _ = step.partition("[]")
        inner = [one[name] for one in found if isinstance(one, dict) and name in one]
        found = [item for one in inner for item in one] if many else inner
    yield from (one for one in found if isinstance(one, dict))
