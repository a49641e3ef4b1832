import multiprocessing
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from certificates.errors import CertificateError, ErrorCode
from certificates.keys import FileKeys
from certificates.rings import Ring


def public(keys: FileKeys, name: str) -> bytes:
    return (
        keys.private_key(name)
        .public_key()
        .public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    )


def make(
    directory: Path,
    start: Barrier,
    out: "multiprocessing.Queue[tuple[bytes, bytes]]",
) -> None:
    keys = FileKeys(directory)
    start.wait()
    out.put((public(keys, "race"), keys.publish("race", public(keys, "race"))))


def pkcs8(key: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def test_a_key_is_made_once_and_found_again(tmp_path: Path) -> None:
    first = public(FileKeys(tmp_path / "keys"), "root")
    assert public(FileKeys(tmp_path / "keys"), "root") == first
    assert public(FileKeys(tmp_path / "keys"), "other") != first


def test_nobody_else_can_read_the_keys(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    keys.private_key("root")
    keys.publish("root", b"certificate")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()]
    assert modes == [0o600, 0o600]
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_folder_open_to_others_is_not_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    with pytest.raises(CertificateError) as refused:
        FileKeys(tmp_path)
    assert refused.value.code is ErrorCode.KEY_UNSAFE


def test_a_key_file_open_to_others_is_not_used(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    keys.private_key("root")
    (tmp_path / "keys" / "root.key").chmod(0o640)
    with pytest.raises(CertificateError) as refused:
        keys.private_key("root")
    assert refused.value.code is ErrorCode.KEY_UNSAFE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        pkcs8(ec.generate_private_key(ec.SECP384R1())),
        pkcs8(ed25519.Ed25519PrivateKey.generate()),
    ],
    ids=["empty", "text", "P-384", "Ed25519"],
)
def test_a_file_without_a_p256_key_is_refused(tmp_path: Path, content: bytes) -> None:
    keys = FileKeys(tmp_path / "keys")
    path = tmp_path / "keys" / "root.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(CertificateError) as refused:
        keys.private_key("root")
    assert refused.value.code is ErrorCode.KEY_INVALID


@pytest.mark.parametrize("name", ["", "../root", "a/b", "Root", "a.b", "a\n", "-a", "a--b"])
def test_a_name_cannot_leave_the_folder(tmp_path: Path, name: str) -> None:
    keys = FileKeys(tmp_path / "keys")
    for call in (keys.private_key, keys.document):
        with pytest.raises(CertificateError) as refused:
            call(name)
        assert refused.value.code is ErrorCode.KEY_INVALID


def test_the_first_document_stays(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    assert keys.document("root") is None
    assert keys.publish("root", b"first") == b"first"
    assert keys.publish("root", b"second") == b"first"
    assert keys.document("root") == b"first"
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_two_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start, out = context.Barrier(3), context.Queue()
    processes = [
        context.Process(target=make, args=(tmp_path / "keys", start, out)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    answers = {out.get(timeout=60) for _ in processes}
    for process in processes:
        process.join(timeout=60)
    assert len(answers) == 1
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"race.key", "race.der"}


def test_nothing_of_the_keys_shows_in_words(tmp_path: Path) -> None:
    assert repr(FileKeys(tmp_path / "secret")) == "FileKeys()"


def test_a_ring_grows_and_of_two_that_add_the_first_wins(tmp_path: Path) -> None:
    ring = Ring(keys=FileKeys(tmp_path / "keys"), prefix="seal")
    assert ring.members() == ()
    assert ring.add(lambda name: f"{name} one".encode(), after=0) == b"seal-0001 one"
    assert ring.add(lambda name: f"{name} two".encode(), after=0) == b"seal-0001 one"
    assert ring.add(lambda name: f"{name} two".encode(), after=1) == b"seal-0002 two"
    assert ring.members() == (b"seal-0001 one", b"seal-0002 two")


@pytest.mark.parametrize("number", [0, 10_000])
def test_a_ring_has_an_end(tmp_path: Path, number: int) -> None:
    with pytest.raises(ValueError, match="1 to 9999"):
        Ring(keys=FileKeys(tmp_path / "keys"), prefix="seal").name(number)
