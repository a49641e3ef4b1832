"""Baskets and figures between the national names and ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from app.core.errors import INVALID_FIELD
from app.settlement.chs.errors import CHS_TOTAL_DIFFERS
from app.settlement.chs.numbers import seconds
from app.settlement.chs.schemas import NationalDetail, NationalPerson
from app.settlement.chs.yuan import fen_of, units_of, yuan_of
from app.settlement.models.purchase import Refund, Settlement
from app.settlement.service.quoting.pricing import Wanted

SPLIT: Final[Mapping[str, str]] = MappingProxyType(
    {
        "medfee_sumamt": "total",
        "fulamt_ownpay_amt": "own",
        "overlmt_selfpay": "over",
        "preselfpay_amt": "self_first",
        "inscp_scp_amt": "in_scope",
        "act_pay_dedc": "deductible",
        "hifp_pay": "fund",
        "fund_pay_sumamt": "fund",
        "psn_part_amt": "person",
        "acct_pay": "account",
        "acct_mulaid_pay": "mutual",
        "psn_cash_pay": "cash",
    }
)
"""The national name of each figure of ours. `acct_mulaid_pay` is a part of `acct_pay`."""
LINE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "det_item_fee_sumamt": "total",
        "fulamt_ownpay_amt": "own",
        "overlmt_amt": "over",
        "preselfpay_amt": "self_first",
        "inscp_scp_amt": "in_scope",
    }
)
"""Likewise of a line."""
LEVELS: Final[Mapping[str, str]] = MappingProxyType({"A": "01", "B": "02", "C": "03"})
"""`chrgitm_lv` of 甲, 乙 and 丙."""
_GIVEN_BACK: Final = ("total", "fund", "account", "mutual", "cash")
_Object = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Basket:
    """Who buys what, and under which names the message says so."""

    person: NationalPerson
    person_under: str
    details: Sequence[NationalDetail]
    details_under: str


def wanted_of(basket: Basket) -> list[Wanted]:
    """Read a basket.

    1. Every number is whole fen, whole units.
    2. Every line's sum is its units times its price.
    3. The basket's sum is that of its lines.

    Raises:
        DomainError: INVALID_FIELD or CHS_TOTAL_DIFFERS.
    """
    wanted, whole = [], 0
    for n, detail in enumerate(basket.details):
        where = f"/input/{basket.details_under}/{n}"
        line = _wanted(detail, where)  # 1
        fen = line.quantity * line.unit_price
        require_amount(detail.det_item_fee_sumamt, fen, f"{where}/det_item_fee_sumamt")  # 2
        wanted.append(line)
        whole += fen
    total = basket.person.medfee_sumamt
    require_amount(total, whole, f"/input/{basket.person_under}/medfee_sumamt")  # 3
    return wanted


def require_amount(text: str, fen: int, pointer: str) -> None:
    """See to it that an amount is what we count.

    Raises:
        DomainError: INVALID_FIELD or CHS_TOTAL_DIFFERS.
    """
    if _fen(text, pointer) != fen:
        raise CHS_TOTAL_DIFFERS(pointer=pointer)


def quoted(quote_id: str, split: Mapping[str, int]) -> _Object:
    """`setlinfo` of a pre-settlement."""
    return {"mdtrt_id": quote_id, **_figures(split, SPLIT)}


def settled(one: Settlement) -> _Object:
    """`setlinfo` of a settlement, with the figures it was made with."""
    split = {name: getattr(one, name) for name in set(SPLIT.values()) - {"person"}}
    return {
        "setl_id": one.id,
        "mdtrt_id": one.quote_id,
        "medins_setl_id": one.msgid,
        "setl_time": seconds(one.settled_at or one.created_at),
        **_figures({**split, "person": one.total - one.fund}, SPLIT),
    }


def undone(one: Refund) -> _Object:
    """`setlinfo` of what was given back: a settlement of its own, below zero."""
    split = {name: -getattr(one, name) for name in _GIVEN_BACK}
    split["person"] = split["total"] - split["fund"]
    names = {national: ours for national, ours in SPLIT.items() if ours in split}
    return {
        "setl_id": one.id,
        "init_setl_id": one.settlement_id,
        "medins_setl_id": one.msgid,
        "setl_time": seconds(one.at),
        **_figures(split, names),
    }


def cut(lines: Sequence[Mapping[str, Any]], details: Sequence[NationalDetail]) -> list[_Object]:
    """`detlcutinfo`: how each line came about."""
    return [
        {
            "feedetl_sn": detail.feedetl_sn,
            "med_list_codg": line["code"],
            "cnt": str(line["quantity"]),
            "pric": yuan_of(line["unit_price"]),
            "chrgitm_lv": LEVELS[line["category"]],
            **_figures(line, LINE),
        }
        for line, detail in zip(lines, details, strict=True)
    ]


def _wanted(detail: NationalDetail, where: str) -> Wanted:
    try:
        units = units_of(detail.cnt)
    except ValueError:
        raise INVALID_FIELD(pointer=f"{where}/cnt") from None
    price = _fen(detail.pric, f"{where}/pric")
    return Wanted(code=detail.med_list_codg, barcode=None, quantity=units, unit_price=price)


def _fen(text: str, pointer: str) -> int:
    try:
        return fen_of(text)
    except ValueError:
        raise INVALID_FIELD(pointer=pointer) from None


def _figures(split: Mapping[str, Any], names: Mapping[str, str]) -> _Object:
    return {national: yuan_of(split[ours]) for national, ours in names.items()}
