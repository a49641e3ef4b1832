"""Captures that are none, over HTTP before the real engine: refused, and the session goes on."""

from __future__ import annotations

import pytest

from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.phone.session import Actor, upload
from tests.journeys import pictures
from tests.journeys.bad_uploads import many, pictures_refused, uploads_refused
from tests.journeys.conftest import Wires
from tests.journeys.people import ANYBODY, LI, MINOR, ZHOU
from tests.journeys.processes import Tree, growth
from tests.journeys.wire import Session, sealed_for

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]
_REFUSED_MB = 20
"""What a refused upload may cost any process for a moment; an accepted one costs its own size."""
_FAULTS = {
    "FACE_NOT_VISIBLE": pictures.nobody,
    "TWO_FACES": pictures.two_people,
    "FACE_TOO_SMALL": pictures.far_away,
    "TOO_DARK": pictures.dark,
    "TOO_BRIGHT": pictures.bright,
}


@pytest.mark.parametrize("kind", [pictures_refused, uploads_refused], ids=["pictures", "forms"])
def test_a_bad_upload_is_refused_and_the_same_session_goes_on(
    wires: Wires, actor: Actor, kind: object
) -> None:
    bad = pictures_refused() if kind is pictures_refused else uploads_refused()
    session = Session(wires(), ZHOU, actor)
    frames = session.film()

    for name, (making, refusal) in bad.items():
        refused = session.post(making(session), n=0)

        assert (name, *refused.brief) == (name, *refusal)
        assert refused.headers["Content-Type"] == "application/problem+json"
        standing = session.look().json
        assert (standing["status"], standing["step"]) == ("CREATED", session.opening.json["step"])

    assert session.send(frames).json["status"] == "IN_PROGRESS"


@pytest.mark.parametrize("size", [0, 2000, 20_000])
def test_ten_thousand_frames_are_not_kept_in_memory(
    wires: Wires, actor: Actor, tree: Tree, size: int
) -> None:
    session = Session(wires(), ZHOU, actor)
    body = many(size)

    with growth(tree) as grown:
        refused = session.post(body, n=0)

    assert refused.brief == (413, "TOO_LARGE")
    assert session.look().json["status"] == "CREATED"
    assert max(grown.values()) < _REFUSED_MB


def test_memory_is_measured_where_uploads_are_held(wires: Wires, actor: Actor, tree: Tree) -> None:
    session = Session(wires(), ANYBODY, actor)
    frames = sealed_for(session, *[pictures.commented(300)] * 60)

    with growth(tree) as grown:
        refused = session.post(upload(frames), n=0)

    assert refused.json["retry_code"] == "REJECTED_PROTOCOL"
    assert max(grown.values()) > _REFUSED_MB


def test_a_picture_of_fifty_megapixels_is_never_unfolded(
    wires: Wires, actor: Actor, tree: Tree
) -> None:
    session = Session(wires(), ZHOU, actor)
    bad = pictures_refused()
    bodies = [bad[name][0](session) for name in ("jpeg bomb", "png bomb")]

    with growth(tree) as grown:
        refused = {session.post(body, n=0).status for body in bodies}

    assert refused == {413, 415}
    assert max(grown.values()) < _REFUSED_MB


def test_bad_light_and_wrong_faces_are_named_and_five_of_them_pause_person_and_device(
    wires: Wires, studio: Studio, head: Head, actor: Actor
) -> None:
    phone = wires()
    for code, picture in _FAULTS.items():
        session = Session(phone, LI, pictures.before_the_camera(studio, picture(head)))

        ended = session.finish().json

        assert (ended["status"], ended["retry_code"]) == ("FAILED", code)
        assert session.look().json["retry_code"] == code

    for device, claim in ((wires(), LI), (phone, MINOR)):
        paused = device.begin(claim)
        assert paused.brief == (429, "VERIFICATION_PAUSED")
        assert 1700 < int(paused.headers["Retry-After"]) <= 1800
    # Nobody else is paused.
    assert Session(wires(), ZHOU, actor).look().json["status"] == "CREATED"
