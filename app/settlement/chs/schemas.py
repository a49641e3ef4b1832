"""The national envelope on the wire. Amounts are yuan as text, never JSON numbers."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN

_Area = Annotated[str, Field(pattern=r"^[0-9]{6}$")]
_Number = Annotated[str, Field(pattern=r"^(0|[1-9][0-9]{0,9})(\.[0-9]{1,6})?$")]
_Id = Annotated[str, Field(pattern=ID_PATTERN)]
_Text10 = Annotated[str, Field(max_length=10)]
_Text19 = Annotated[str, Field(max_length=19)]
_Text20 = Annotated[str, Field(max_length=20)]
_Text30 = Annotated[str, Field(max_length=30)]
_Text50 = Annotated[str, Field(max_length=50)]
_Text100 = Annotated[str, Field(max_length=100)]
_Text150 = Annotated[str, Field(max_length=150)]
_Text200 = Annotated[str, Field(max_length=200)]
_Text500 = Annotated[str, Field(max_length=500)]
_Text1024 = Annotated[str, Field(max_length=1024)]
_Text2000 = Annotated[str, Field(max_length=2000)]
_MOST_LINES: Final = 100


class NationalPart(BaseModel):
    """A part of a message: strict, without unknown members."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class NationalHead(JsonBody):
    """What every message begins with."""

    infno: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    msgid: Annotated[str, Field(min_length=30, max_length=30)]
    mdtrtarea_admvs: _Area
    """Where the purchase is made."""
    insuplc_admdvs: _Area | Literal[""] | None = None
    """Where the person is insured; our register knows better."""
    recer_sys_code: _Text10
    dev_no: _Text100 | None = None
    dev_safe_info: _Text2000 | None = None
    cainfo: _Text1024 | None = None
    signtype: _Text10 | None = None
    infver: Literal["V1.0"]
    opter_type: Literal["1", "2", "3"]
    opter: Annotated[str, Field(min_length=1, max_length=30)]
    opter_name: Annotated[str, Field(min_length=1, max_length=50)]
    inf_time: Annotated[
        str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}$")
    ]
    fixmedins_code: Annotated[str, Field(min_length=12, max_length=12)]
    fixmedins_name: _Text100
    sign_no: _Text30 | None = None


class NationalEnvelope(NationalHead):
    """A message; what `input` holds depends on `infno`."""

    input: dict[str, Any]


class NationalPerson(NationalPart):
    """Who buys: somebody whose card was decoded at this terminal."""

    psn_no: _Text30 | None = None
    mdtrt_cert_type: Literal["01"]
    """By electronic credential."""
    mdtrt_cert_no: Annotated[str, Field(min_length=1, max_length=4096)]
    """The presence token of the decode."""
    begntime: _Text19 | None = None
    med_type: Literal["11", "41"] | None = None
    """The presence's purpose decides."""
    medfee_sumamt: _Number
    psn_setlway: Literal["01"] | None = None
    invono: _Text20 | None = None
    insutype: Annotated[str, Field(pattern=r"^[0-9]{3}$")] | None = None
    dise_codg: _Text30 | None = None
    dise_name: _Text500 | None = None
    acct_used_flag: Literal["1"] | None = None
    """The own account always pays first."""


class NationalDetail(NationalPart):
    """One line of a basket."""

    feedetl_sn: Annotated[str, Field(min_length=1, max_length=30)]
    """The merchant's own number of it."""
    rxno: _Text30 | None = None
    rx_circ_flag: Literal["0", "1"] | None = None
    fee_ocur_time: _Text19 | None = None
    med_list_codg: Annotated[str, Field(pattern=r"^[A-Z0-9]{1,40}$")]
    """The catalogue's code."""
    medins_list_codg: _Text150 | None = None
    det_item_fee_sumamt: _Number
    cnt: _Number
    pric: _Number
    sin_dos_dscr: _Text200 | None = None
    used_frqu_dscr: _Text200 | None = None
    prd_days: _Text10 | None = None
    medc_way_dscr: _Text200 | None = None
    bilg_dr_codg: _Text30 | None = None
    bilg_dr_name: _Text50 | None = None
    tcmdrug_used_way: Literal["1", "2"] | None = None


_Details = Annotated[list[NationalDetail], Field(min_length=1, max_length=_MOST_LINES)]


class PreSettlement(NationalPart):
    """2206: the basket comes along; nothing is uploaded beforehand."""

    data: NationalPerson
    feedetail: _Details


class QuotedPart(NationalPart):
    """A basket that was pre-settled."""

    psn_no: _Text30 | None = None
    mdtrt_id: _Id
    """That of the pre-settlement."""
    medfee_sumamt: _Number
    invono: _Text20 | None = None


class FinalSettlement(NationalPart):
    """2207."""

    data: QuotedPart


class DonePart(NationalPart):
    """A settlement that is to be given back."""

    psn_no: _Text30 | None = None
    mdtrt_id: _Id | None = None
    setl_id: _Id


class Undoing(NationalPart):
    """2208 and 2103."""

    data: DonePart


class DrugPurchase(NationalPart):
    """2102: pre-settled and settled in one message."""

    druginfo: NationalPerson
    drugdetail: _Details


class PreSettlementEnvelope(NationalHead):
    """2206."""

    input: PreSettlement


class FinalSettlementEnvelope(NationalHead):
    """2207."""

    input: FinalSettlement


class UndoingEnvelope(NationalHead):
    """2208 and 2103."""

    input: Undoing


class DrugPurchaseEnvelope(NationalHead):
    """2102."""

    input: DrugPurchase


class InfnoPath(BaseModel):
    """Names a transaction."""

    infno: str


class NationalReply(Reply):
    """The national answer. `infcode` 0: done; -1: `err_msg` begins with our stable code."""

    infcode: Literal[0, -1]
    inf_refmsgid: str
    refmsg_time: str
    """When the message came, yyyyMMddHHmmssSSS."""
    respond_time: str
    err_msg: str
    output: dict[str, Any]


class NationalSelfReply(Reply):
    """What a merchant writes into its envelopes."""

    fixmedins_code: str
    fixmedins_name: str
    infnos: list[str]
