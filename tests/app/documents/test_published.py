from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

from cryptography import x509

from certificates.catalogue import Catalogue
from certificates.check_token import read_check_token
from certificates.publishing import read_check_keys
from tests.app.device import Device
from tests.app.documents.people import issued, members
from tests.app.world import World


def test_every_type_is_listed_with_what_it_asks_for(world: World) -> None:
    listed = members(world.client.get("/v1/certificate-types"))["items"]
    assert [item["code"] for item in listed] == [kind.code for kind in Catalogue.load().all()]
    for item in listed:
        assert set(item["titles"]) == set(item["legal_basis"]) == {"zh", "en"}
        assert item["level"] in {"L1", "L2", "L3"}
        assert all(item["sources"].values())


def test_the_root_readers_trust_is_published(world: World) -> None:
    response = world.client.get("/.well-known/certificate-root.pem")
    assert response.content_type == "application/pem-certificate-chain"
    root = x509.load_pem_x509_certificate(response.data)
    assert root.issuer == root.subject
    assert b"PRIVATE" not in response.data


def test_the_signers_certificates_are_published_under_the_root(zhang: Device, world: World) -> None:
    issued(zhang)
    response = world.client.get("/.well-known/certificate-signers.pem")
    assert response.content_type == "application/pem-certificate-chain"
    assert response.headers["Cache-Control"] == "public, max-age=3600"
    issuing, *signers = x509.load_pem_x509_certificates(response.data)
    root = x509.load_pem_x509_certificate(
        world.client.get("/.well-known/certificate-root.pem").data
    )
    issuing.verify_directly_issued_by(root)
    assert signers
    for signer in signers:
        signer.verify_directly_issued_by(issuing)


def test_the_keys_of_qr_codes_are_published(zhang: Device, world: World) -> None:
    published = world.client.get("/.well-known/certificate-check-keys.json")
    root = world.client.get("/.well-known/certificate-root.pem").data
    keys = read_check_keys(
        published.data, roots=[x509.load_pem_x509_certificate(root)], now=world.clock.now()
    )
    made = issued(zhang)
    query = dict(parse_qsl(urlsplit(made["check_url"]).query))
    token = read_check_token(
        query["t"], certificate_id=made["id"], check_code=made["check_code"], keys=keys
    )
    assert token.certificate_id == made["id"]


PUBLISHED = "/v1/public/authorities"


def test_what_readers_need_offline_is_published(world: World, zhang: Device) -> None:
    issued(zhang)
    root = x509.load_pem_x509_certificate(
        world.client.get("/.well-known/certificate-root.pem").data
    )
    issuing = x509.load_der_x509_certificate(
        world.client.get(f"{PUBLISHED}/issuing/certificate").data
    )
    issuing.verify_directly_issued_by(root)
    answer = world.client.get(f"{PUBLISHED}/issuing/issued")
    assert answer.content_type == "application/pem-certificate-chain"
    for one in x509.load_pem_x509_certificates(answer.data):
        one.verify_directly_issued_by(issuing)
    for name, authority in (("issuing", issuing), ("root", root)):
        answer = world.client.get(f"{PUBLISHED}/{name}/crl")
        assert answer.content_type == "application/pkix-crl"
        listed = x509.load_der_x509_crl(answer.data)
        assert listed.is_signature_valid(authority.public_key())  # type: ignore[arg-type]
        assert len(listed) == 0


def test_signing_certificates_say_where_their_list_is(world: World, zhang: Device) -> None:
    issued(zhang)
    (signer,) = x509.load_pem_x509_certificates(
        world.client.get(f"{PUBLISHED}/issuing/issued").data
    )
    points = signer.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    assert points[0].full_name is not None
    address: str = points[0].full_name[0].value
    assert address == f"{world.settings.public_url}{PUBLISHED}/issuing/crl"
    assert world.client.get(address.removeprefix(world.settings.public_url)).status_code == 200


def test_the_contract_names_both_ways_to_check(world: World) -> None:
    paths = members(world.client.get("/openapi.json"))["paths"]
    body = paths["/v1/certificate-checks"]["post"]["requestBody"]
    assert set(body["content"]) == {"application/pdf", "application/json"}
    assert set(body["content"]["application/json"]["schema"]["required"]) == {"id", "code"}
