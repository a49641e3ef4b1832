"""A department's key in a token: SoftHSM stands for the module, through the same interface."""

import io
import multiprocessing
import os
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from asn1crypto import pem, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pkcs11 import Attribute, KeyType
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from certificates.errors import CertificateError, ErrorCode
from certificates.hsm import HsmKeys
from certificates.keys import FileKeys
from certificates.pki import Pki
from certificates.results import MadeCertificate
from certificates.signers import Algorithm, SigningKey
from certificates.signing import sign_pdf
from tests.certificates import tampering
from tests.certificates.builders import NOON, Office

MODULES = tuple(Path("/usr/lib").glob("**/softhsm/libsofthsm2.so"))
PIN, LABEL = "4711", "departments"
pytestmark = pytest.mark.skipif(not MODULES, reason="SoftHSM is missing (Debian package softhsm2)")


@dataclass(frozen=True)
class Token:
    """A token of its own; the library reads where it is from the environment, once a process."""

    home: Path

    def open(self, *, pin: str = PIN, label: str = LABEL) -> HsmKeys:
        conf = str(self.home / "softhsm2.conf")
        os.environ["SOFTHSM2_CONF"] = conf  # noqa: TID251 - written for SoftHSM, not read
        return HsmKeys.open(module=MODULES[0], token=label, pin=pin, directory=self.home / "keys")


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> Token:
    home = tmp_path_factory.mktemp("token")
    (home / "tokens").mkdir()
    (home / "keys").mkdir(mode=0o700)
    conf = home / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {home / 'tokens'}\nlog.level = ERROR\n")
    subprocess.run(  # noqa: S603 - a fixed program
        [
            *("/usr/bin/softhsm2-util", "--init-token", "--free"),
            *("--label", LABEL, "--pin", PIN, "--so-pin", "0815"),
        ],
        env={"SOFTHSM2_CONF": str(conf)},
        check=True,
        capture_output=True,
    )
    return Token(home)


@pytest.fixture(scope="module")
def keys(token: Token) -> Iterator[HsmKeys]:
    opened = token.open()
    yield opened
    opened.close()


def verify(key: SigningKey, message: bytes) -> None:
    public, signature = key.public_key(), key.sign(message)
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    else:
        public.verify(signature, message, ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_key_is_made_once_and_its_signatures_hold(keys: HsmKeys, algorithm: Algorithm) -> None:
    name = f"once-{algorithm.value}"
    first = keys.signing_key(name, algorithm)
    again = keys.signing_key(name, algorithm)
    assert first.public_key() == again.public_key()
    for number in range(8):
        verify(again, b"%d" % number)


def test_a_key_keeps_its_algorithm_whatever_is_asked_for_later(keys: HsmKeys) -> None:
    made = keys.signing_key("kept", Algorithm.P256)
    assert keys.signing_key("kept", Algorithm.RSA_2048).public_key() == made.public_key()


def test_the_private_number_is_in_no_file(keys: HsmKeys, token: Token) -> None:
    keys.signing_key("inside", Algorithm.P256)
    assert not list((token.home / "keys").glob("inside*"))


def test_threads_take_turns_and_none_gets_another_s_signature(keys: HsmKeys) -> None:
    key = keys.signing_key("turns", Algorithm.P256)
    start = threading.Barrier(4)

    def sign(number: int) -> None:
        start.wait()
        for at in range(10):
            verify(key, b"%d %d" % (number, at))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sign, range(4)))


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_an_independent_validator_accepts_what_the_token_signed(
    keys: HsmKeys, made: MadeCertificate, office: Office, algorithm: Algorithm
) -> None:
    pki = Pki.open(keys=keys, now=NOON)
    department = office.catalogue.get("household_registration").department.model_copy(
        update={"code": f"hsm_{algorithm.value}", "algorithm": algorithm}
    )
    pdf = sign_pdf(
        tampering.unsigned(made.pdf),
        signatory=pki.signatory(department, now=NOON),
        signed_at=NOON,
        field_label="签名",
    )
    trusted = [x509.Certificate.load(pem.unarmor(pki.root_pem())[2])]
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=NOON)
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert validate_pdf_signature(signature, context).bottom_line


def test_a_city_goes_over_from_files_to_a_module_by_rotation(
    token: Token, keys: HsmKeys, office: Office
) -> None:
    department = office.catalogue.get("household_registration").department
    moving = department.model_copy(update={"code": "moving"})
    before = Pki.open(keys=FileKeys(token.home / "keys"), now=NOON).signatory(moving, now=NOON)
    pki = Pki.open(keys=keys, now=NOON)
    after = pki.rotate(moving, now=NOON)
    assert after.fingerprint != before.fingerprint
    assert pki.signatory(moving, now=NOON).fingerprint == after.fingerprint
    verify(after.key, b"moved")
    assert not (token.home / "keys" / "moving-0002.key").exists()


@pytest.mark.parametrize("wrong", [{"pin": "0000"}, {"label": "another"}])
def test_a_token_that_does_not_let_us_in_is_refused_without_its_words(
    token: Token, keys: HsmKeys, wrong: dict[str, str]
) -> None:
    assert keys is not None  # the library is loaded
    with pytest.raises(CertificateError) as refused:
        token.open(**wrong)
    assert refused.value.code is ErrorCode.HSM_REFUSED
    assert "0000" not in str(refused.value)
    assert "another" not in str(refused.value)


def test_a_key_that_could_be_taken_out_is_not_used(keys: HsmKeys) -> None:
    keys._session.generate_keypair(  # as somebody else would have made it
        KeyType.RSA,
        2048,
        label="loose",
        store=True,
        private_template={Attribute.EXTRACTABLE: True, Attribute.SENSITIVE: False},
    )
    with pytest.raises(CertificateError) as refused:
        keys.signing_key("loose", Algorithm.RSA_2048)
    assert refused.value.code is ErrorCode.KEY_UNSAFE


def make(token: Token, start: Barrier, out: "multiprocessing.Queue[bytes]") -> None:
    start.wait(60)
    keys = token.open()
    public = keys.signing_key("race", Algorithm.P256).public_key()
    out.put(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    keys.close()


def test_processes_that_start_together_all_log_in_and_share_one_key(token: Token) -> None:
    context = multiprocessing.get_context("spawn")
    start, out = context.Barrier(6), context.Queue()
    # Daemons: one that fails must not keep this process from ending.
    children = [
        context.Process(target=make, args=(token, start, out), daemon=True) for _ in range(6)
    ]
    for child in children:
        child.start()
    made = {out.get(timeout=60) for _ in children}
    for child in children:
        child.join()
    assert len(made) == 1
