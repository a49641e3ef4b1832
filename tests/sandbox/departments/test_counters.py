"""Every department answers its callers alike, over real HTTP."""

import http.client
import json
from contextlib import closing
from datetime import date
from time import perf_counter

import pytest

from sandbox.departments.city.city import city
from sandbox.departments.city.numbers import citizen_number, organisation_code
from sandbox.departments.office.control import FAULTS_PATH, RECORDS_PATH
from sandbox.departments.office.counter import CHANGES_PATH, HEALTH_PATH
from sandbox.departments.office.office import HOST
from tests.sandbox.departments.building import TOKEN, USUAL, Building, send
from tests.sandbox.departments.people import AYNUR, CHILD, FIRM, LI, OUYANG, WANG, ZHANG, ZHOU

Hall = dict[str, Building]

QUESTIONS = [
    ("population", "criminal-record", ZHOU),
    ("housing", "home-ownership", ZHANG),
    ("civil_affairs", "marriage", WANG),
    ("civil_affairs", "disability-certificate", LI),
    ("health", "birth-certificate", CHILD),
    ("health", "births-of-parent", ZHANG),
    ("social_security", "social-insurance-participation", OUYANG),
    ("market_regulation", "business-licence", ZHANG),
    ("market_regulation", "organisation-licence", FIRM),
]
NOBODY = (citizen_number(date(2000, 1, 1), 7), "无名")
NO_FIRM = (organisation_code("91", 77_777_777), "无名有限公司")
every_question = pytest.mark.parametrize(
    ("name", "contract", "who"), QUESTIONS, ids=[contract for _, contract, _ in QUESTIONS]
)


@every_question
def test_a_record_is_told_whole_to_who_asks_for_all_of_it(
    town_hall: Hall, name: str, contract: str, who: tuple[str, str]
) -> None:
    answer = town_hall[name].ask(contract, who)
    (record,) = answer.json["records"]
    asked = {one.name: one for one in town_hall[name].department.contracts}[contract]

    assert answer.status == 200
    assert set(answer.json) == {"contract", "found", "records", "record_version", "as_of"}
    assert answer.json["contract"] == f"{contract}/1.0.0"
    assert answer.json["found"] is True
    assert len(answer.json["record_version"]) == 16
    assert answer.json["as_of"].endswith("Z")
    assert asked.record.model_validate_json(json.dumps(record)).model_dump(mode="json") == record


@every_question
def test_only_the_fields_asked_for_are_told(
    town_hall: Hall, name: str, contract: str, who: tuple[str, str]
) -> None:
    whole = town_hall[name].ask(contract, who).json
    for field in whole["records"][0]:
        part = town_hall[name].ask(contract, who, fields=[field]).json
        assert part["records"] == [{field: record[field]} for record in whole["records"]]
        assert part["record_version"] == whole["record_version"]


@every_question
def test_nobody_is_found_by_a_wrong_name_and_none_is_told_apart_from_the_unknown(
    town_hall: Hall, name: str, contract: str, who: tuple[str, str]
) -> None:
    wrong = town_hall[name].ask(contract, (who[0], who[1] + "一"))
    stranger = town_hall[name].ask(contract, NO_FIRM if who is FIRM else NOBODY)

    assert wrong.json["found"] is stranger.json["found"] is False
    assert wrong.json["records"] == stranger.json["records"] == []
    assert wrong.json["record_version"] == stranger.json["record_version"]


@pytest.mark.parametrize(
    ("name", "contract"),
    [(name, contract) for name, contract, who in QUESTIONS if who is not FIRM],
)
def test_who_owns_and_did_nothing_is_honestly_told_so(
    town_hall: Hall, name: str, contract: str
) -> None:
    answer = town_hall[name].ask(contract, AYNUR)

    assert (answer.status, answer.json["found"], answer.json["records"]) == (200, False, [])


def test_births_are_told_to_the_role_that_asks(town_hall: Hall) -> None:
    health = town_hall["health"]
    own, child = health.ask("birth-certificate", CHILD), health.ask("births-of-parent", WANG)

    assert own.json["records"] == child.json["records"]
    assert health.ask("birth-certificate", WANG).json["records"] == []
    assert health.ask("births-of-parent", CHILD).json["records"] == []


def test_somebody_with_several_records_is_told_all_of_them(town_hall: Hall) -> None:
    leaders = [firm.legal_person for firm in city().firms]
    busy = next(number for number in leaders if leaders.count(number) > 1)
    who = (busy, city().names()[busy])

    told = town_hall["market_regulation"].ask("business-licence", who, fields=["code"]).json

    codes = {firm.code for firm in city().firms if firm.legal_person == busy}
    assert {record["code"] for record in told["records"]} == codes
    assert len(told["records"]) == len(codes)


@pytest.mark.parametrize("authorization", [None, "", "Bearer", f"Bearer {TOKEN}x", TOKEN])
def test_neither_port_does_anything_without_the_service_token(
    town_hall: Hall, authorization: str | None
) -> None:
    housing = town_hall["housing"]
    headers = {"Content-Type": "application/json"}
    headers |= {} if authorization is None else {"Authorization": authorization}
    lookup = housing.department.contracts[0].path
    for port, method, path in (
        (housing.port, "POST", lookup),
        (housing.port, "GET", CHANGES_PATH),
        (housing.control, "GET", FAULTS_PATH),
        (housing.control, "PUT", FAULTS_PATH),
        (housing.control, "POST", f"{RECORDS_PATH}/lookup"),
        (housing.control, "PUT", f"{RECORDS_PATH}/home-000001"),
        (housing.control, "DELETE", f"{RECORDS_PATH}/home-000001"),
    ):
        answer = send(port, method, path, body=b"{}", headers=headers)
        assert (answer.status, answer.json["code"]) == (401, "UNAUTHORIZED"), (method, path)


def test_callers_find_no_controls_at_their_port_nor_answers_at_the_other(town_hall: Hall) -> None:
    housing = town_hall["housing"]

    assert send(housing.port, "GET", FAULTS_PATH).status == 404
    assert send(housing.port, "PUT", FAULTS_PATH, body=b"{}").status == 404
    assert send(housing.port, "PUT", f"{RECORDS_PATH}/home-000001", body=b"{}").status == 404
    assert send(housing.control, "GET", CHANGES_PATH).status == 404
    assert send(housing.control, "GET", HEALTH_PATH).status == 404


@pytest.mark.parametrize("query", ["?", "?citizen_number=1"])
def test_a_lookup_takes_no_query_string(town_hall: Hall, query: str) -> None:
    path = town_hall["housing"].department.contracts[0].path + query

    answer = send(town_hall["housing"].port, "POST", path, body=b"{}")

    assert (answer.status, answer.json["code"]) == (404, "NOT_FOUND")


def test_health_needs_no_token_and_names_the_contracts(town_hall: Hall) -> None:
    answer = send(town_hall["health"].port, "GET", HEALTH_PATH, headers={})

    assert answer.status == 200
    assert answer.json == {
        "status": "ok",
        "contracts": ["birth-certificate/1.0.0", "births-of-parent/1.0.0"],
    }


SECRET = "vErY-PrIvAtE"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/housing/v1/homes/lookup", f'{{"{SECRET}": 1}}'),
        ("POST", "/housing/v1/homes/lookup", f"{{{SECRET}"),
        ("POST", f"/housing/v1/homes/lookup?{SECRET}", "{}"),
        ("GET", f"/{SECRET}", ""),
        ("GET", f"{CHANGES_PATH}?after={SECRET}", ""),
        ("PATCH", f"/{SECRET}", ""),
        (SECRET, "/", ""),
        ("GET", f"/{SECRET * 8000}", ""),
    ],
)
def test_no_refusal_and_no_log_repeats_what_was_sent(
    town_hall: Hall, capsys: pytest.CaptureFixture[str], method: str, path: str, body: str
) -> None:
    capsys.readouterr()

    answer = send(town_hall["housing"].port, method, path, body=body.encode())

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert 400 <= answer.status < 600
    assert answer.json["status"] == answer.status
    assert answer.json["code"].isupper()
    said = answer.body.decode() + "".join(str(value) for value in answer.headers.values())
    assert SECRET not in said + "".join(capsys.readouterr())


def test_the_log_names_routes_and_nobody(
    town_hall: Hall, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    town_hall["housing"].ask("home-ownership", ZHANG)
    town_hall["housing"].held(ZHANG[0])
    town_hall["housing"].changes()

    logged = capsys.readouterr().err
    for route in (" home-ownership lookup 200 ", " records lookup 200 ", " changes 200 "):
        assert logged.count(route) == 1
    for personal in (*ZHANG, WANG[1], TOKEN):
        assert personal not in logged


def test_one_connection_serves_many_questions(town_hall: Hall) -> None:
    housing = town_hall["housing"]
    path = housing.department.contracts[0].path
    body = json.dumps(housing.question("home-ownership", ZHANG)).encode()
    with closing(http.client.HTTPConnection(HOST, housing.port, timeout=20)) as connection:
        for _ in range(3):
            connection.request("POST", path, body, USUAL)
            kept = connection.sock
            assert json.loads(connection.getresponse().read())["found"] is True
            assert connection.sock is kept


def test_an_answer_takes_no_less_than_its_latency(town_hall: Hall) -> None:
    housing = town_hall["housing"]
    housing.switch("none", fastest_ms=120, slowest_ms=140)
    try:
        started = perf_counter()
        housing.ask("home-ownership", ZHANG)
        assert perf_counter() - started >= 0.12
    finally:
        housing.switch("none")
