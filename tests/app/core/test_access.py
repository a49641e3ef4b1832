"""Guards and callers: what a view is told, and what a mistake in one leads to."""

from __future__ import annotations

from flask import Response

from app.core.access.guards import citizen, guard_of, public
from app.core.access.principals import Citizen, Terminal, caller
from app.core.http.services import service
from tests.app.world import World


def test_a_view_that_expects_another_caller_than_its_guard_admits_serves_nobody(
    world: World,
) -> None:
    @citizen()
    def confused() -> Response:
        return Response(caller(Terminal).terminal_id)

    world.app.add_url_rule("/v1/confused", "confused", confused)
    answer = world.citizen().get("/v1/confused")
    assert (answer.status_code, answer.json["code"]) == (401, "UNAUTHENTICATED")


def test_a_public_view_has_no_caller(world: World) -> None:
    @public
    def curious() -> Response:
        return Response(caller(Citizen).person_id)

    world.app.add_url_rule("/v1/curious", "curious", curious)
    phone = world.citizen()
    assert phone.get("/v1/curious").json["code"] == "UNAUTHENTICATED"


def test_a_view_that_asks_for_a_service_nobody_built_is_our_fault(world: World) -> None:
    @public
    def lost() -> Response:
        return Response(str(service(int)))

    world.app.add_url_rule("/v1/lost", "lost", lost)
    assert world.client.get("/v1/lost").json["code"] == "INTERNAL"


def test_what_is_no_guard_is_none() -> None:
    def view() -> None:
        """Marked with something else than a guard."""

    assert guard_of(view) is None
    vars(view)["__guard__"] = True
    assert guard_of(view) is None
    assert guard_of(citizen()(view)) == citizen()
