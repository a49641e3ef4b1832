"""The receipt of a settlement as a page: the claims of a signed receipt, in words.

Nothing is computed but sums of what the claims state: what is printed is what was signed. Names of
goods alone are not among the claims.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from certificates.departments import Department
from certificates.moments import SHANGHAI, moment
from certificates.qr import qr_svg
from certificates.receipt_words import (
    CASH_BY,
    CATEGORIES,
    COLUMNS,
    EXPLAINED,
    LABELS,
    RETURNED,
    SCHEMES,
    SEAL,
    TABLES,
    TERMS,
    TITLES,
    WHOLE,
)

TEMPLATE: Final = "/layout/receipt.typ"
SCHEMA: Final = "zero-run/receipt/1"
Claims = Mapping[str, Any]
_Words = Mapping[str, str | None]
_RIGHT: Final = frozenset(
    {"n", "quantity", "unit_price", "total", "fund", "own_account", "mutual", "cash", "account"}
    | {"deductible", "due"}
)
_NO_ENGLISH: Final[Mapping[str, str | None]] = MappingProxyType({"en": None})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What is to be printed."""

    claims: Claims = field(repr=False)
    """Of the signed receipt: amounts in fen, times in seconds since 1970."""
    names: Sequence[tuple[str, str]] = field(repr=False)
    """Of the goods, line by line: Chinese and English."""
    signed: str = field(repr=False)
    """The receipt itself, a compact JWS; attached to the page."""
    check_url: str = field(repr=False)
    """The address behind the QR."""
    check_page: str
    """The address a person types."""

    @property
    def made_at(self) -> dt.datetime:
        """When it was signed, in the zone that the page shows."""
        return moment(self.claims["iat"]).astimezone(SHANGHAI)

    def document(self, department: Department, *, signer_until: dt.datetime) -> str:
        """Return the JSON attached to the file: the receipt, and what a reader of files looks for.

        The signed receipt alone states the purchase; the rest says of the file what certificates
        say of themselves.

        Args:
            department: who signs the file.
            signer_until: when its certificate ends: the file counts no longer than that.
        """
        until = min(moment(self.claims["exp"]), signer_until)
        document = {
            "schema": SCHEMA,
            "type": "settlement_receipt",
            "number": self.claims["settlement"],
            "titles": dict(TITLES),
            "issuer": {"uscc": department.uscc, **department.names.model_dump()},
            "issued_at": self.made_at.isoformat(),
            "valid_until": until.astimezone(SHANGHAI).isoformat(),
            "provisional": False,
            "check_url": self.check_url,
            "receipt": self.signed,
        }
        return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1)

    def page(self, department: Department, *, signer_until: dt.datetime) -> dict[str, Any]:
        """Return what layout/receipt.typ prints; as `document`.

        Raises:
            ValueError: there are not as many names as lines.
        """
        claims, names = self.claims, department.names
        return {
            "titles": dict(TITLES),
            "number": claims["settlement"],
            "description": f"{TITLES['zh']} {claims['settlement']}",
            "returned": _returned(claims),
            "rows": _rows(claims),
            "payers": _payers(claims["split"]),
            "explained": _explained(claims["split"]),
            "tables": [
                _goods(claims["lines"], self.names),
                *_refunds(claims["refunds"]),
                *_adjustments(claims["adjustments"]),
            ],
            "qr": qr_svg(self.check_url, border=0),
            "qr_alt": "核验二维码 QR code to check this receipt",
            "check_page": self.check_page,
            "department": names.model_dump(),
            "seal": SEAL["zh"],
            "seal_alt": f"印章：{names.zh}{SEAL['zh']} Seal of {names.en}",
            "made": _moment(self.made_at),
            "terms": dict(TERMS),
            "notice": department.notice.model_dump() if department.notice else None,
            "document": self.document(department, signer_until=signer_until),
        }


def _returned(claims: Claims) -> _Words | None:
    """Say in red what came back; nothing where nothing did."""
    back, whole = claims["returned"], claims["split"]["total"]
    if back == 0:
        return None
    words = WHOLE if back == whole else RETURNED
    return {"zh": f"{words['zh']} {_yuan(back)} 元", "en": f"{words['en']} CNY {_yuan(back)}"}


def _rows(claims: Claims) -> list[dict[str, Any]]:
    rule, cash_by = claims["rule"], CASH_BY[claims["cash_by"]]
    scheme = SCHEMES.get(claims["scheme"], {"zh": claims["scheme"], "en": None})
    told: dict[str, _Words] = {
        "merchant": _text(claims["merchant"]["name"]),
        "bought_at": _moment(moment(claims["bought_at"]).astimezone(SHANGHAI)),
        "terminal": _text(claims["terminal"]),
        "msgid": _text(claims["msgid"]),
        "insured": {"zh": f"{claims['region']} {scheme['zh']}", "en": scheme["en"]},
        "year": _text(str(claims["year"])),
        "rule": _text(f"{rule['id']} {rule['version']}"),
        "cash_by": cash_by,
        "holder": _text(claims["holder"]),
        "rule_hash": _text(f"SHA-256 {rule['sha256'][:16]}…"),
    }
    return [{"label": dict(LABELS[name]), **words} for name, words in told.items()]


def _payers(split: Claims) -> dict[str, Any]:
    figures = {
        "total": split["total"],
        "fund": split["fund"],
        "own_account": split["account"] - split["mutual"],
        "mutual": split["mutual"],
        "cash": split["cash"],
    }
    parts = [{"label": dict(LABELS[name]), "value": _yuan(fen)} for name, fen in figures.items()]
    return {"label": dict(TABLES["payers"]), "parts": parts}


def _explained(split: Claims) -> _Words:
    """Say how the sum falls apart by the rules, in one sentence of each language."""
    figures = {name: _yuan(split[name]) for name in EXPLAINED["names"].split()}
    return {language: EXPLAINED[language].format(**figures) for language in ("zh", "en")}


def _goods(lines: Sequence[Claims], names: Sequence[tuple[str, str]]) -> dict[str, Any]:
    columns = ("n", "item", "category", "quantity", "unit_price")
    sums = ("total", "fund", "own_account", "mutual", "cash")
    rows = []
    for line, (zh, en) in zip(lines, names, strict=True):
        figures = {name: line.get(name, 0) for name in ("total", "fund", "mutual", "cash")}
        figures["own_account"] = line.get("account", 0) - figures["mutual"]
        rows.append(
            [
                _text(str(line["n"])),
                {"zh": zh, "en": f"{en} · {line['code']}"},
                dict(CATEGORIES[line["category"]]),
                _quantity(line),
                _text(_yuan(line["unit_price"])),
                *(_text(_yuan(figures[name])) for name in sums),
            ]
        )
    return _table("goods", (*columns, *sums), rows)


def _quantity(line: Claims) -> _Words:
    back = line.get("returned_quantity")
    if not back:
        return _text(str(line["quantity"]))
    return {"zh": f"{line['quantity']}（退 {back}）", "en": f"{back} returned"}


def _refunds(refunds: Sequence[Claims]) -> list[dict[str, Any]]:
    """Return the table of what came back, or none."""
    names = ("total", "fund", "own_account", "mutual", "cash")
    rows = []
    for one in refunds:
        figures = {**one, "own_account": one["account"] - one["mutual"]}
        rows.append(
            [
                _moment(moment(one["at"]).astimezone(SHANGHAI)),
                _text(one["id"]),
                *(_text(_yuan(figures[name])) for name in names),
            ]
        )
    return [_table("refunds", ("at", "id", *names), rows)] if rows else []


def _adjustments(changes: Sequence[Claims]) -> list[dict[str, Any]]:
    """Return the table of what recomputations of the year changed, or none."""
    names = ("deductible", "fund", "account", "due")
    rows = [
        [
            _moment(moment(one["at"]).astimezone(SHANGHAI)),
            _text(one["id"]),
            *(_text(_yuan(one[name])) for name in names),
        ]
        for one in changes
    ]
    return [_table("adjustments", ("at", "id", *names), rows)] if rows else []


def _table(name: str, columns: Sequence[str], rows: list[list[_Words]]) -> dict[str, Any]:
    return {
        "label": dict(TABLES[name]),
        "columns": [
            {
                "label": dict(COLUMNS[column]),
                "right": column in _RIGHT,
                "wide": column in {"item", "id"},
            }
            for column in columns
        ],
        "rows": rows,
    }


def _text(words: str) -> _Words:
    return {"zh": words, **_NO_ENGLISH}


def _moment(at: dt.datetime) -> _Words:
    day = f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
    return {"zh": day, "en": f"{at:%Y-%m-%d %H:%M} UTC+8"}


def _yuan(fen: int) -> str:
    return f"{'-' if fen < 0 else ''}{abs(fen) // 100:,}.{abs(fen) % 100:02}"
