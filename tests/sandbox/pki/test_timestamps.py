"""The timestamp authority as other people's programs see it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import tsp
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from certificates.profiles import Service
from sandbox.pki.refusals import CannotStart
from sandbox.pki.serials import Serials
from sandbox.pki.timestamps import POLICY
from tests.certificates.tools import needs, run
from tests.sandbox.pki.ground import NOON, Ground

DIGEST = hashlib.sha256(b"a certificate").digest()


def request(**changes: Any) -> bytes:
    members: dict[str, Any] = {
        "version": "v1",
        "message_imprint": {
            "hash_algorithm": {"algorithm": "sha256"},
            "hashed_message": DIGEST,
        },
        "nonce": 4711,
        "cert_req": True,
    }
    der: bytes = tsp.TimeStampReq(members | changes).dump()
    return der


def info(answer: bytes) -> Any:
    response = tsp.TimeStampResp.load(answer)
    assert response["status"]["status"].native == "granted"
    return response["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed


def refusal(answer: bytes) -> set[str]:
    """What a refused request was refused for."""
    status = tsp.PKIStatusInfo.load(tsp.TimeStampResp.load(answer).contents)
    assert status["status"].native == "rejection"
    named: set[str] = status["fail_info"].native
    return named


def imprint(algorithm: str, digest: bytes) -> dict[str, Any]:
    return {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest}


def test_a_token_says_what_when_by_which_policy_and_for_which_request(ground: Ground) -> None:
    token = info(ground.timestamps.answer(request()))
    assert token["message_imprint"].native["hashed_message"] == DIGEST
    assert token["gen_time"].native == NOON
    assert token["policy"].native == POLICY
    assert token["nonce"].native == 4711
    assert token["accuracy"].native["seconds"] == 1
    assert token["tsa"].chosen.native["common_name"] == "Zero-Run Sandbox Timestamp Authority"


def test_without_a_nonce_none_comes_back(ground: Ground) -> None:
    assert info(ground.timestamps.answer(request(nonce=None)))["nonce"].native is None


@pytest.mark.parametrize(("wanted", "count"), [(True, 2), (False, 0)])
def test_certificates_come_along_when_they_are_asked_for(
    ground: Ground, *, wanted: bool, count: int
) -> None:
    answer = tsp.TimeStampResp.load(ground.timestamps.answer(request(cert_req=wanted)))
    assert len(answer["time_stamp_token"]["content"]["certificates"] or ()) == count


def test_the_certificate_is_for_timestamps_only_and_says_so_critically(ground: Ground) -> None:
    uses = ground.certificate(Service.TIMESTAMP).extensions.get_extension_for_class(
        x509.ExtendedKeyUsage
    )
    assert uses.critical
    assert list(uses.value) == [ExtendedKeyUsageOID.TIME_STAMPING]


@pytest.mark.parametrize("algorithm", ["sha256", "sha384", "sha512"])
def test_digests_that_hold_are_stamped(ground: Ground, algorithm: str) -> None:
    digest = hashlib.new(algorithm, b"x").digest()
    token = info(ground.timestamps.answer(request(message_imprint=imprint(algorithm, digest))))
    assert token["message_imprint"].native["hashed_message"] == digest


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"message_imprint": imprint("sha1", bytes(20))}, "bad_alg"),
        ({"message_imprint": imprint("md5", bytes(16))}, "bad_alg"),
        ({"message_imprint": imprint("sha256", bytes(31))}, "bad_data_format"),
        ({"message_imprint": imprint("sha256", b"")}, "bad_data_format"),
        ({"version": 2}, "bad_request"),
        ({"req_policy": "1.2.3.4"}, "unaccepted_policy"),
        ({"extensions": [{"extn_id": "2.5.29.15", "extn_value": b"x"}]}, "unaccepted_extensions"),
    ],
)
def test_a_request_that_cannot_be_granted_is_told_why(
    ground: Ground, changes: dict[str, Any], reason: str
) -> None:
    assert refusal(ground.timestamps.answer(request(**changes))) == {reason}


def test_a_digests_name_must_be_written_as_der_wants(ground: Ground) -> None:
    body = request()
    at = body.index(bytes.fromhex("608648016503040201"))
    assert refusal(ground.timestamps.answer(body[:at] + b"\x80" + body[at + 1 :])) == {"bad_alg"}


def test_our_own_policy_may_be_asked_for(ground: Ground) -> None:
    assert info(ground.timestamps.answer(request(req_policy=POLICY)))["policy"].native == POLICY


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=200), at=st.integers(0, 120), junk=st.binary(max_size=8))
@example(body=b"", at=13, junk=b"\0\0\0\0\0\0\0\x07")  # an ObjectDescriptor, which no reader knows
def test_any_bytes_get_an_answer(ground: Ground, body: bytes, at: int, junk: bytes) -> None:
    good = request()
    for sent in (body, good[:at], good[:at] + junk + good[at + len(junk) :], good + junk):
        answer = tsp.TimeStampResp.load(ground.timestamps.answer(sent))
        assert answer.contents


@pytest.mark.parametrize("days", [-1, 4000])
def test_no_time_is_told_outside_the_certificates_own(ground: Ground, days: int) -> None:
    ground.clock.advance(days=days)
    assert refusal(ground.timestamps.answer(request())) == {"time_not_available"}


def test_without_a_certificate_there_is_no_time(ground: Ground) -> None:
    (ground.folder / "timestamp.pem").unlink()
    assert refusal(ground.timestamps.answer(request())) == {"time_not_available"}


def test_serials_only_rise_even_after_a_crash(tmp_path: Path) -> None:
    seen: list[int] = []
    for _ in range(3):
        # A crash: the descriptor goes, nothing more is written.
        with Serials(tmp_path / "serials") as serials:
            seen += [serials.next() for _ in range(1001)]
    assert seen == sorted(set(seen))


def test_two_processes_cannot_count_at_the_same_time(tmp_path: Path) -> None:
    with Serials(tmp_path / "serials"), pytest.raises(CannotStart):
        Serials(tmp_path / "serials")
    (tmp_path / "serials").write_bytes(b"none")
    with pytest.raises(CannotStart):
        Serials(tmp_path / "serials")


@needs("openssl")
def test_openssl_accepts_a_token_for_its_own_request(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"a certificate")
    asked = ("ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "asked.tsq")
    run("openssl", *asked, cwd=tmp_path)
    answer = ground.timestamps.answer((tmp_path / "asked.tsq").read_bytes())
    (tmp_path / "answer.tsr").write_bytes(answer)
    ground.pem("root.pem", ground.pki.root)
    ground.pem("issuing.pem", ground.pki.issuing)
    verify = ("ts", "-verify", "-queryfile", "asked.tsq", "-in", "answer.tsr")
    chain = ("-CAfile", "root.pem", "-untrusted", "issuing.pem", "-attime", _seconds(NOON))
    assert b"Verification: OK" in run("openssl", *verify, *chain, cwd=tmp_path)


@needs("openssl")
def test_openssl_reads_a_refusal(ground: Ground, tmp_path: Path) -> None:
    (tmp_path / "answer.tsr").write_bytes(ground.timestamps.answer(b"no request"))
    said = run("openssl", "ts", "-reply", "-in", "answer.tsr", "-text", cwd=tmp_path)
    assert b"Status: Rejected." in said
    assert b"the data submitted has the wrong format" in said


def test_a_key_for_others_to_read_is_not_used(ground: Ground) -> None:
    from sandbox.pki.credentials import CredentialFile  # noqa: PLC0415

    (ground.folder / "timestamp.key").chmod(0o640)
    with pytest.raises(CannotStart):
        CredentialFile(ground.folder, "timestamp")


def test_a_certificate_of_another_key_is_not_used(ground: Ground) -> None:
    other = (ground.folder / "status.pem").read_bytes()
    (ground.folder / "timestamp.pem").write_bytes(other)
    assert refusal(ground.timestamps.answer(request())) == {"time_not_available"}


def test_a_renewed_certificate_is_used_without_a_restart(ground: Ground) -> None:
    before = ground.certificate(Service.TIMESTAMP)
    ground.clock.advance(days=10 * 365 - 60)
    ground.certify()
    after = ground.certificate(Service.TIMESTAMP)
    assert after.serial_number != before.serial_number
    answer = tsp.TimeStampResp.load(ground.timestamps.answer(request()))
    sent = answer["time_stamp_token"]["content"]["certificates"][0].chosen.dump()
    der = after.public_bytes(serialization.Encoding.DER)
    issuing = ground.pki.issuing.public_bytes(serialization.Encoding.DER)
    assert sent in {der, issuing}
    assert der in answer.dump()


def _seconds(moment: Any) -> str:
    return str(int((moment + timedelta(seconds=5)).timestamp()))
