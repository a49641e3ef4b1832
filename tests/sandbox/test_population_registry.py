"""The population registry over real HTTP, with a seed made for these tests."""

import base64
import http.client
import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from sandbox.departments.office.counter import HEALTH_PATH, CounterServer
from sandbox.departments.office.faults import Failure, Faults, FaultSwitch
from sandbox.departments.population.contract import POPULATION
from sandbox.departments.population.register import Register
from sandbox.departments.population.seed import read_seed

CONTRACT, FIELDS, LOOKUP_PATH = POPULATION.title, POPULATION.fields, POPULATION.path
TOKEN = "a-service-token"
NUMBER = "990101198503171010"
NAME = "张明远"
WITHOUT_PHOTO = ("990101199304301067", "欧阳㛃𬭚")

SEED = """
version = "1"
[[household]]
key = "home"
address = "虚拟省晴川市和平路 12 号"
type = "家庭户"
head = "990101198503171010"
[[person]]
citizen_number = "990101198503171010"
name = "张明远"
sex = "男"
birth_date = 1985-03-17
ethnicity = "汉族"
household = "home"
relation = "户主"
registered_on = 2012-05-18
status = "alive"
portrait = "face.png"
crop = [10, 10, 100, 120]
[[person]]
citizen_number = "990101199304301067"
name = "欧阳㛃𬭚"
sex = "女"
birth_date = 1993-04-30
ethnicity = "苗族"
household = "home"
relation = "非亲属"
registered_on = 2016-09-01
status = "alive"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(self.body)
        return members


class Caller:
    """Speaks to one registry; every detail of a request can be changed."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(
        self,
        body: bytes,
        *,
        method: str = "POST",
        path: str = LOOKUP_PATH,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        usual = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
        try:
            connection.request(method, path, body, usual if headers is None else headers)
            reply = connection.getresponse()
            return Answer(status=reply.status, headers=reply.headers, body=reply.read())
        finally:
            connection.close()

    def look_up(self, **changes: Any) -> Answer:
        question = {
            "citizen_number": NUMBER,
            "name": NAME,
            "fields": ["sex"],
            "case": "case-1",
            "purpose": "login",
        }
        return self.send(json.dumps(question | changes, ensure_ascii=False).encode())


@contextmanager
def registry(folder: Path, faults: Faults) -> Iterator[Caller]:
    Image.new("RGB", (200, 240), "teal").save(folder / "face.png")
    source = folder / "persons.toml"
    source.write_text(SEED, encoding="utf-8")
    register = Register(folder / "data")
    register.fill(read_seed(portraits=folder, source=source))
    with CounterServer(
        address=("127.0.0.1", 0),
        department=register.department(),
        token=TOKEN,
        faults=FaultSwitch(faults),
    ) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Caller(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    quick = Faults(fastest_ms=0, slowest_ms=1)
    with registry(tmp_path_factory.mktemp("registry"), quick) as ready:
        yield ready


def test_a_person_is_found_by_number_and_name(caller: Caller) -> None:
    answer = caller.look_up(fields=["citizen_number", "name", "birth_date", "household", "status"])

    assert answer.status == 200
    assert answer.json["contract"] == CONTRACT
    assert answer.json["found"] is True
    assert answer.json["record"] == {
        "citizen_number": NUMBER,
        "name": NAME,
        "birth_date": "1985-03-17",
        "status": "alive",
        "household": {
            "address": "虚拟省晴川市和平路 12 号",
            "head_name": "张明远",
            "relation": "户主",
            "registered_on": "2012-05-18",
            "type": "家庭户",
        },
    }
    assert answer.json["record_version"]
    assert answer.json["as_of"].endswith("Z")


@pytest.mark.parametrize("field", sorted(FIELDS))
def test_only_the_fields_asked_for_are_answered(caller: Caller, field: str) -> None:
    assert set(caller.look_up(fields=[field]).json["record"]) == {field}


def test_the_photograph_is_a_jpeg_of_identity_card_size(caller: Caller) -> None:
    photo = base64.b64decode(caller.look_up(fields=["photo"]).json["record"]["photo"])

    with Image.open(io.BytesIO(photo)) as picture:
        assert picture.format == "JPEG"
        assert picture.size == (358, 441)


def test_a_person_without_a_photograph_has_none(caller: Caller) -> None:
    number, name = WITHOUT_PHOTO

    answer = caller.look_up(citizen_number=number, name=name, fields=["photo"])

    assert answer.json["record"] == {"photo": None}


@pytest.mark.parametrize(
    "changes",
    [{"name": "张明元"}, {"citizen_number": "990101199304301067"}, {"name": NAME + "一"}],
)
def test_a_wrong_name_is_nobody(caller: Caller, changes: dict[str, str]) -> None:
    wrong = caller.look_up(**changes)
    unknown = caller.look_up(citizen_number="990101199008151084")

    assert wrong.status == unknown.status == 200
    assert wrong.json["found"] is unknown.json["found"] is False
    assert set(wrong.json) == set(unknown.json) == {"contract", "found", "as_of"}


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"bearer {TOKEN}", TOKEN, "Bearer ü"],
)
def test_no_answer_without_the_service_token(caller: Caller, authorization: str | None) -> None:
    headers = {"Content-Type": "application/json"}
    if authorization is not None:
        headers["Authorization"] = authorization

    answer = caller.send(b"{}", headers=headers)

    assert (answer.status, answer.json["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff{}",
        b"[" * 4000,
        b'{"name": "a", "name": "b"}',
    ],
)
def test_broken_json_is_malformed(caller: Caller, body: bytes) -> None:
    answer = caller.send(body)

    assert (answer.status, answer.json["code"]) == (400, "MALFORMED_JSON")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"citizen_number": "990101198503171011"}, "/citizen_number"),
        ({"citizen_number": "990101198502301010"}, "/citizen_number"),
        ({"citizen_number": 990101198503171010}, "/citizen_number"),
        ({"name": ""}, "/name"),
        ({"name": " 张明远"}, "/name"),
        ({"name": "张\x00"}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"case": None}, "/case"),
        ({"purpose": ""}, "/purpose"),
        ({"fields": []}, "/fields"),
        ({"fields": "photo"}, "/fields"),
        ({"fields": ["sex", "income"]}, "/fields/1"),
        ({"fields": [["sex"]]}, "/fields/0"),
        ({"colour": "red"}, ""),
    ],
)
def test_a_wrong_member_is_pointed_at(
    caller: Caller, changes: dict[str, Any], pointer: str
) -> None:
    answer = caller.look_up(**changes)

    assert (answer.status, answer.json["code"]) == (422, "INVALID_FIELD")
    assert answer.json["pointer"] == pointer
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("member", ["citizen_number", "name", "fields", "case", "purpose"])
def test_no_member_may_be_missing(caller: Caller, member: str) -> None:
    question = {"citizen_number": NUMBER, "name": NAME, "fields": ["sex"], "case": "c"}
    question = question | {"purpose": "p"}
    del question[member]

    answer = caller.send(json.dumps(question).encode())

    assert (answer.status, answer.json["pointer"]) == (422, f"/{member}")


def test_a_list_is_no_question(caller: Caller) -> None:
    assert caller.send(b"[]").status == 422


def test_other_media_types_are_refused(caller: Caller) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/plain"}

    assert caller.send(b"{}", headers=headers).status == 415


@pytest.mark.parametrize("size", ["4097", "99999", "9" * 5000])
def test_a_large_body_is_refused_before_it_is_read(caller: Caller, size: str) -> None:
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Content-Type": "application/json",
        "Content-Length": size,
    }

    # Nothing is sent after the headers: the answer must not wait for the body.
    assert caller.send(b"", headers=headers).status == 413


@pytest.mark.parametrize("size", ["-1", "ten", "１"])
def test_a_body_has_a_length(caller: Caller, size: str) -> None:
    headers = {
        "Authorization": f"Bearer {TOKEN}",
        "Content-Type": "application/json",
        "Content-Length": size.encode("utf-8").decode("latin-1"),
    }

    assert caller.send(b"", headers=headers).status == 411


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", LOOKUP_PATH), ("POST", HEALTH_PATH), ("POST", f"{LOOKUP_PATH}/")],
)
def test_other_paths_are_not_there(caller: Caller, method: str, path: str) -> None:
    assert caller.send(b"", method=method, path=path).status == 404


def test_health_needs_no_token(caller: Caller) -> None:
    answer = caller.send(b"", method="GET", path=HEALTH_PATH, headers={})

    assert (answer.status, answer.json["status"]) == (200, "ok")


def test_the_log_holds_no_personal_data(caller: Caller, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()

    caller.look_up()
    caller.look_up(citizen_number="990101199008151084")
    caller.send(b"", method="GET", path=f"/{NUMBER}?name={TOKEN}", headers={})

    logged = "".join(capsys.readouterr())
    assert logged.count(" lookup 200 ") == 2
    assert " other 404 " in logged
    for personal in (NUMBER, NAME, "990101199008151084", TOKEN):
        assert personal not in logged


def test_an_unavailable_registry_says_so(tmp_path: Path) -> None:
    faults = Faults(failure=Failure.UNAVAILABLE, fastest_ms=0, slowest_ms=0)
    with registry(tmp_path, faults) as caller:
        answer = caller.look_up()
        health = caller.send(b"", method="GET", path=HEALTH_PATH)

    assert (answer.status, answer.json["code"]) == (503, "REGISTRY_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "1"
    assert health.status == 200


def test_a_garbled_registry_answers_no_json(tmp_path: Path) -> None:
    faults = Faults(failure=Failure.GARBAGE, fastest_ms=0, slowest_ms=0)
    with registry(tmp_path, faults) as caller:
        answer = caller.look_up()

    assert answer.status == 200
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(answer.body)


def test_a_registry_that_hangs_up_answers_nothing(tmp_path: Path) -> None:
    faults = Faults(failure=Failure.HANG_UP, fastest_ms=0, slowest_ms=0)
    with registry(tmp_path, faults) as caller, pytest.raises(http.client.RemoteDisconnected):
        caller.look_up()


def test_an_empty_service_token_is_refused(tmp_path: Path) -> None:
    department = Register(tmp_path).department()
    faults = FaultSwitch(Faults())

    with pytest.raises(ValueError, match="everybody"):
        CounterServer(address=("127.0.0.1", 0), department=department, token="", faults=faults)
