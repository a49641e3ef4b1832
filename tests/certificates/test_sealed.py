"""A signature's value: only what our writer writes, and only over this digest."""

import dataclasses
import hashlib

import pytest
from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certificates.profiles import department_name, signing_certificate
from certificates.reading.chains import judge_chain
from certificates.reading.reader import OwnReader
from certificates.reading.refusals import Refused
from certificates.reading.sealed import signing_chain
from certificates.signatory import Signatory
from certificates.signers import RsaKey, SigningKey
from certificates.verdicts import Integrity, IssuerTrust
from tests.certificates.attacks import Scene
from tests.certificates.builders import NOON, Office
from tests.certificates.hostile import written
from tests.certificates.readers import look
from tests.certificates.tampering import flipped
from tests.certificates.updates import updated

DIGEST = hashlib.sha256(b"what was signed").digest()


def value(scene: Scene) -> bytes:
    return scene.signatory.cms.detached(DIGEST)


def roots_of(office: Office) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(office.pki.root_pem())]


def refusal(contents: bytes, digest: bytes = DIGEST) -> Integrity:
    with pytest.raises(Refused) as refused:
        signing_chain(contents, digest=digest)
    return refused.value.integrity


def certified(scene: Scene, key: SigningKey) -> Signatory:
    (issuing,) = scene.signatory.intermediates
    certificate = signing_certificate(
        key=key.public_key(),
        subject=department_name(zh="示例市公安局", uscc="11990101000000019X"),
        issuing=issuing,
        issuing_key=scene.authority,
        now=NOON,
    )
    return Signatory(key=key, certificate=certificate, intermediates=(issuing,))


def test_what_our_writer_wrote_gives_its_chain_in_order(scene: Scene) -> None:
    signatory = scene.signatory
    chain = (signatory.certificate, *signatory.intermediates)
    assert signing_chain(value(scene), digest=DIGEST) == chain
    assert signing_chain(value(scene) + bytes(99), digest=DIGEST) == chain


def test_an_rsa_key_counts_as_well(scene: Scene) -> None:
    key = RsaKey(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    signatory = certified(scene, key)
    contents = signatory.cms.detached(DIGEST)
    assert signing_chain(contents, digest=DIGEST)[0] == signatory.certificate
    assert refusal(flipped(contents, -1)) is Integrity.SIGNATURE_BROKEN


def test_a_value_that_is_broken_or_of_something_else_is_refused(scene: Scene) -> None:
    good = value(scene)
    for contents in (b"", b"\x30\x00", bytes(40), good[:-1], good + b"\0\1", flipped(good, -1)):
        assert refusal(contents) is Integrity.SIGNATURE_BROKEN
    assert refusal(good, hashlib.sha256(b"other").digest()) is Integrity.SIGNATURE_BROKEN


def test_nothing_slips_into_what_is_not_signed(office: Office, scene: Scene) -> None:
    def changed(**certificates: list[bytes]) -> bytes:
        info = cms.ContentInfo.load(value(scene))
        if certificates:
            info["content"]["certificates"] = [
                cms.CertificateChoices({"certificate": asn1.Certificate.load(der)})
                for der in certificates["all"]
            ]
        else:
            noted = cms.CMSAttribute({"type": "content_type", "values": ["data"]})
            info["content"]["signer_infos"][0]["unsigned_attrs"] = [noted]
        return bytes(info.dump(force=True))

    first, second = scene.signatory.chain_der
    root = office.keys.document("root")
    assert root is not None
    assert refusal(changed()) is Integrity.FOREIGN_FORM
    for others in ([first, second, root, root], [second], [first, second, second], []):
        assert refusal(changed(all=others)) is Integrity.FOREIGN_FORM
    assert refusal(changed(all=[first, second] * 3)) is Integrity.FOREIGN_FORM
    # A chain that was cut short is one, and leads nowhere.
    alone = signing_chain(changed(all=[first]), digest=DIGEST)
    trust = judge_chain(alone, roots=roots_of(office), crls=(), now=NOON)
    assert trust is IssuerTrust.FOREIGN_ROOT
    longer = signing_chain(changed(all=[first, second, root]), digest=DIGEST)
    assert judge_chain(longer, roots=roots_of(office), crls=(), now=NOON) is trust


@dataclasses.dataclass(frozen=True)
class Other:
    """A key of a curve that signs nothing here."""

    key: ec.EllipticCurvePrivateKey
    algorithm: bytes

    def public_key(self) -> ec.EllipticCurvePublicKey:
        return self.key.public_key()

    def sign(self, message: bytes) -> bytes:
        return hashlib.sha256(message).digest()


def test_a_key_of_another_kind_is_not_of_our_form(scene: Scene) -> None:
    key = Other(ec.generate_private_key(ec.SECP384R1()), scene.signatory.key.algorithm)
    assert refusal(certified(scene, key).cms.detached(DIGEST)) is Integrity.FOREIGN_FORM


# The tables around it

FOREIGN = {
    "no table": (b"xref\n0 4", b"xxxx\n0 4"),
    "an entry of another length": (b"65535 f\r\n", b"65535 f\n"),
    "another generation": (b"00000 n\r\n", b"00001 n\r\n"),
    "an object that was freed": (b"00000 n\r\n", b"00000 f\r\n"),
    "no trailer": (b"trailer", b"trailed"),
    "a trailer that is a list": (
        b"trailer\n<</Size 4/Root 1 0 R>>",
        b"trailer\n[/Size 4/Root 1 0 R]",
    ),
    "a hybrid": (b"/Root 1 0 R", b"/Root 1 0 R/XRefStm 9"),
    "another place at its end": (b"startxref\n", b"startxref\n1"),
    "no catalogue": (b"/Root 1 0 R", b"/Root 9 0 R"),
    "an object under another number": (b"\n2 0 obj", b"\n7 0 obj"),
    "an object that does not end": (b"\nendobj\n3 0", b"\nendXbj\n3 0"),
    "a table before the first byte": (b"/Root 1 0 R", b"/Root 1 0 R/Prev 0"),
}


@pytest.mark.parametrize("name", list(FOREIGN))
def test_a_table_of_another_form_is_left_to_the_library(own: OwnReader, name: str) -> None:
    old, new = FOREIGN[name]
    page = written({})
    assert page.count(old) >= 1
    assert look(own, page.replace(old, new, 1)).integrity is Integrity.FOREIGN_FORM


def test_a_table_may_not_list_what_lies_elsewhere(own: OwnReader) -> None:
    twice = updated(written({}), {5: b"null"})
    page = written({})
    offset = b"%010d 00000 n " % page.index(b"1 0 obj")
    inside = twice.index(b"00000 n \n", len(page)) - 11
    moved = twice[:inside] + offset + twice[inside + 19 :]
    assert look(own, moved).integrity is Integrity.FOREIGN_FORM


def test_more_updates_than_any_certificate_has_are_not_read(own: OwnReader) -> None:
    page = written({})
    for number in range(15):
        page = updated(page, {9 + number: b"null"})
    assert look(own, page).integrity is Integrity.UNSIGNED
    assert look(own, updated(page, {99: b"null"})).integrity is Integrity.TOO_MANY_OBJECTS
