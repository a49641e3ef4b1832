"""Uploads that are no capture, each with the status and code that documents them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from sandbox.phone.chain import manifest
from sandbox.phone.http import Body, Part
from sandbox.phone.session import upload
from tests.journeys import pictures
from tests.journeys.wire import Session, sealed_for

Making = Callable[[Session], Body]
_GOOD = 14
"""Frames that would do: enough, and long enough at fifteen a second."""
_MANY = 10_000


def _ending_with(jpeg: bytes) -> Making:
    return lambda session: upload(sealed_for(session, *[pictures.plain()] * _GOOD, jpeg))


def _with_manifest(*texts: str) -> Making:
    told: list[Part] = [("manifest", text) for text in texts]
    return lambda _: Body.multipart([*told, _picture()])


def _picture(jpeg: bytes | None = None) -> Part:
    return ("frames", ("0.jpg", jpeg or pictures.plain(), "image/jpeg"))


def _lines(count: int) -> str:
    return json.dumps({"frames": [{"seq": n, "t_ms": n, "hash": "0" * 64} for n in range(count)]})


def _as(media_type: str, data: bytes) -> Making:
    return lambda _: Body(media_type=media_type, data=data)


def many(size: int) -> Body:
    """Ten thousand frames of so many bytes."""
    padded = pictures.plain().ljust(size, b"\0")
    return Body.multipart([("manifest", _lines(64)), *[_picture(padded)] * _MANY])


def pictures_refused() -> Mapping[str, tuple[Making, tuple[int, str]]]:
    """A good beginning and one bad picture."""
    return {
        "text": (_ending_with(b"this is a text file"), (415, "FRAME_UNSUPPORTED")),
        "gif": (_ending_with(pictures.gif()), (415, "FRAME_UNSUPPORTED")),
        "png bomb": (_ending_with(pictures.png_bomb()), (415, "FRAME_UNSUPPORTED")),
        "jpeg bomb": (_ending_with(pictures.bomb()), (413, "FRAME_TOO_MANY_PIXELS")),
        "too heavy": (_ending_with(pictures.heavy()), (413, "FRAME_TOO_LARGE")),
        "truncated": (_ending_with(pictures.plain()[:-40]), (422, "FRAME_BROKEN")),
        "undecodable": (_ending_with(pictures.undecodable()), (422, "FRAME_BROKEN")),
        "empty": (_ending_with(b""), (422, "FRAME_EMPTY")),
    }


def uploads_refused() -> Mapping[str, tuple[Making, tuple[int, str]]]:
    """Not the form a capture has."""
    return {
        "no frames": (lambda s: upload(sealed_for(s)), (422, "FRAMES_MISSING")),
        "10,000 frames": (lambda _: many(0), (413, "TOO_LARGE")),
        "manifest broken": (_with_manifest("{"), (400, "BAD_JSON")),
        "unknown member": (_with_manifest('{"frames":[],"more":1}'), (422, "INVALID_FIELD")),
        "wrong count": (_with_manifest(_lines(2)), (422, "MANIFEST_MISMATCH")),
        "no manifest": (_with_manifest(), (422, "MANIFEST_MISSING")),
        "two manifests": (_with_manifest(_lines(1), _lines(1)), (422, "MANIFEST_MISSING")),
        "another part": (
            lambda _: Body.multipart([("manifest", manifest(())), ("more", "1")]),
            (422, "PART_UNKNOWN"),
        ),
        "json": (_as("application/json", b'{"frames":[]}'), (415, "UNSUPPORTED_MEDIA_TYPE")),
        "one jpeg": (_as("image/jpeg", pictures.plain()), (415, "UNSUPPORTED_MEDIA_TYPE")),
    }
