from __future__ import annotations

from cryptography import x509

from certificates.catalogue import Catalogue
from tests.app.documents.people import members
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


def test_the_contract_names_both_ways_to_check(world: World) -> None:
    paths = members(world.client.get("/openapi.json"))["paths"]
    body = paths["/v1/certificate-checks"]["post"]["requestBody"]
    assert set(body["content"]) == {"application/pdf", "application/json"}
    assert set(body["content"]["application/json"]["schema"]["required"]) == {"id", "code"}
