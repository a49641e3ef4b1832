"""3201 and 3202 as readings of reconciliation: translation only, nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from app.core.access.principals import Terminal
from app.core.errors import INVALID_FIELD
from app.settlement.chs.errors import CHS_PERIOD_WRONG, CHS_TOTAL_DIFFERS
from app.settlement.chs.numbers import seconds
from app.settlement.chs.statement_schemas import DetailsPart, TotalsPart
from app.settlement.chs.yuan import signed_fen_of, yuan_of
from app.settlement.reconciliation.service.lines import net_of
from app.settlement.reconciliation.service.outcome_file import RESULTS, file_name
from app.settlement.reconciliation.service.outcomes import Outcome, ReconciliationOutcomes
from app.settlement.reconciliation.service.periods import (
    Counted,
    Period,
    PeriodReport,
    ReconciliationPeriods,
)

TOTALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "medfee_sumamt": "total",
        "fund_pay_sumamt": "fund",
        "acct_pay": "account",
        "cash_payamt": "cash",
        "fixmedins_setl_cnt": "count",
    }
)
"""The national name of each figure of a period."""
PURPOSES: Final[Mapping[str, str]] = MappingProxyType({"11": "01301", "41": "02121"})
"""`clr_type`: what the codes were shown for."""
SCHEMES: Final[Mapping[str, Sequence[str]]] = MappingProxyType(
    {"310": ("employee", "flexible"), "390": ("resident",)}
)
"""`insutype`: whoever works for themselves is in the employees' insurance."""
_NO_REFUNDS: Final = "0"
_EQUAL, _DIFFERENT = "0", "1"
_IN_SHORT: Final = 20
Output = dict[str, Any]


class NationalStatements:
    """Compares totals and details. It writes nothing: a repeated message is answered anew."""

    def __init__(self, *, periods: ReconciliationPeriods, outcomes: ReconciliationOutcomes) -> None:
        """Take the services."""
        self._periods = periods
        self._outcomes = outcomes

    def totals(self, terminal: Terminal, part: TotalsPart) -> Output:
        """3201: what a period comes to, at both sides.

        Raises:
            DomainError: INVALID_FIELD; as `ReconciliationPeriods.compare`.
        """
        counted = Counted(
            purpose=PURPOSES[part.clr_type],
            region=part.setl_optins,
            schemes=SCHEMES[part.insutype],
            refunds=part.refd_setl_flag != _NO_REFUNDS,
        )
        report = self._periods.compare(terminal, _period(part), counted, _theirs(part))
        return {"stmtinfo": _compared(part, report)}

    def details(self, terminal: Terminal, part: DetailsPart) -> Output:
        """3202: what came of a file that was uploaded.

        1. The period is one that can be compared.
        2. The file is the caller's merchant's own.
        3. It is of that day: a file holds one.
        4. The message says of it what its lines add up to.

        Raises:
            DomainError: INVALID_FIELD, CHS_PERIOD_WRONG, CHS_TOTAL_DIFFERS; as
                `ReconciliationPeriods.require` and `ReconciliationOutcomes.of_file`.
        """
        period, theirs = _period(part), _theirs(part)
        self._periods.require(period)  # 1
        outcome = self._outcomes.of_file(terminal, part.file_qury_no)  # 2
        if (period.begin, period.end) != (outcome.day, outcome.day):  # 3
            raise CHS_PERIOD_WRONG(pointer="/input/data/stmt_begndate")
        _require_sums(outcome, part, theirs)  # 4
        return {
            "fileinfo": {
                "file_qury_no": outcome.number,
                "filename": file_name(outcome),
                "dld_endtime": seconds(outcome.until),
            },
            "stmtinfo": _found(part, outcome),
            "difflist": [_short(one) for one in outcome.lines[:_IN_SHORT]],
        }


def _period(part: TotalsPart | DetailsPart) -> Period:
    return Period(begin=_day(part, "stmt_begndate"), end=_day(part, "stmt_enddate"))


def _day(part: TotalsPart | DetailsPart, name: str) -> date:
    try:
        return date.fromisoformat(getattr(part, name))
    except ValueError:  # 30 February
        raise INVALID_FIELD(pointer=f"/input/data/{name}") from None


def _theirs(part: TotalsPart | DetailsPart) -> dict[str, int]:
    """Their figures by our names.

    Raises:
        DomainError: INVALID_FIELD: a part of a fen.
    """
    found = {}
    for national, ours in TOTALS.items():
        said = getattr(part, national, None)
        if said is not None:
            found[ours] = int(said) if ours == "count" else _fen(said, national)
    return found


def _fen(text: str, name: str) -> int:
    try:
        return signed_fen_of(text)
    except ValueError:
        raise INVALID_FIELD(pointer=f"/input/data/{name}") from None


def _require_sums(outcome: Outcome, part: DetailsPart, theirs: Mapping[str, int]) -> None:
    file = asdict(net_of(outcome.theirs, refunds=part.refd_setl_flag != _NO_REFUNDS))
    for national, ours in TOTALS.items():
        if ours in theirs and theirs[ours] != file[ours]:
            raise CHS_TOTAL_DIFFERS(pointer=f"/input/data/{national}")


def _compared(part: TotalsPart, report: PeriodReport) -> Output:
    differing = [name for name, ours in TOTALS.items() if ours in report.differing]
    told = [_both_sides(name, report) for name in differing]
    words = [f"{one['name']}中心{one['ours']}机构{one['theirs']}" for one in told]
    return {
        "setl_optins": part.setl_optins,
        "stmt_rslt": _DIFFERENT if told else _EQUAL,
        "stmt_rslt_dscr": f"不一致:{';'.join(words)}" if told else "一致",
        "differences": told,
    }


def _both_sides(national: str, report: PeriodReport) -> dict[str, str]:
    name = TOTALS[national]
    write = str if name == "count" else yuan_of
    return {
        "name": national,
        "theirs": write(report.theirs[name]),
        "ours": write(getattr(report.ours, name)),
    }


def _found(part: DetailsPart, outcome: Outcome) -> Output:
    words = ";".join(f"{kind} {count}" for kind, count in sorted(outcome.counts.items()))
    return {
        "setl_optins": part.setl_optins,
        "stmt_rslt": _DIFFERENT if outcome.found else _EQUAL,
        "stmt_rslt_dscr": f"共{outcome.found}条不一致:{words}" if outcome.found else "一致",
        "differences": dict(outcome.counts),
    }


def _short(one: Mapping[str, Any]) -> Output:
    """A difference, with what each side has; a side that has nothing is left out."""
    found = {
        "setl_id": one["id"],
        "msgid": one["msgid"] or "",
        "refd_setl_flag": "1" if one["of"] == "refund" else "0",
        "stmt_rslt": RESULTS[one["kind"]],
        "memo": one["kind"],
    }
    sides = {side: _amounts(one[side]) for side in ("theirs", "ours") if one[side] is not None}
    return found | sides


def _amounts(figures: Mapping[str, int]) -> dict[str, str]:
    return {
        "medfee_sumamt": yuan_of(figures["fund"] + figures["account"] + figures["cash"]),
        "fund_pay_sumamt": yuan_of(figures["fund"]),
        "acct_pay": yuan_of(figures["account"]),
        "cash_payamt": yuan_of(figures["cash"]),
    }
