"""Every route says who may call it, and every write can be repeated."""

from __future__ import annotations

from app.core.access.guards import guard_of
from app.core.idempotency.routes import IDEMPOTENT_ATTRIBUTE
from tests.app.world import World

# Writes that are repeatable by nature or single-use by protocol, each for its reason.
REPEATABLE_OTHERWISE = {
    "/v1/verifications/<id>/steps/<int:n>",  # a repeat with the same frames gets the same answer
    "/v1/verifications/<id>/steps/<int:n>/parts/<int:k>",  # likewise
    "/v1/verification-receipts/checks",  # reads
    "/oauth/token",  # codes and refresh tokens are single-use; RFC 6749 knows no key
    "/oauth/revoke",  # revoking twice is revoking
    "/oauth/introspect",  # reads
    "/v1/terminal/decode",  # a code is consumed once; a repeat says so
    "/v1/terminal/uploads",  # each code is judged once; a repeat gets the first verdict
    "/v1/terminal/quotes",  # reserves nothing; a repeat is another quote
    "/v1/terminal/quotes/what-if",  # has no effect
    "/v1/terminal/settlements",  # once a `msgid`, for ever
    "/v1/terminal/settlements/<id>/refunds",  # likewise
    "/v1/terminal/settlements/<id>/reversal",  # likewise
    "/chs/<infno>",  # once a `msgid`, for ever; a pre-settlement reserves nothing
    "/v1/terminal/reconciliations",  # the same day against the same books is the same run
    "/v1/terminal/reconciliations/<date>/file",  # likewise
    "/v1/terminal/reconciliations/periods",  # reads
    "/v1/queue-tickets",  # one ticket a person and release: a repeat is told the same one
    "/v1/receipt-checks",  # reads
    "/receipt-check",  # reads
    "/v1/certificate-checks",  # reads
    "/check",  # reads
    "/openid4vci/token",  # a code is redeemed once; OAuth knows no key
    "/openid4vci/nonce",  # changes nothing
    "/openid4vci/credential",  # an offer is answered once, a nonce counts once
    "/openid4vci/notification",  # the same event once more changes nothing
    "/v1/presentations/requests",  # a request nobody answers ends by itself
    "/v1/presentations/check",  # a request is answered once
    "/v1/me/biometrics",  # deleting: a repeat finds nothing to delete
    "/v1/partners/webhooks/<id>",  # removing: a repeat finds nothing to remove
    "/v1/certificate-checks/subscriptions/<id>",  # likewise
    "/v1/hospital/imports",  # by the hospital's ids: the same file again changes nothing
    "/v1/appointments/<id>/payment",  # a fee is paid once under its own name, for ever
    "/v1/hospital/check-ins",  # a code is used up once; whoever is there stays there
    "/v1/hospital/appointments/<id>/service",  # a second time changes nothing
    "/fhir/R4/Appointment/$find",  # reads
    "/fhir/R4/Appointment/$hold",  # whoever has a place in the session already gets the same
    "/fhir/R4/Appointment/$book",  # likewise
    "/fhir/R4/Appointment/<id>",  # what is so already stays as it is
    "/fhir/R4/<path:rest>",  # nothing is there
    "/v1/hospital/plans",  # a session is named by template and day: planning again changes nothing
    "/v1/payments/notifications",  # an event's id counts once
    "/v1/calendar-feed",  # ending: a repeat finds nothing to end
    "/v1/hospital/slips",  # reads
    "/v1/hospital/stops",  # a session is called off once, for ever
}


def test_every_route_names_its_guard(world: World) -> None:
    bare = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if guard_of(world.app.view_functions[rule.endpoint]) is None
    ]
    assert bare == []


def test_every_write_is_idempotent_or_excused(world: World) -> None:
    surprising = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
        and not hasattr(world.app.view_functions[rule.endpoint], IDEMPOTENT_ATTRIBUTE)
        and rule.rule not in REPEATABLE_OTHERWISE
    ]
    assert surprising == []


def test_every_token_route_names_a_scope(world: World) -> None:
    guards = [
        guard_of(world.app.view_functions[rule.endpoint]) for rule in world.app.url_map.iter_rules()
    ]
    assert all(
        guard.scope
        for guard in guards
        if guard and guard.admits in {"citizen", "terminal", "operator"}
    )


def test_a_route_without_a_guard_is_refused(world: World) -> None:
    world.app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    response = world.client.get("/forgotten")
    assert response.status_code == 403
    assert b"secret" not in response.data


def test_no_idempotent_route_is_public(world: World) -> None:
    """All strangers would share one memory of responses."""
    shared = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if hasattr(view := world.app.view_functions[rule.endpoint], IDEMPOTENT_ATTRIBUTE)
        and (guard := guard_of(view)) is not None
        and guard.admits == "public"
    ]
    assert shared == []
