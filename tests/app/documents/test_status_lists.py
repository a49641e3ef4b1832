"""Where certificates stand is published by the thousand, signed, and believed by the library."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from werkzeug.test import TestResponse

from app.audit.service import Actor
from app.documents.models import Certificate, StatusList
from app.documents.service.places import LIST_SIZE, allot
from app.documents.service.standing import CertificateStanding
from certificates.status_list import TokenStatus, read_status_list
from tests.app.device import Device
from tests.app.documents.people import issued, members
from tests.app.world import World

STAFF = Actor(kind="staff", id="s-1", name="staff")


def fetched(world: World, made: dict[str, Any], etag: str = "") -> TestResponse:
    path = made["status_list"]["uri"].removeprefix(world.settings.public_url)
    headers = {"If-None-Match": etag} if etag else {}
    answer: TestResponse = world.client.get(path, headers=headers)
    return answer


def keys_of(world: World) -> dict[str, ec.EllipticCurvePublicKey]:
    keys: dict[str, ec.EllipticCurvePublicKey] = {}
    for jwk in members(world.client.get("/.well-known/jwks.json"))["keys"]:
        key = ECAlgorithm.from_jwk(jwk)
        assert isinstance(key, ec.EllipticCurvePublicKey)
        keys[jwk["kid"]] = key
    return keys


def status(world: World, made: dict[str, Any]) -> TokenStatus:
    """What anybody finds out by the published list."""
    world.clock.advance(seconds=1)
    read = read_status_list(
        fetched(world, made).text,
        uri=made["status_list"]["uri"],
        keys=keys_of(world),
        now=world.clock.now(),
    )
    return read.statuses[made["status_list"]["idx"]]


def move(world: World, made: dict[str, Any], to: str, reason: str) -> None:
    shared = world.shared
    CertificateStanding(
        database=shared.database, clock=shared.clock, accesses=shared.accesses
    ).move(made["id"], to=to, reason=reason, by=STAFF)


def test_every_certificate_gets_a_place_of_its_own(zhang: Device, li: Device, world: World) -> None:
    places = [issued(device)["status_list"] for device in (zhang, li, zhang, zhang)]
    assert len({place["idx"] for place in places}) == 4
    assert len({place["uri"] for place in places}) == 1
    assert all(0 <= place["idx"] < LIST_SIZE for place in places)
    with world.database.separate() as tx:
        assert tx.scalars(select(StatusList.size)).all() == [LIST_SIZE]


def test_holder_and_checker_are_told_the_place(zhang: Device, world: World) -> None:
    made = issued(zhang)
    shown = members(zhang.get(f"/v1/certificates/{made['id']}"))
    body = {"id": made["id"], "code": made["check_code"]}
    checked = members(world.client.post("/v1/certificate-checks", json=body))
    assert shown["status_list"] == checked["certificate"]["status_list"] == made["status_list"]


def test_the_list_says_what_became_of_a_certificate(
    zhang: Device, li: Device, world: World
) -> None:
    first, other = issued(zhang), issued(li)
    assert status(world, first) is TokenStatus.VALID
    move(world, first, "suspended", "UNDER_REVIEW")
    assert status(world, first) is TokenStatus.SUSPENDED
    move(world, first, "valid", "REVIEW_ENDED")
    assert status(world, first) is TokenStatus.VALID
    second = issued(zhang)
    assert status(world, first) is TokenStatus.SUPERSEDED
    move(world, second, "revoked", "ISSUED_IN_ERROR")
    assert status(world, second) is TokenStatus.INVALID
    assert status(world, other) is TokenStatus.VALID


def test_the_token_has_the_members_of_the_draft(zhang: Device, world: World) -> None:
    made = issued(zhang)
    answer = fetched(world, made)
    assert answer.status_code == 200
    assert answer.content_type == "application/statuslist+jwt"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    header = jwt.get_unverified_header(answer.text)
    assert (header["typ"], header["alg"]) == ("statuslist+jwt", "ES256")
    claims = jwt.decode(answer.text, options={"verify_signature": False})
    now = int(world.clock.now().timestamp())
    assert claims["sub"] == made["status_list"]["uri"]
    assert (claims["iat"], claims["exp"], claims["ttl"]) == (now, now + 86_400, 300)
    assert claims["status_list"]["bits"] == 2
    assert set(claims) == {"sub", "iat", "exp", "ttl", "status_list"}


def test_a_list_is_kept_until_it_changes(zhang: Device, world: World) -> None:
    made = issued(zhang)
    first = fetched(world, made)
    world.clock.advance(minutes=10)
    again = fetched(world, made)
    assert again.text == first.text
    unchanged = fetched(world, made, first.headers["ETag"])
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    move(world, made, "suspended", "UNDER_REVIEW")
    world.clock.advance(seconds=1)
    changed = fetched(world, made, first.headers["ETag"])
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_list_that_never_changes_is_signed_anew_before_it_ends(
    zhang: Device, world: World
) -> None:
    made = issued(zhang)
    first = fetched(world, made)
    ends = jwt.decode(first.text, options={"verify_signature": False})["exp"]
    world.clock.advance(seconds=timedelta(hours=12).total_seconds())
    later = fetched(world, made, first.headers["ETag"])
    assert later.status_code == 200
    assert jwt.decode(later.text, options={"verify_signature": False})["exp"] > ends


def test_a_list_nobody_began_is_not_there(world: World) -> None:
    answer = world.client.get("/v1/status-lists/stl_unknown")
    assert (answer.status_code, members(answer)["code"]) == (404, "NOT_FOUND")


def test_a_full_list_is_followed_by_another(zhang: Device, world: World) -> None:
    issued(zhang)
    with world.database.separate() as tx:
        first = tx.scalars(select(StatusList)).one()
        place = tx.scalars(select(Certificate.status_index)).one()
    assert place is not None
    with world.database.separate() as tx:
        found = allot(tx, now=world.clock.now(), randbelow=lambda _: int(place), size=8)
    assert found["status_list"] != first.id


def test_a_place_that_another_transaction_holds_is_not_drawn(zhang: Device, world: World) -> None:
    issued(zhang)
    draws = iter([5, 5, 6])
    with world.database.separate() as one, world.database.separate() as two:
        mine = allot(one, now=world.clock.now(), randbelow=lambda _: next(draws))
        theirs = allot(two, now=world.clock.now(), randbelow=lambda _: next(draws))
    assert (mine["status_index"], theirs["status_index"]) == (5, 6)


@pytest.mark.parametrize(
    "change", ["status_index = status_index + 1", "status_list = NULL, status_index = NULL"]
)
def test_a_place_stays_what_it_is(zhang: Device, world: World, change: str) -> None:
    issued(zhang)
    with pytest.raises(IntegrityError, match="only the state"), world.database.separate() as tx:
        tx.execute(text(f"UPDATE certificates SET {change}"))  # noqa: S608 - words of this test


def test_the_database_gives_a_place_once(zhang: Device, world: World) -> None:
    issued(zhang)
    clone = (
        "INSERT INTO certificates (id, number, version, state, sha256, person_id, type, serial,"
        " issued_at, valid_until, provisional, check_code_hash, signer, status_list, status_index)"
        " SELECT 'cer_x', 'n', 3, 'revoked', decode(repeat('11', 32), 'hex'), person_id, type,"
        " serial, issued_at, valid_until, provisional, check_code_hash, signer, status_list,"
        " status_index FROM certificates"
    )
    with (
        pytest.raises(IntegrityError, match="uq_certificates_status_list_status_index"),
        world.database.separate() as tx,
    ):
        tx.execute(text(clone))
