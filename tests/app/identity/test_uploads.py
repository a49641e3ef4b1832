"""Bad uploads over HTTP, through the real gate for pictures: the session always stays open."""

from __future__ import annotations

import json
import struct
from typing import Any

import pytest

from tests.app.device import Device
from tests.app.identity.desk import PATH, Desk, begin, file, manifest, send

MIB = 1024 * 1024


@pytest.fixture
def phone(judged_desk: Desk) -> Device:
    return judged_desk.phone()


@pytest.fixture
def session_id(phone: Device) -> str:
    return begin(phone)


def jpeg(width: int = 640, height: int = 480, *, padding: int = 0, closed: bool = True) -> bytes:
    """The headers of a JPEG; there are no pixels in it."""
    comment = b"".join(
        b"\xff\xfe" + struct.pack(">H", 60002) + bytes(60000) for _ in range(padding // 60000)
    )
    size = struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00"
    frame = b"\xff\xc0" + struct.pack(">H", 2 + len(size)) + size
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00" + b"\x55" * 40
    return b"\xff\xd8" + comment + frame + scan + (b"\xff\xd9" if closed else b"")


def still_answers(phone: Device, session_id: str) -> None:
    told = phone.get(f"{PATH}/{session_id}").get_json()
    assert told["status"] == "CREATED"
    assert told["step"]["n"] == 0


@pytest.mark.parametrize(
    ("frame", "status", "code"),
    [
        (b"this is a text file", 415, "FRAME_UNSUPPORTED"),
        (b"GIF89a" + bytes(100), 415, "FRAME_UNSUPPORTED"),
        (jpeg(closed=False), 422, "FRAME_BROKEN"),
        (b"\xff\xd8\xff", 422, "FRAME_BROKEN"),
        (b"", 422, "FRAME_EMPTY"),
        (jpeg(10_000, 5_000), 413, "FRAME_TOO_MANY_PIXELS"),
        (jpeg(padding=600_000), 413, "FRAME_TOO_LARGE"),
    ],
    ids=["text", "gif", "truncated", "three bytes", "empty", "50 megapixels", "600 kB"],
)
def test_what_is_no_acceptable_picture_is_refused_by_its_header(
    phone: Device, session_id: str, frame: bytes, status: int, code: str
) -> None:
    refused = send(phone, session_id, 0, [*(jpeg() for _ in range(8)), frame])

    assert (refused.status_code, refused.get_json()["code"]) == (status, code)
    assert refused.get_json()["pointer"] == "/frames/8"
    still_answers(phone, session_id)


def test_a_full_size_capture_is_read(phone: Device, session_id: str) -> None:
    frames = [jpeg(padding=60_000 * (1 + n % 6)) for n in range(60)]
    assert sum(map(len, frames)) > 12 * MIB

    answer = send(phone, session_id, 0, frames)

    assert answer.get_json()["retry_code"] == "REJECTED_PROTOCOL"  # read, and judged


def test_a_name_and_a_media_type_are_not_believed(phone: Device, session_id: str) -> None:
    named = [file(jpeg(), "../../etc/passwd.gif", "image/gif")]

    answer = send(phone, session_id, 0, [b"x"], frames=named)

    assert answer.get_json()["retry_code"] == "REJECTED_PROTOCOL"  # read, and judged


@pytest.mark.parametrize(
    ("parts", "refusal"),
    [
        ({"manifest": "{"}, (400, "BAD_JSON", None)),
        ({"manifest": "[]"}, (422, "INVALID_FIELD", "")),
        ({"manifest": '{"frames":[{}]}'}, (422, "INVALID_FIELD", "/frames/0/seq")),
        ({"manifest": None}, (422, "MANIFEST_MISSING", "/manifest")),
        ({"manifest": [manifest(1), manifest(1)]}, (422, "MANIFEST_MISSING", "/manifest")),
        ({"manifest": manifest(2)}, (422, "MANIFEST_MISMATCH", "/frames")),
        ({"surprise": "1"}, (422, "PART_UNKNOWN", None)),
        ({"photo": file(b"x")}, (422, "PART_UNKNOWN", None)),
        ({"manifest": " " * 40_000}, (413, "TOO_LARGE", "/manifest")),
        ({"manifest": " " * 2_000_000}, (413, "TOO_LARGE", None)),
        ({"frames": None, "manifest": manifest(0)}, (422, "FRAMES_MISSING", "/frames")),
        ({"frames": "text"}, (422, "PART_UNKNOWN", None)),
    ],
)
def test_a_malformed_upload_is_refused(
    phone: Device, session_id: str, parts: dict[str, Any], refusal: tuple[int, str, str | None]
) -> None:
    refused = send(phone, session_id, 0, [jpeg()], **parts)

    told = refused.get_json()
    assert (refused.status_code, told["code"], told.get("pointer")) == refusal
    still_answers(phone, session_id)


@pytest.mark.parametrize(
    "change",
    [
        {"seq": "0"},
        {"seq": -1},
        {"seq": 2**32},
        {"seq": True},
        {"t_ms": 1.5},
        {"t_ms": 2**63},
        {"hash": "AB" * 32},
        {"hash": "ab" * 31},
        {"hash": "ab" * 32 + "\n"},
        {"step": 0},
    ],
)
def test_each_line_of_the_manifest_is_strict(
    phone: Device, session_id: str, change: dict[str, Any]
) -> None:
    line = {"seq": 0, "t_ms": 1, "hash": "ab" * 32, **change}

    refused = send(phone, session_id, 0, [jpeg()], manifest=json.dumps({"frames": [line]}))

    assert refused.status_code == 422
    assert refused.get_json()["pointer"] == f"/frames/0/{next(iter(change))}"
    still_answers(phone, session_id)


@pytest.mark.parametrize(
    ("count", "code"), [(61, "TOO_MANY_FRAMES"), (64, "TOO_LARGE"), (10_000, "TOO_LARGE")]
)
def test_too_many_frames_are_refused(phone: Device, session_id: str, count: int, code: str) -> None:
    frames = [jpeg()] * count

    refused = send(phone, session_id, 0, frames, manifest=manifest(min(count, 64)))

    assert (refused.status_code, refused.get_json()["code"]) == (413, code)
    still_answers(phone, session_id)


def test_a_body_beyond_the_limit_is_not_read(phone: Device, session_id: str) -> None:
    refused = phone.send(
        "POST",
        f"{PATH}/{session_id}/steps/0",
        data=b"--b\r\n",
        content_type="multipart/form-data; boundary=b",
        environ_overrides={"CONTENT_LENGTH": str(25 * MIB)},
    )

    assert refused.status_code == 413
    still_answers(phone, session_id)


@pytest.mark.parametrize("kind", ["application/json", "image/jpeg", "text/plain", ""])
def test_only_multipart_is_an_upload(phone: Device, session_id: str, kind: str) -> None:
    refused = phone.send("POST", f"{PATH}/{session_id}/steps/0", data=b"{}", content_type=kind)

    assert refused.status_code == 415
    still_answers(phone, session_id)


def test_a_body_for_a_foreign_or_unknown_session_is_not_even_parsed(
    judged_desk: Desk, session_id: str
) -> None:
    other = judged_desk.phone()

    assert send(other, session_id, 0, [jpeg()], manifest="{").status_code == 403
    assert send(other, "vrf_" + "a" * 26, 0, [jpeg()], manifest="{").status_code == 404


def test_a_body_for_a_step_that_is_not_due_is_not_even_parsed(
    phone: Device, session_id: str
) -> None:
    for n in (1, 31):
        assert send(phone, session_id, n, [jpeg()], manifest="{").status_code == 409
