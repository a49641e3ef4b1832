"""/chs: the national envelope, for pharmacy systems that speak it already.

HTTP 200 is an answer about the message, also where `infcode` is -1. Any other status (who calls,
how often, whether we are there at all) is a problem as everywhere, and says nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, TypeVar

from flask import Response
from flask_openapi import APIBlueprint, Tag
from pydantic import ValidationError

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.errors import INVALID_FIELD, DomainError
from app.core.http.languages import preferred_language
from app.core.http.problems import refuse_invalid
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.chs.answering import Answering
from app.settlement.chs.errors import CHS_INFNO_UNKNOWN
from app.settlement.chs.facade import NationalFacade
from app.settlement.chs.figures import Basket
from app.settlement.chs.numbers import merchant_code, require_merchant, require_msgid
from app.settlement.chs.schemas import (
    DrugPurchaseEnvelope,
    FinalSettlementEnvelope,
    InfnoPath,
    NationalEnvelope,
    NationalHead,
    NationalReply,
    NationalSelfReply,
    PreSettlementEnvelope,
    UndoingEnvelope,
)
from app.settlement.chs.statement_schemas import DetailsEnvelope, TotalsEnvelope
from app.settlement.chs.statements import NationalStatements
from app.settlement.routes.refusing import tell_cashier
from app.settlement.scopes import SCOPE

_ABOUT_THE_MESSAGE: Final = frozenset({404, 409, 422})
_Body = TypeVar("_Body", bound=NationalHead)
blueprint = APIBlueprint("chs", __name__, url_prefix="/chs", abp_tags=[Tag(name="national")])


@blueprint.errorhandler(DomainError)
def _tell_cashier(refusal: DomainError) -> Response:
    """A field that is wrong is an answer; what is no message at all is refused as a problem."""
    if refusal.kind is INVALID_FIELD:
        return _refused(refusal)
    return tell_cashier(refusal)


@blueprint.get("", summary="What to write into envelopes", responses={200: NationalSelfReply})
@terminal(scope=SCOPE)
def about() -> Response:
    """The caller's own `fixmedins_code`, and which transactions there are."""
    merchant = caller(Terminal)
    return reply(
        NationalSelfReply(
            fixmedins_code=merchant_code(merchant.merchant_id),
            fixmedins_name=merchant.merchant_name,
            infnos=sorted(_TRANSACTIONS),
        )
    )


@blueprint.post("/<infno>", summary="A national transaction", responses={200: NationalReply})
@terminal(scope=SCOPE)
def call(path: InfnoPath, body: NationalEnvelope) -> Response:
    """2206, 2207, 2208, 2102, 2103, 3201 and 3202.

    1. The transaction is known, and the envelope names it too.
    2. The envelope speaks for the merchant that calls.
    3. Its `msgid` is made as the national format has it.
    4. What is inside fits the transaction.
    """
    answering = service(Answering)
    received = answering.received(body.mdtrtarea_admvs)
    try:
        work = _transaction(path.infno, body)  # 1
        require_merchant(body.fixmedins_code, caller(Terminal).merchant_id)  # 2
        require_msgid(body.msgid, body.fixmedins_code)  # 3
        output = work(caller(Terminal))  # 4
    except DomainError as refusal:
        if refusal.kind.status not in _ABOUT_THE_MESSAGE:
            raise
        return reply(answering.refused(received, refusal, _words(refusal)))
    return reply(answering.done(received, output))


_Work = Callable[[Terminal], Mapping[str, Any]]


def _transaction(infno: str, body: NationalEnvelope) -> _Work:
    if infno != body.infno:
        raise CHS_INFNO_UNKNOWN(pointer="/infno")
    if infno not in _TRANSACTIONS:
        raise CHS_INFNO_UNKNOWN(pointer="/infno")
    return _TRANSACTIONS[infno]


def _pre_settle(till: Terminal) -> Mapping[str, Any]:
    message = _read(PreSettlementEnvelope).input
    basket = Basket(
        person=message.data,
        person_under="data",
        details=message.feedetail,
        details_under="feedetail",
    )
    return service(NationalFacade).pre_settle(till, basket)


def _settle(till: Terminal) -> Mapping[str, Any]:
    message = _read(FinalSettlementEnvelope)
    return service(NationalFacade).settle(till, message.msgid, message.input.data)


def _undo(till: Terminal) -> Mapping[str, Any]:
    message = _read(UndoingEnvelope)
    return service(NationalFacade).undo(till, message.msgid, message.input.data)


def _buy(till: Terminal) -> Mapping[str, Any]:
    message = _read(DrugPurchaseEnvelope)
    basket = Basket(
        person=message.input.druginfo,
        person_under="druginfo",
        details=message.input.drugdetail,
        details_under="drugdetail",
    )
    return service(NationalFacade).buy(till, message.msgid, basket)


def _totals(till: Terminal) -> Mapping[str, Any]:
    return service(NationalStatements).totals(till, _read(TotalsEnvelope).input.data)


def _details(till: Terminal) -> Mapping[str, Any]:
    return service(NationalStatements).details(till, _read(DetailsEnvelope).input.data)


_TRANSACTIONS: Final[Mapping[str, _Work]] = MappingProxyType(
    {
        "2206": _pre_settle,
        "2207": _settle,
        "2208": _undo,
        "2102": _buy,
        "2103": _undo,
        "3201": _totals,
        "3202": _details,
    }
)


def _read(kind: type[_Body]) -> _Body:
    """The body once more, by the schema of its transaction.

    Raises:
        DomainError: INVALID_FIELD.
    """
    try:
        return kind.model_validate(None)
    except ValidationError as invalid:
        refuse_invalid(invalid)
        raise


def _refused(refusal: DomainError) -> Response:
    answering = service(Answering)
    return reply(answering.refused(answering.received(), refusal, _words(refusal)))


def _words(refusal: DomainError) -> str:
    return refusal.kind.en if preferred_language() == "en" else refusal.kind.zh
