"""Faults are switched while a department runs, and are what they are called."""

import http.client
import json
import socket
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import ValidationError

from sandbox.departments.housing.contract import HomeRecord
from sandbox.departments.housing.homes import open_housing
from sandbox.departments.office.control import FAULTS_PATH
from sandbox.departments.office.counter import CHANGES_PATH, HEALTH_PATH
from sandbox.departments.office.faults import Failure, Faults
from sandbox.departments.office.office import HOST, Office, Ports
from tests.sandbox.departments.building import TOKEN, USUAL, Building, at_work, send
from tests.sandbox.departments.people import AYNUR, ZHANG

CONTRACT = "home-ownership"


def test_what_is_switched_on_is_shown_and_is_on_from_the_next_question(housing: Building) -> None:
    switched = housing.switch("unavailable", fastest_ms=1, slowest_ms=2)
    answer = housing.ask(CONTRACT, ZHANG)

    wanted = {"failure": "unavailable", "fastest_ms": 1, "slowest_ms": 2}
    assert switched.json == wanted
    assert send(housing.control, "GET", FAULTS_PATH).json == wanted
    assert (answer.status, answer.json["code"]) == (503, "REGISTRY_UNAVAILABLE")
    assert answer.headers["Retry-After"] == "1"

    housing.switch("none")
    assert housing.ask(CONTRACT, ZHANG).json["found"] is True


def test_a_refused_wish_changes_nothing(housing: Building) -> None:
    refused = housing.switch("tired")

    assert (refused.status, refused.json["pointer"]) == (422, "/failure")
    assert send(housing.control, "GET", FAULTS_PATH).json["failure"] == "none"


def test_garbage_is_no_json(housing: Building) -> None:
    housing.switch("garbage")

    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(housing.ask(CONTRACT, ZHANG).body)


def test_who_hangs_up_says_nothing(housing: Building) -> None:
    housing.switch("hang-up")

    with pytest.raises(http.client.RemoteDisconnected):
        housing.ask(CONTRACT, ZHANG)


def test_a_wrong_schema_is_json_that_no_contract_allows(housing: Building) -> None:
    housing.switch("wrong-schema")
    told, none = housing.ask(CONTRACT, ZHANG).json, housing.ask(CONTRACT, AYNUR).json

    assert isinstance(told["records"], list)
    assert not isinstance(told["found"], bool)
    assert not isinstance(none["found"], bool)
    for field in HomeRecord.model_fields:
        one = housing.ask(CONTRACT, ZHANG, fields=[field]).json["records"][0]
        housing.switch("none")
        right = housing.ask(CONTRACT, ZHANG).json["records"][0]
        housing.switch("wrong-schema")
        with pytest.raises(ValidationError):
            HomeRecord.model_validate_json(json.dumps(right | one))


def test_half_an_answer_announces_the_whole(housing: Building) -> None:
    whole = len(housing.ask(CONTRACT, ZHANG).body)
    housing.switch("half-answered")

    with pytest.raises(http.client.IncompleteRead) as half:
        housing.ask(CONTRACT, ZHANG)

    assert len(half.value.partial) == whole // 2
    assert half.value.expected == whole - whole // 2


@pytest.mark.parametrize("failure", [one for one in Failure if one is not Failure.DEAD])
def test_a_broken_department_is_alive(housing: Building, failure: Failure) -> None:
    housing.switch(failure)

    assert send(housing.port, "GET", HEALTH_PATH).status == 200


def test_the_feed_of_changes_is_as_broken_as_the_answers(housing: Building) -> None:
    housing.switch("unavailable")

    assert send(housing.port, "GET", CHANGES_PATH).status == 503


def test_nobody_listens_where_a_department_is_dead_until_it_lives_again(housing: Building) -> None:
    port = housing.port
    housing.switch("dead")

    for _ in range(2):
        with pytest.raises(ConnectionRefusedError):
            housing.ask(CONTRACT, ZHANG)
    assert send(housing.control, "GET", FAULTS_PATH).json["failure"] == "dead"
    assert housing.switch("dead").status == 200

    housing.switch("none")
    assert housing.port == port
    assert housing.ask(CONTRACT, ZHANG).json["found"] is True


def test_death_cuts_the_connections_that_were_open(housing: Building) -> None:
    with closing(http.client.HTTPConnection(HOST, housing.port, timeout=20)) as connection:
        connection.request("GET", HEALTH_PATH)
        connection.getresponse().read()
        kept = connection.sock
        assert kept is not None
        kept.settimeout(5)  # far less than a silent connection is kept otherwise

        housing.switch("dead")

        assert kept.recv(1) == b""


def test_nobody_else_gets_the_port_of_a_dead_department(housing: Building) -> None:
    housing.switch("dead")

    with closing(socket.socket()) as other, pytest.raises(OSError, match="in use"):
        other.bind((HOST, housing.port))


def test_a_department_may_begin_dead(tmp_path: Path) -> None:
    dead = Faults(failure=Failure.DEAD, fastest_ms=0, slowest_ms=0)
    with at_work(open_housing(tmp_path), faults=dead) as housing:
        with pytest.raises(ConnectionRefusedError):
            housing.ask(CONTRACT, ZHANG)
        housing.switch("none")

        assert housing.ask(CONTRACT, ZHANG).status == 200


def test_without_a_control_port_there_is_no_control(tmp_path: Path) -> None:
    with Office(
        open_housing(tmp_path), token=TOKEN, faults=Faults(), ports=Ports(control=None)
    ) as office:
        assert office.control_port is None
        assert send(office.port, "GET", HEALTH_PATH).status == 200


def test_a_taken_port_is_refused_and_an_empty_token_too(housing: Building, tmp_path: Path) -> None:
    department = open_housing(tmp_path / "other")
    with pytest.raises(OSError, match="in use"):
        Office(department, token=TOKEN, faults=Faults(), ports=Ports(counter=housing.port))
    with (
        pytest.raises(ValueError, match="everybody"),
        Office(department, token="", faults=Faults(), ports=Ports(control=0)),
    ):
        pass


def test_a_body_that_a_route_does_not_read_is_no_second_request(housing: Building) -> None:
    smuggled = f"GET {CHANGES_PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    with closing(http.client.HTTPConnection(HOST, housing.port, timeout=20)) as connection:
        connection.request("GET", HEALTH_PATH, smuggled.encode(), USUAL)
        answer = connection.getresponse()
        answer.read()

        assert answer.headers["Connection"] == "close"
