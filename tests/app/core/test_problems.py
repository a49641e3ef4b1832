"""What is wrong with a request is said as a problem with a stable code (RFC 9457)."""

from __future__ import annotations

import re

import pytest
from flask import abort
from redis.exceptions import ResponseError
from werkzeug.test import TestResponse

from app.core.access.guards import public
from tests.app.core.conftest import Counting
from tests.app.core.counting import PATH
from tests.app.device import Device
from tests.app.world import World

CLASS_NAME = re.compile(r"\b[A-Z][a-z]+(?:[A-Z][a-z]+)+\b|Traceback|\.py\b|Error\b")


@pytest.fixture
def phone(counting: Counting) -> Device:
    return counting.world.phone()


def post(phone: Device, data: bytes | str, media: str | None = "application/json") -> TestResponse:
    return phone.post(PATH, data=data, content_type=media)


def is_problem(answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.text
    assert answer.content_type == "application/problem+json"
    body = answer.get_json()
    assert body["status"] == status
    assert body["type"] == f"urn:zero-run:problem:{code.lower().replace('_', '-')}"
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert CLASS_NAME.search(answer.text) is None


def test_broken_json_is_a_400(phone: Device, counting: Counting) -> None:
    for data in (
        b"",
        b"{",
        b'{"step":1',
        b"{'step':1}",
        b'{"step":1}x',
        b"\xff\xfe",
        b'{"note":"\xff"}',
        b'{"note":"\\ud800"}',
        b"[" * 60_000,
        b'{"step":' * 5_000,
        b"\xef\xbb\xbf{}",
    ):
        is_problem(post(phone, data), 400, "BAD_JSON")
    assert counting.calls == 0


def test_another_media_type_is_a_415(phone: Device) -> None:
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/xml", None):
        is_problem(post(phone, b'{"step":1}', media), 415, "UNSUPPORTED_MEDIA_TYPE")
    assert post(phone, b'{"step":1}', "application/json; charset=utf-8").status_code == 201


@pytest.mark.parametrize(
    ("data", "pointer", "rule"),
    [
        ("{}", "/step", "missing"),
        ("[]", "", "model_type"),
        ("null", "", "model_type"),
        ('"{\\"step\\": 1}"', "", "model_type"),
        ('{"step":"1"}', "/step", "int_type"),
        ('{"step":false}', "/step", "int_type"),
        ('{"step":1.0}', "/step", "int_type"),
        ('{"step":null}', "/step", "int_type"),
        ('{"step":0}', "/step", "greater_than_equal"),
        ('{"step":1,"loud":1}', "/loud", "bool_type"),
        ('{"step":1,"loud":"false"}', "/loud", "bool_type"),
        ('{"step":1,"note":7}', "/note", "string_type"),
        ('{"step":1,"extra":7}', "/extra", "extra_forbidden"),
        ('{"step":1,"a/b~c":7}', "/a~1b~0c", "extra_forbidden"),
    ],
)
def test_a_wrong_field_is_a_422_with_a_pointer_to_it(
    phone: Device, data: str, pointer: str, rule: str
) -> None:
    answer = post(phone, data)
    is_problem(answer, 422, "INVALID_FIELD")
    assert answer.json["pointer"] == pointer
    assert answer.json["errors"] == [{"pointer": pointer, "rule": rule}]


def test_a_refused_value_is_not_repeated(phone: Device) -> None:
    assert "hunter2" not in post(phone, '{"step":"hunter2"}').text


def test_of_many_wrong_fields_twenty_are_listed(phone: Device) -> None:
    answer = phone.post(PATH, {f"x{n}": n for n in range(50)})
    assert len(answer.json["errors"]) == 20


def test_a_body_of_more_than_64_kib_is_a_413(phone: Device, counting: Counting) -> None:
    note = {"step": 1, "note": "x" * (64 * 1024)}
    is_problem(phone.post(PATH, note), 413, "TOO_LARGE")
    is_problem(post(phone, b" " * (64 * 1024) + b'{"step":1}'), 413, "TOO_LARGE")
    fits = b" " * (64 * 1024 - len(b'{"step":1}')) + b'{"step":1}'
    assert post(phone, fits).status_code == 201
    assert counting.rows == 1


def test_a_body_of_unknown_length_is_bounded_too(phone: Device) -> None:
    headers = {"Transfer-Encoding": "chunked"}
    data = b" " * (64 * 1024) + b'{"step":1}'
    answer = phone.post(
        PATH,
        data=data,
        content_type="application/json",
        headers=headers,
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
    )
    is_problem(answer, 413, "TOO_LARGE")


def test_a_body_beyond_all_measure_is_refused_at_the_door(world: World) -> None:
    phone = world.phone()
    answer = phone.post(
        "/v1/verifications/vrf_x/steps/0",
        data=b"",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": str(10**10)},
    )
    assert answer.status_code in {404, 413}


def test_nothing_there_is_a_404_and_the_wrong_method_a_405(world: World) -> None:
    client = world.client
    is_problem(client.get("/v1/nothing"), 404, "NOT_FOUND")
    is_problem(client.get("/v1/../../etc/passwd"), 404, "NOT_FOUND")
    answer = client.delete("/openapi.json")
    is_problem(answer, 405, "METHOD_NOT_ALLOWED")
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "zh-CN"),
        ("zh-CN", "zh-CN"),
        ("zh", "zh-CN"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("de, en;q=0.5, zh;q=0.1", "en"),
        ("zh;q=0.9, en;q=0.8", "zh-CN"),
        ("fr", "zh-CN"),
        ("*", "zh-CN"),
        (";;;q=x", "zh-CN"),
    ],
)
def test_the_words_are_in_the_language_of_the_reader(
    world: World, accepted: str | None, language: str
) -> None:
    headers = {} if accepted is None else {"Accept-Language": accepted}
    answer = world.client.get("/nothing", headers=headers)
    told = {"zh-CN": "没有找到您要的内容。", "en": "There is nothing here for you."}
    assert answer.json["detail"] == told[language]
    assert answer.headers["Content-Language"] == language


def test_what_nobody_foresaw_says_nothing_of_itself(
    world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    @public
    def fail() -> str:
        number = "330102199003071234"
        raise KeyError(number)

    world.app.add_url_rule("/fail", "fail", fail)
    answer = world.client.get("/fail", headers={"Accept-Language": "en"})
    is_problem(answer, 500, "INTERNAL")
    written = capfd.readouterr().out
    assert "330102199003071234" not in written + answer.text
    assert '"error": "KeyError"' in written  # what the operator is told, and where
    assert "fail:" in written


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (400, 400, "BAD_REQUEST"),
        (401, 401, "UNAUTHENTICATED"),
        (403, 403, "FORBIDDEN"),
        (413, 413, "TOO_LARGE"),
        (418, 400, "BAD_REQUEST"),
        (429, 429, "TOO_MANY_REQUESTS"),
        (500, 500, "INTERNAL"),
        (502, 500, "INTERNAL"),
    ],
)
def test_what_the_framework_raises_leaves_as_a_problem(
    world: World, raised: int, status: int, code: str
) -> None:
    world.app.add_url_rule("/abort", "abort", public(lambda: abort(raised)))
    is_problem(world.client.get("/abort"), status, code)


def test_a_redirect_of_the_framework_is_no_error(world: World) -> None:
    world.app.add_url_rule("/folder/", "folder", public(lambda: "inside"))
    answer = world.client.get("/folder")
    assert answer.status_code == 308
    assert answer.headers["Location"].endswith("/folder/")


def test_any_fault_of_redis_is_an_outage(world: World) -> None:
    @public
    def fail() -> str:
        message = "OOM command not allowed"
        raise ResponseError(message)

    world.app.add_url_rule("/fail", "fail", fail)
    answer = world.client.get("/fail")
    is_problem(answer, 503, "UNAVAILABLE")
    assert answer.headers["Retry-After"] == "2"
