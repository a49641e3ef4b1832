"""Values as a reader sees them: in Chinese and English, with words for codes, dates and sums."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from certificates.spec.fields import FieldSpec, Kind, Printed
from certificates.spec.kind import CertificateType

_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_RIGHT: Final = frozenset({Kind.NUMBER, Kind.MONEY})
"""What stands under one another by its last digit."""
_ABSENT: Final = ("—", None)
Words = tuple[str, str | None]
"""Chinese, and English where it differs."""


def rows(kind: CertificateType, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of the particulars, in the type's order; what has no value has no line."""
    return [
        {"label": field.label.model_dump(), **cell(field, values[field.name])}
        for field in kind.spec.fields
        if field.kind not in {Kind.IMAGE, Kind.TABLE} and values[field.name] is not None
    ]


def tables(kind: CertificateType, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tables below them; an empty one is left out."""
    return [
        _table(field, values[field.name])
        for field in kind.spec.fields
        if field.kind is Kind.TABLE and values[field.name]
    ]


def cell(printed: Printed, value: Any) -> dict[str, str | None]:  # noqa: ANN401 - JSON
    """Return the words of one value; a dash where there is none."""
    zh, en = _ABSENT if value is None else _WORDS[printed.kind](printed, value)
    return {"zh": zh, "en": en}


def date_words(day: dt.date) -> dict[str, str]:
    """Write a day in both languages, e.g. 2026年11月23日 and 23 November 2026."""
    return {
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }


def _table(field: FieldSpec, records: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "label": field.label.model_dump(),
        "shape": field.shape,
        "columns": [
            {"label": one.label.model_dump(), "right": one.kind in _RIGHT} for one in field.columns
        ],
        "rows": [
            [cell(column, record[column.name]) for column in field.columns] for record in records
        ],
    }


def _text(printed: Printed, value: str) -> Words:
    words = printed.values.get(value)
    return (value, None) if words is None else (words.zh, words.en)


def _list(printed: Printed, values: list[str]) -> Words:
    words = [_text(printed, value) for value in values]
    zh = "、".join(one for one, _ in words)
    return zh, (", ".join(en or own for own, en in words) if printed.values else None)


def _date(_: Printed, value: str) -> Words:
    words = date_words(dt.date.fromisoformat(value))
    return words["zh"], words["en"]


def _moment(_: Printed, value: str) -> Words:
    # The wall clock where it happened: an offset is kept, never converted.
    moment = dt.datetime.fromisoformat(value)
    words, clock = date_words(moment), f"{moment.hour:02}:{moment.minute:02}"
    return f"{words['zh']} {clock}", f"{clock}, {words['en']}"


def _number(printed: Printed, value: int) -> Words:
    if printed.unit is None:
        return str(value), None
    many = printed.unit.one if value == 1 else printed.unit.en
    return f"{value} {printed.unit.zh}", f"{value} {many}"


def _money(_: Printed, fen: int) -> Words:
    yuan = f"{fen // 100:,}.{fen % 100:02}"
    return f"{yuan} 元", f"CNY {yuan}"


_WORDS: Final[dict[Kind, Callable[[Any, Any], Words]]] = {
    Kind.TEXT: _text,
    Kind.LIST: _list,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
}
