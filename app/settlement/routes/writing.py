"""Quotes, settlements and refunds as replies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from app.core.http.languages import preferred_language
from app.settlement.benefits.trace_words import Language
from app.settlement.models.purchase import Adjustment, Refund, Settlement, SettlementLine
from app.settlement.models.quote import Quote
from app.settlement.schemas.told import (
    AdjustmentReply,
    LineReply,
    QuoteReply,
    RefundReply,
    RuleReply,
    SettlementReply,
    SplitReply,
    TraceStepReply,
    WhatIfReply,
)
from app.settlement.service.quoting.content import SPLIT_FIELDS, steps_in_words
from app.settlement.service.reading import Made, Purchase

_COPIED: Final = ("n", "code", "names", "category", "quantity", "unit_price", *SPLIT_FIELDS)


def what_if_reply(content: Mapping[str, Any]) -> WhatIfReply:
    """What a basket would cost."""
    return WhatIfReply(
        rule=rule_reply(content),
        split=SplitReply(**content["split"]),
        lines=[line_reply(line) for line in content["lines"]],
        trace=trace_reply(content),
    )


def quote_reply(quote: Quote) -> QuoteReply:
    """A quote."""
    told = what_if_reply(quote.content)
    return QuoteReply(quote_id=quote.id, expires_at=quote.expires_at, **dict(told))


def rule_reply(content: Mapping[str, Any]) -> RuleReply:
    """The rule behind it."""
    rule = content["rule"]
    return RuleReply(id=rule["id"], version=rule["version"], sha256=rule["sha256"])


def line_reply(line: Mapping[str, Any], row: SettlementLine | None = None) -> LineReply:
    """A line as it was quoted, with what came back of it since."""
    returned = 0 if row is None else row.returned_quantity
    return LineReply(returned_quantity=returned, **{name: line[name] for name in _COPIED})


def trace_reply(content: Mapping[str, Any]) -> list[TraceStepReply]:
    """The steps, in the reader's language."""
    language: Language = "en" if preferred_language() == "en" else "zh"
    return [TraceStepReply(**step) for step in steps_in_words(dict(content), language)]


def split_reply(settlement: Settlement) -> SplitReply:
    """A settlement's figures as it was made."""
    person = settlement.total - settlement.fund
    figures = {name: getattr(settlement, name) for name in SPLIT_FIELDS if name != "person"}
    return SplitReply(person=person, **figures)


def lines_reply(purchase: Purchase) -> list[LineReply]:
    """Its lines, with what came back of each."""
    return [
        line_reply(line, row)
        for line, row in zip(purchase.content["lines"], purchase.lines, strict=True)
    ]


def made_reply(made: Made) -> SettlementReply:
    """A settlement as the first answer to its message said, whatever came since."""
    return SettlementReply(
        settlement_id=made.id,
        msgid=made.msgid,
        status="HOLDING" if made.held else "SETTLED",
        cash_by=made.cash_by,  # type: ignore[arg-type]
        split=SplitReply(**made.content["split"]),
        lines=[line_reply(line) for line in made.content["lines"]],
        rule=rule_reply(made.content),
        created_at=made.created_at,
        settled_at=None if made.held else made.settled_at,
        refunds=[],
        cash_order_id=made.cash_order_id,
    )


def settlement_reply(purchase: Purchase) -> SettlementReply:
    """A settlement as it stands now."""
    one = purchase.settlement
    return SettlementReply(
        settlement_id=one.id,
        msgid=one.msgid,
        status=one.state.value,
        cash_by=one.cash_by,  # type: ignore[arg-type]
        split=split_reply(one),
        lines=lines_reply(purchase),
        rule=rule_reply(purchase.content),
        created_at=one.created_at,
        settled_at=one.settled_at,
        refunds=[refund_reply(refund) for refund in purchase.refunds],
        cash_order_id=None if purchase.cash_order is None else purchase.cash_order.id,
    )


def refund_reply(refund: Refund) -> RefundReply:
    """What was given back."""
    return RefundReply(
        id=refund.id,
        settlement_id=refund.settlement_id,
        msgid=refund.msgid,
        whole=refund.whole,
        total=refund.total,
        fund=refund.fund,
        account=refund.account,
        mutual=refund.mutual,
        cash=refund.cash,
        at=refund.at,
    )


def adjustment_reply(change: Adjustment) -> AdjustmentReply:
    """What a recomputation changed."""
    return AdjustmentReply(
        id=change.id,
        deductible=change.deductible,
        fund=change.fund,
        account=change.account,
        due=change.due,
        at=change.at,
    )
