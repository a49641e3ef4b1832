"""An outcome as a file in the national shape: ten fields between tabs, zipped.

The columns are those of the result of interface 3202 (国家医疗保障信息平台接口规范): psn_no,
mdtrt_id, setl_id, msgid, stmt_rslt, refd_setl_flag, memo, medfee_sumamt, fund_pay_sumamt, acct_pay.
No heading line, UTF-8, `null` where there is nothing. The amounts are ours, in yuan; `memo` has the
class, and after it theirs in the same order.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from app.settlement.reconciliation.service.lines import DIFFERENT, REFUND
from app.settlement.reconciliation.service.outcomes import Outcome
from app.settlement.reconciliation.states import DifferenceClass

_NOTHING: Final = "null"
_OURS_ALONE: Final = "000101"
_THEIRS_ALONE: Final = "000102"
RESULTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        DifferenceClass.MISSING_THERE.value: _OURS_ALONE,
        DifferenceClass.MISSING_HERE.value: _THEIRS_ALONE,
        DifferenceClass.DUPLICATE.value: _THEIRS_ALONE,
        DifferenceClass.AMOUNT.value: DIFFERENT,
        DifferenceClass.LATE.value: DIFFERENT,
    }
)
"""`stmt_rslt` of a line: 中心多, 医药机构多, 数据不一致."""
_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time an archive can have: the same outcome is the same file, byte for byte."""


def file_name(outcome: Outcome) -> str:
    """What the file is called."""
    return f"{outcome.day:%Y%m%d}-{outcome.number}.txt"


def file_of(outcome: Outcome) -> bytes:
    """The archive; with nothing that differs its file is empty."""
    lines = "".join(_row(one) + "\n" for one in outcome.lines)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo(file_name(outcome), date_time=_MADE)
        member.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(member, lines.encode())
    return packed.getvalue()


def _row(one: Mapping[str, Any]) -> str:
    fields = (
        _NOTHING,
        _NOTHING,
        one["id"],
        one["msgid"] or _NOTHING,
        RESULTS[one["kind"]],
        "1" if one["of"] == REFUND else "0",
        " ".join([one["kind"], *_amounts(one["theirs"])]),
        *_amounts(one["ours"]),
    )
    return "\t".join(fields)


def _amounts(figures: Mapping[str, int] | None) -> tuple[str, str, str]:
    if figures is None:
        return (_NOTHING, _NOTHING, _NOTHING)
    whole = figures["fund"] + figures["account"] + figures["cash"]
    return (_yuan(whole), _yuan(figures["fund"]), _yuan(figures["account"]))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02}"
