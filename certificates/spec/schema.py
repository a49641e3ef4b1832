"""The JSON Schema (2020-12) of what a type states, derived from its fields."""

from collections.abc import Callable
from typing import Any, Final

from certificates.spec.fields import FieldSpec, Kind, Printed

_LONGEST_TEXT: Final = 200
_LONGEST_LIST: Final = 50
_LARGEST_IMAGE: Final = 8_000_000
_LARGEST_NUMBER: Final = 10**15
MOST_ROWS: Final = 200
"""Of one table: about twenty pages."""

Schema = dict[str, Any]


def schema_of(fields: tuple[FieldSpec, ...]) -> Schema:
    """Return the schema of the values by field name."""
    return _object({one.name: _nullable(one, _field(one)) for one in fields})


def _field(field: FieldSpec) -> Schema:
    if field.kind is not Kind.TABLE:
        return _value(field)
    rows = _object({one.name: _nullable(one, _value(one)) for one in field.columns})
    least = 0 if field.optional else 1
    return {"type": "array", "minItems": least, "maxItems": MOST_ROWS, "items": rows}


def _value(printed: Printed) -> Schema:
    return _OF_KIND[printed.kind](printed)


def _text(printed: Printed) -> Schema:
    schema: Schema = {"type": "string", "minLength": 1, "maxLength": _LONGEST_TEXT}
    if printed.values and not printed.open:
        schema["enum"] = list(printed.values)
    if printed.pattern is not None:
        schema["pattern"] = printed.pattern
    return schema


def _list(printed: Printed) -> Schema:
    return {"type": "array", "minItems": 1, "maxItems": _LONGEST_LIST, "items": _text(printed)}


def _whole(_: Printed) -> Schema:
    return {"type": "integer", "minimum": 0, "maximum": _LARGEST_NUMBER}


def _image(_: Printed) -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": _LARGEST_IMAGE}


def _format(name: str) -> Callable[[Printed], Schema]:
    return lambda _: {"type": "string", "format": name}


def _object(properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _nullable(printed: Printed, schema: Schema) -> Schema:
    if not printed.optional or printed.kind is Kind.TABLE:
        return schema
    return {"anyOf": [schema, {"type": "null"}]}


_OF_KIND: Final[dict[Kind, Callable[[Printed], Schema]]] = {
    Kind.TEXT: _text,
    Kind.DATE: _format("date"),
    Kind.MOMENT: _format("date-time"),
    Kind.NUMBER: _whole,
    Kind.MONEY: _whole,
    Kind.LIST: _list,
    Kind.IMAGE: _image,
}
