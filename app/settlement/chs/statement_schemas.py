"""3201 and 3202 on the wire. Amounts and counts are text, as in all messages."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from app.core.ids import ID_PATTERN
from app.settlement.chs.schemas import NationalHead, NationalPart

_Day = Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
_Amount = Annotated[str, Field(pattern=r"^-?(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?$")]
_Count = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,8})$")]
_Office = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
_Refunds = Literal["0", "1", ""] | None
"""0: what was given back does not count; anything else: it does, below nought."""
_Kind = Literal["11", "41"]
"""Outpatient care, and purchases at a drug store: there is no other kind here."""


class TotalsPart(NationalPart):
    """What a merchant's period comes to."""

    insutype: Literal["310", "390"]
    clr_type: _Kind
    setl_optins: _Office
    """Whose insured persons: the office that pays."""
    stmt_begndate: _Day
    stmt_enddate: _Day
    medfee_sumamt: _Amount
    fund_pay_sumamt: _Amount
    acct_pay: _Amount
    fixmedins_setl_cnt: _Count
    refd_setl_flag: _Refunds = None


class DetailsPart(NationalPart):
    """Which file, and what its lines come to."""

    setl_optins: _Office
    file_qury_no: Annotated[str, Field(pattern=ID_PATTERN)]
    """The `id` of the answer to the upload."""
    stmt_begndate: _Day
    stmt_enddate: _Day
    medfee_sumamt: _Amount
    fund_pay_sumamt: _Amount
    cash_payamt: _Amount
    fixmedins_setl_cnt: _Count
    refd_setl_flag: _Refunds = None
    clr_type: _Kind | None = None
    """Not used: the file has what the day had."""


class Totals(NationalPart):
    """3201."""

    data: TotalsPart


class Details(NationalPart):
    """3202."""

    data: DetailsPart


class TotalsEnvelope(NationalHead):
    """3201."""

    input: Totals


class DetailsEnvelope(NationalHead):
    """3202."""

    input: Details
