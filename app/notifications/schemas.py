"""Notices and webhooks on the wire."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.core.ids import ID_PATTERN


class PageQuery(BaseModel):
    """Which page of a list."""

    model_config = ConfigDict(extra="forbid")

    cursor: str | None = Field(default=None, pattern=ID_PATTERN)
    limit: int = Field(default=50, ge=1, le=100)


class NoticeItem(Reply):
    """Something you were told."""

    id: str
    at: datetime
    kind: str
    """Such as `certificate.revoked`."""
    about: str
    """Id of the certificate."""
    zh: str
    en: str


class NoticesReply(Reply):
    """A page of notices, newest first."""

    items: list[NoticeItem]
    next: str | None


Events = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(min_length=1, max_length=20, examples=[["certificate.*"]]),
]
"""Types such as `certificate.revoked`, or groups such as `certificate.*`."""


class WebhookBody(JsonBody):
    """Where a partner wants to be called, and what for."""

    url: str = Field(min_length=1, max_length=500, examples=["https://partner.example/webhooks"])
    events: Events | None = None
    """All that the client's scopes allow unless given."""


class WebhookEventsBody(JsonBody):
    """What a webhook is called for from now on."""

    events: Events | None = None
    """All that the client's scopes allow unless given."""


class WebhookPath(BaseModel):
    """Which webhook."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)


class WebhookReply(Reply):
    """A webhook."""

    id: str
    url: str
    events: list[str]
    """What it is called for."""
    state: str
    """ACTIVE, or DISABLED after failing for days."""
    created_at: datetime
    failing_since: datetime | None
    paused_until: datetime | None
    """It is left alone until then, after failures."""


class WebhookMadeReply(WebhookReply):
    """A webhook that was just registered."""

    secret: str
    """What its calls are signed with, `whsec_…`; told this once."""


class SecretBody(JsonBody):
    """How a webhook's secret is replaced."""

    overlap_hours: int = Field(default=24, ge=0, le=168)
    """How long the one before signs too; 0 where somebody else may have it."""


class SecretReply(Reply):
    """A webhook's new secret."""

    secret: str
    """`whsec_…`; told this once."""
    earlier_until: datetime | None
    """How long the one before signs too, where there was one."""


class WebhooksReply(Reply):
    """All webhooks of a partner."""

    items: list[WebhookReply]


class DeliveryItem(Reply):
    """One attempt to call a webhook."""

    id: str
    message_id: str
    """As in the header `webhook-id`."""
    event: str
    attempt: int
    at: datetime
    outcome: str
    """delivered, failed, or dropped where the webhook was out of use: a dead letter then."""
    status: int | None
    failure: str | None
    latency_ms: int


class DeliveriesReply(Reply):
    """A page of attempts, newest first."""

    items: list[DeliveryItem]
    next: str | None


class LetterPath(BaseModel):
    """Which dead letter of which webhook."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(min_length=1, max_length=64)
    event: str = Field(min_length=1, max_length=64)


class LettersQuery(BaseModel):
    """Which page of the dead letters."""

    model_config = ConfigDict(extra="forbid")

    cursor: int | None = Field(default=None, ge=1, le=2**63 - 1)
    limit: int = Field(default=50, ge=1, le=100)


class LetterItem(Reply):
    """An event a webhook was not told."""

    event: str
    """Its id: `webhook-id` of the calls, and what a replay names."""
    sequence: int
    """Its number in the partner's feed."""
    type: str
    timestamp: str
    died_at: datetime
    reason: str
    """out_of_use, gone, failing or attempts_used_up."""
    attempts: int
    """Calls that failed."""


class LettersReply(Reply):
    """A page of dead letters that were not replayed, newest event first."""

    items: list[LetterItem]
    next: int | None


class ReplayReply(Reply):
    """A dead letter that is on its way again."""

    event: str
    replayed_at: datetime


class ReplayTimeBody(JsonBody):
    """Of which time dead letters are replayed."""

    since: AwareDatetime | None = None
    """Events that happened then or later; of any time unless given."""
    until: AwareDatetime | None = None
    """Events that happened before; of any time unless given."""

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.since is not None and self.until is not None and self.since >= self.until:
            msg = "since must be before until"
            raise ValueError(msg)
        return self


class ReplayTimeReply(Reply):
    """Dead letters that are on their way again."""

    replayed: int
    more: bool
    """Whether there are more of that time: ask again."""


class EventsQuery(BaseModel):
    """From where a partner reads on in its feed."""

    model_config = ConfigDict(extra="forbid")

    after: int | None = Field(default=None, ge=0, le=2**63 - 1)
    """The last number that was read; from the earliest that is kept unless given."""
    limit: int = Field(default=100, ge=1, le=500)


class EventItem(Reply):
    """Something the partner is told."""

    sequence: int
    """One more than that of the event before."""
    id: str
    """As in the header `webhook-id` of the calls."""
    type: str
    timestamp: str
    data: dict[str, Any]


class EventsReply(Reply):
    """A page of the feed, the earliest event first."""

    items: list[EventItem]
    next: int
    """What to read on after."""
    more: bool
    """Whether there are more already."""


class FailingWebhookItem(Reply):
    """A webhook that fails, as operators see it: not its address, nor what it was told."""

    id: str
    merchant_id: str
    state: Literal["ACTIVE", "DISABLED"]
    failures: int
    """In a row."""
    failing_since: datetime | None
    letters: int
    """Dead letters that were not replayed."""
    oldest_died_at: datetime | None
    """Of those."""


class FailingWebhooksReply(Reply):
    """A hundred at most, those with the most dead letters first."""

    items: list[FailingWebhookItem]
