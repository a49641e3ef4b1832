"""A day's details in the national shape: lines of seven fields between tabs, amounts in yuan.

The columns are those of the file of interface 3202 (国家医疗保障信息平台接口规范):
setl_id, mdtrt_id, psn_no, medfee_sumamt, fund_pay_sumamt, acct_pay, refd_setl_flag. No heading
line, UTF-8, `null` where there is no amount. `setl_id` is the id we gave to the settlement or, with
the flag 1, to the refund.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.core.ids import ID_PATTERN
from app.settlement.reconciliation.errors import RECONCILIATION_LINES, RECONCILIATION_TOO_LARGE
from app.settlement.reconciliation.service.lines import REFUND, SETTLEMENT, Figures, Line

MOST_LINES: Final = 20_000
_SHOWN: Final = 1_000
_FIELDS: Final = 7
_MOST_TEXT: Final = 64
_MOST_BYTES: Final = 400
_ID: Final = re.compile(ID_PATTERN)
_YUAN: Final = re.compile(r"(0|[1-9][0-9]{0,9})(?:\.([0-9]{1,2}))?", re.ASCII)
_FLAGS: Final = {"0": SETTLEMENT, "1": REFUND}
_NOTHING: Final = "null"


class Reason(StrEnum):
    """Why a line is refused; stable names."""

    ENCODING = "encoding"
    TOO_LONG = "too_long"
    FIELDS = "fields"
    """Not seven."""
    SETL_ID = "setl_id"
    TEXT = "text"
    """A field is empty, too long, or has what cannot be printed."""
    AMOUNT = "amount"
    FLAG = "refd_setl_flag"
    PARTS = "parts"
    """Nothing was paid, or the parts are more than the whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that cannot be accepted. What it says is not repeated: it may be a person's number."""

    line: int
    """From 1."""
    reason: Reason

    def told(self) -> dict[str, object]:
        """As a member of the refusal."""
        return {"line": self.line, "reason": self.reason.value}


class _Unfit(Exception):  # noqa: N818 - reads as what the line is
    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self.reason = reason


def read_lines(data: bytes) -> list[Line]:
    """Read a file; all of it or nothing.

    Raises:
        DomainError: RECONCILIATION_TOO_LARGE: more lines than are compared at once;
            RECONCILIATION_LINES: with `refused`, how many, and `lines`, the first thousand of
            them, each with its `Reason`.
    """
    lines: list[Line] = []
    refused: list[Refused] = []
    for n, raw in _split(data):
        try:
            lines.append(_read(raw))
        except _Unfit as unfit:
            refused.append(Refused(line=n, reason=unfit.reason))
    if refused:
        shown = [one.told() for one in refused[:_SHOWN]]
        raise RECONCILIATION_LINES(members={"refused": len(refused), "lines": shown})
    return lines


def _split(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Lines end with LF or CRLF; the last one need not."""
    if data.count(b"\n") > MOST_LINES:
        raise RECONCILIATION_TOO_LARGE()
    parts = data.split(b"\n")
    if parts[-1] == b"":
        parts.pop()
    if len(parts) > MOST_LINES:
        raise RECONCILIATION_TOO_LARGE()
    for n, part in enumerate(parts, start=1):
        yield n, part.removesuffix(b"\r")


def _read(raw: bytes) -> Line:
    if len(raw) > _MOST_BYTES:
        raise _Unfit(Reason.TOO_LONG)
    try:
        fields = raw.decode("utf-8").split("\t")
    except UnicodeDecodeError:
        raise _Unfit(Reason.ENCODING) from None
    if len(fields) != _FIELDS:
        raise _Unfit(Reason.FIELDS)
    setl_id, mdtrt_id, psn_no, total, fund, account, flag = fields
    if _ID.fullmatch(setl_id) is None:
        raise _Unfit(Reason.SETL_ID)
    if not all(_is_text(one) for one in (mdtrt_id, psn_no)):
        raise _Unfit(Reason.TEXT)
    if flag not in _FLAGS:
        raise _Unfit(Reason.FLAG)
    figures = _figures(_fen(total), _fen(fund), _fen(account))
    return Line(kind=_FLAGS[flag], msgid=None, id=setl_id, figures=figures)


def _is_text(value: str) -> bool:
    """A field we do not use: short, and nothing but printable."""
    return 0 < len(value) <= _MOST_TEXT and value.isprintable()


def _fen(text: str) -> int:
    """Fen of an amount in yuan; never through a binary fraction.

    Raises:
        _Unfit: AMOUNT.
    """
    if text == _NOTHING:
        return 0
    found = _YUAN.fullmatch(text)
    if found is None:
        raise _Unfit(Reason.AMOUNT)
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _figures(total: int, fund: int, account: int) -> Figures:
    if total == 0 or fund + account > total:
        raise _Unfit(Reason.PARTS)
    return Figures(fund=fund, account=account, cash=total - fund - account)
