"""Searches and bodies of the FHIR facade."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from app.core.http.bodies import JsonBody, sent_bytes

_FHIR: Final = ("application/fhir+json", "application/json")
_PATCH: Final = ("application/json-patch+json",)
_STATUSES: Final = (
    "booked|pending|arrived|checked-in|fulfilled|cancelled|noshow|waitlist|proposed|"
    "entered-in-error"
)
_SLOT_STATUSES: Final = "free|busy|busy-tentative|busy-unavailable|entered-in-error"
FhirId = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,64}$")]
Token = Annotated[str, Field(min_length=1, max_length=200)]
"""`value`, or `system|value` of which the value counts."""
Reference = Annotated[str, Field(pattern=r"^(?:[A-Za-z]+/)?[A-Za-z0-9.-]{1,64}$")]


class FhirPath(BaseModel):
    """Which resource."""

    model_config = ConfigDict(extra="forbid")

    id: FhirId


class _Search(BaseModel):
    model_config = ConfigDict(extra="forbid")

    count: int = Field(default=20, ge=1, le=50, alias="_count")
    cursor: FhirId | None = Field(default=None, alias="_cursor")
    """As the link to the next page has it."""
    written: Literal["json", "application/json", "application/fhir+json"] | None = Field(
        default=None, alias="_format"
    )


Dates = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=2)]


class ScheduleSearch(_Search):
    """Sessions of some days, or the one that the hospital calls so."""

    date: Dates = []
    """Such as `ge2026-12-01`; 31 days at most."""
    actor: Token | None = None
    """The hospital's own id of a doctor."""
    identifier: Token | None = None
    """The hospital's own id of a session."""


class SlotSearch(_Search):
    """Places of a session."""

    schedule: Reference
    status: str | None = Field(
        default=None, pattern=rf"^(?:{_SLOT_STATUSES})(?:,(?:{_SLOT_STATUSES}))*$", max_length=200
    )


class AppointmentSearch(_Search):
    """Appointments of some days."""

    date: Dates = []
    status: str | None = Field(
        default=None, pattern=rf"^(?:{_STATUSES})(?:,(?:{_STATUSES}))*$", max_length=200
    )
    actor: Token | None = None
    """The hospital's own id of a doctor."""


class FhirBody(JsonBody):
    """A resource in a request: strict types, bounded, as FHIR's JSON or plain JSON."""

    @classmethod
    def _from_request(cls) -> Self:
        validated: Self = cls.__pydantic_validator__.validate_json(sent_bytes(_FHIR))
        return validated


class _FhirPart(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class ReferencePart(_FhirPart):
    """A reference."""

    reference: Reference


Text = Annotated[str, Field(min_length=1, max_length=8192)]


class Parameter(_FhirPart):
    """One parameter, of one of these types."""

    names: ClassVar[Sequence[str]] = ("valueString", "valueCode", "valueDate", "valueDateTime")

    name: Annotated[str, Field(min_length=1, max_length=64)]
    valueString: Text | None = None  # noqa: N815 - FHIR's own name
    valueCode: Text | None = None  # noqa: N815
    valueDate: Text | None = None  # noqa: N815
    valueDateTime: Text | None = None  # noqa: N815
    valueReference: ReferencePart | None = None  # noqa: N815

    @property
    def text(self) -> str | None:
        """What it says, whichever type it has; None: nothing."""
        if self.valueReference is not None:
            return self.valueReference.reference
        told = (getattr(self, name) for name in self.names)
        return next((one for one in told if one is not None), None)


class ParametersBody(FhirBody):
    """What an operation is asked."""

    resourceType: Literal["Parameters"]  # noqa: N815
    parameter: Annotated[list[Parameter], Field(max_length=10)]


class Coding(_FhirPart):
    """A code of some system."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    system: Annotated[str, Field(max_length=200)] | None = None
    code: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None


class Concept(_FhirPart):
    """What FHIR says with codes; texts are left out, since they may be about a person."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    coding: Annotated[list[Coding], Field(max_length=5)] = []

    @property
    def code(self) -> str | None:
        """The first code."""
        return next((one.code for one in self.coding if one.code is not None), None)


class FhirAppointmentBody(FhirBody):
    """An appointment as it was read, with another status."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, hide_input_in_errors=True)

    resourceType: Literal["Appointment"]  # noqa: N815
    id: FhirId
    status: Annotated[str, Field(pattern=rf"^(?:{_STATUSES})$")]
    cancelationReason: Concept | None = None  # noqa: N815


class _Test(_FhirPart):
    op: Literal["test"]
    path: Literal["/status"]
    value: Annotated[str, Field(pattern=rf"^(?:{_STATUSES})$")]


class _Status(_FhirPart):
    op: Literal["replace"]
    path: Literal["/status"]
    value: Annotated[str, Field(pattern=rf"^(?:{_STATUSES})$")]


class _Reason(_FhirPart):
    op: Literal["add", "replace"]
    path: Literal["/cancelationReason"]
    value: Concept


_OPERATIONS: Final[TypeAdapter[list[_Test | _Status | _Reason]]] = TypeAdapter(
    Annotated[list[_Test | _Status | _Reason], Field(min_length=1, max_length=5)]
)


class Patch(_FhirPart):
    """A JSON Patch (RFC 6902) of an appointment, as far as there is anything to patch."""

    status: str | None
    """None: it stays."""
    reason: Concept | None
    expected: tuple[str, ...]
    """What the status must be now."""

    @classmethod
    def read(cls) -> Self:
        """Read the current request.

        Raises:
            ValidationError: it is none, or of other elements.
            DomainError: UNSUPPORTED_MEDIA_TYPE or TOO_LARGE.
        """
        told = _OPERATIONS.validate_json(sent_bytes(_PATCH))
        return cls(
            status=next((one.value for one in told if isinstance(one, _Status)), None),
            reason=next((one.value for one in told if isinstance(one, _Reason)), None),
            expected=tuple(one.value for one in told if isinstance(one, _Test)),
        )
