"""GET /v1/me/accesses: who saw my data."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.audit.models import AccessEvent
from app.audit.ports import Dictionary, Words
from app.audit.schemas import Accesses, AccessesQuery, AccessItem, WordsReply
from app.audit.service import AccessDictionary, AccessLog, Span
from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service

blueprint = APIBlueprint("accesses", __name__, url_prefix="/v1/me", abp_tags=[Tag(name="me")])


@blueprint.get("/accesses", summary="Who saw my data", responses={200: Accesses})
@citizen()
def accesses(query: AccessesQuery) -> Response:
    """Every look at the caller's data, newest first. Reading the log adds nothing to it."""
    page = service(AccessLog).of_person(
        caller(Citizen).person_id,
        before=query.cursor,
        limit=query.limit,
        span=Span(since=query.since, until=query.until),
    )
    words = service(AccessDictionary).words
    return reply(
        Accesses(items=[access_item(event, words) for event in page.events], next=page.next)
    )


def access_item(event: AccessEvent, words: Dictionary) -> AccessItem:
    """One event, in words."""
    source = event.source
    return AccessItem(
        id=event.id,
        at=event.at,
        actor_kind=event.actor_kind,
        actor=event.actor,
        action=event.action,
        action_words=_words(words.action(event.action)),
        source=source,
        source_words=None if source is None else _words(words.source(source)),
        outcome=event.outcome,
        purpose=event.purpose,
        purpose_words=_words(words.purpose(event.purpose)),
        legal_basis=_words_or_none(words.legal_basis(event.purpose)),
        fields=list(event.fields),
    )


def _words(words: Words) -> WordsReply:
    return WordsReply(zh=words.zh, en=words.en)


def _words_or_none(words: Words | None) -> WordsReply | None:
    return None if words is None else _words(words)
