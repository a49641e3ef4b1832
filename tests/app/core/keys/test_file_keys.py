from __future__ import annotations

import base64
import json
import multiprocessing
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final, get_args

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from app.core.jose.jwk import read_public_key
from app.core.jose.thumbprint import thumbprint
from app.core.jose.tokens import TokenPolicy, sign_token, verify_token
from app.core.keys.errors import Fault, KeysUnusable
from app.core.keys.files import FileKeys
from app.core.keys.provider import KeyProvider, SecretName, SigningName

NOON: Final = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR: Final = timedelta(hours=1)
SPAWN = multiprocessing.get_context("spawn")
RUNNERS = 4


SHORT_SECRET: Final = (
    '{"version":1,"keys":[{"kid":"a","created_at":"2026-11-23T12:00:00+00:00",'
    '"active_from":"2026-11-23T12:00:00+00:00","withdrawn_at":null,"material":"AAAA"}]}'
)


@dataclass
class SetClock:
    moment: datetime = NOON

    def now(self) -> datetime:
        return self.moment


@pytest.fixture(name="directory")
def a_directory(tmp_path: Path) -> Path:
    return tmp_path / "var" / "keys"


@pytest.fixture(name="clock")
def a_clock() -> SetClock:
    return SetClock()


@pytest.fixture(name="keys")
def some_keys(directory: Path, clock: SetClock) -> FileKeys:
    return FileKeys(directory, clock=clock)


def fault(call: Callable[[], Any]) -> Fault:
    with pytest.raises(KeysUnusable) as caught:
        call()
    return caught.value.fault


def kids(keys: KeyProvider) -> list[str]:
    return [jwk["kid"] for jwk in keys.signing("access-token").public_jwks()["keys"]]


def permissions(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Making and keeping


def test_nothing_is_written_before_a_key_is_asked_for(directory: Path, keys: FileKeys) -> None:
    keys.signing("access-token")
    assert not directory.exists()


def test_every_ring_has_a_key_of_its_own_from_the_first_question(keys: FileKeys) -> None:
    signing = {keys.signing(name).active.kid for name in get_args(SigningName)}
    secret = {keys.secrets(name).active.material for name in get_args(SecretName)}
    assert (len(signing), len(secret)) == (len(get_args(SigningName)), len(get_args(SecretName)))
    assert {len(material) for material in secret} == {32}


def test_only_the_owner_can_use_directory_and_files(directory: Path, keys: FileKeys) -> None:
    before = os.umask(0)
    try:
        assert keys.secrets("fields").active.kid
        assert keys.signing("presence").active.kid
    finally:
        os.umask(before)
    assert permissions(directory) == 0o700
    assert {path.name: permissions(path) for path in directory.iterdir()} == {
        "fields.json": 0o600,
        "presence.json": 0o600,
    }


def test_another_start_finds_the_same_keys(
    directory: Path, keys: FileKeys, clock: SetClock
) -> None:
    again = FileKeys(directory, clock=clock)
    assert again.secrets("fields").active == keys.secrets("fields").active
    assert again.signing("access-token").active.kid == keys.signing("access-token").active.kid


def test_a_signature_is_verified_by_the_published_key(keys: FileKeys) -> None:
    ring = keys.signing("access-token")
    claims = {"iss": "i", "aud": "a", "exp": int(NOON.timestamp()) + 60}
    text = sign_token(claims, typ="at+jwt", key=ring.active)
    policy = TokenPolicy(typ="at+jwt", algorithms=frozenset({"ES256"}), issuer="i", audience="a")
    assert verify_token(text, policy=policy, ring=ring, now=NOON).kid == ring.active.kid


def test_what_is_published_is_public_and_names_its_use(keys: FileKeys) -> None:
    ring = keys.signing("access-token")
    (jwk,) = ring.public_jwks()["keys"]
    assert set(jwk) == {"kty", "crv", "x", "y", "kid", "use", "alg"}
    assert (jwk["use"], jwk["alg"], jwk["kid"]) == ("sig", "ES256", thumbprint(jwk))
    assert read_public_key(jwk, algorithm="ES256") == ring.find(jwk["kid"])


@pytest.mark.parametrize("kid", ["", "unknown", "../fields"])
def test_an_unknown_id_finds_nothing(keys: FileKeys, kid: str) -> None:
    assert keys.signing("access-token").find(kid) is None
    assert keys.secrets("fields").find(kid) is None


@pytest.mark.parametrize("name", ["", "fields", "other", "../access-token"])
def test_only_the_named_signing_rings_exist(keys: FileKeys, name: Any) -> None:
    assert fault(lambda: keys.signing(name)) is Fault.UNKNOWN_RING


@pytest.mark.parametrize("name", ["", "access-token", "other", "../fields"])
def test_only_the_named_secret_rings_exist(keys: FileKeys, name: Any) -> None:
    assert fault(lambda: keys.secrets(name)) is Fault.UNKNOWN_RING


def test_no_secret_shows_in_any_representation(directory: Path, keys: FileKeys) -> None:
    secret, signing = keys.secrets("fields"), keys.signing("access-token")
    shown = "".join(map(repr, [keys, secret, signing, secret.active, signing.active]))
    material = secret.active.material
    stored = json.loads((directory / "access-token.json").read_text())["keys"][0]["material"]
    for form in (repr(material)[2:-1], material.hex(), base64.b64encode(material).decode(), stored):
        assert form not in shown
    assert str(directory) not in shown


# Rotation


def test_the_next_key_is_published_before_it_is_used(keys: FileKeys, clock: SetClock) -> None:
    ring = keys.signing("access-token")
    old = ring.active.kid
    new = keys.rotate_signing("access-token", publish_ahead=HOUR, overlap=HOUR)
    assert (kids(keys), ring.active.kid) == ([new, old], old)
    clock.moment += HOUR
    assert (kids(keys), ring.active.kid) == ([new, old], new)


def test_an_old_key_is_published_until_its_tokens_have_ended(
    keys: FileKeys, clock: SetClock
) -> None:
    ring = keys.signing("access-token")
    old = ring.active.kid
    new = keys.rotate_signing("access-token", publish_ahead=HOUR, overlap=HOUR)
    clock.moment += 2 * HOUR - timedelta(seconds=1)
    assert ring.find(old) is not None
    clock.moment += timedelta(seconds=1)
    assert ring.find(old) is None
    assert kids(keys) == [new]


def test_an_emergency_replaces_every_key_at_once(keys: FileKeys, clock: SetClock) -> None:
    ring, none = keys.signing("access-token"), timedelta(0)
    assert ring.active.kid
    keys.rotate_signing("access-token", publish_ahead=HOUR, overlap=HOUR)
    clock.moment += timedelta(minutes=1)
    new = keys.rotate_signing("access-token", publish_ahead=none, overlap=none)
    assert (kids(keys), ring.active.kid) == ([new], new)
    clock.moment += HOUR
    assert (kids(keys), ring.active.kid) == ([new], new)


def test_a_second_rotation_does_not_lengthen_a_key_s_life(keys: FileKeys, clock: SetClock) -> None:
    ring = keys.signing("access-token")
    first = ring.active.kid
    keys.rotate_signing("access-token", publish_ahead=timedelta(0), overlap=HOUR)
    clock.moment += timedelta(minutes=30)
    keys.rotate_signing("access-token", publish_ahead=timedelta(0), overlap=24 * HOUR)
    clock.moment += timedelta(minutes=30)
    assert ring.find(first) is None
    assert len(kids(keys)) == 2


def test_a_withdrawn_key_leaves_the_file_with_the_next_rotation(
    directory: Path, keys: FileKeys, clock: SetClock
) -> None:
    none = timedelta(0)
    old = keys.signing("access-token").active.kid
    keys.rotate_signing("access-token", publish_ahead=none, overlap=none)
    assert old in (directory / "access-token.json").read_text()
    clock.moment += HOUR
    keys.rotate_signing("access-token", publish_ahead=none, overlap=none)
    assert old not in (directory / "access-token.json").read_text()


def test_what_an_old_secret_made_can_always_be_read(keys: FileKeys, clock: SetClock) -> None:
    ring = keys.secrets("fields")
    made = [ring.active]
    for _ in range(3):
        clock.moment += 1000 * HOUR
        keys.rotate_secret("fields")
        made.insert(0, ring.active)
    assert list(ring.known) == made
    assert [ring.find(key.kid) for key in made] == made
    assert len({key.material for key in made}) == 4


def test_rotating_one_ring_leaves_the_others(keys: FileKeys) -> None:
    index = keys.secrets("index").active
    keys.rotate_secret("fields")
    assert keys.secrets("index").active == index


def test_a_ring_that_is_held_follows_another_process(
    directory: Path, keys: FileKeys, clock: SetClock
) -> None:
    held = keys.secrets("cursor")
    old = held.active
    new = FileKeys(directory, clock=clock).rotate_secret("cursor")
    assert held.active.kid == new != old.kid


def test_a_clock_before_every_key_has_none_to_use(keys: FileKeys, clock: SetClock) -> None:
    ring = keys.signing("access-token")
    assert ring.active.kid
    clock.moment -= HOUR
    assert fault(lambda: ring.active) is Fault.NO_ACTIVE_KEY


# Refusing


@pytest.mark.parametrize("mode", [0o701, 0o710, 0o755, 0o777])
def test_a_directory_others_may_enter_is_refused(
    directory: Path, keys: FileKeys, mode: int
) -> None:
    directory.mkdir(parents=True)
    directory.chmod(mode)
    assert fault(lambda: keys.secrets("fields").active) is Fault.DIRECTORY_TOO_OPEN
    assert list(directory.iterdir()) == []


def test_keys_made_in_private_are_not_read_from_a_directory_opened_since(
    directory: Path, keys: FileKeys, clock: SetClock
) -> None:
    assert keys.secrets("fields").active.kid
    directory.chmod(0o755)
    later = FileKeys(directory, clock=clock).secrets("fields")
    assert fault(lambda: later.active) is Fault.DIRECTORY_TOO_OPEN


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o620, 0o666])
def test_a_file_others_may_use_is_refused_even_after_it_was_read(
    directory: Path, keys: FileKeys, mode: int
) -> None:
    ring = keys.secrets("fields")
    assert ring.active.kid
    (directory / "fields.json").chmod(mode)
    assert fault(lambda: ring.active) is Fault.FILE_TOO_OPEN


def test_a_link_is_not_followed(directory: Path, keys: FileKeys, tmp_path: Path) -> None:
    ring = keys.secrets("fields")
    assert ring.active.kid
    elsewhere = (directory / "fields.json").rename(tmp_path / "elsewhere.json")
    (directory / "fields.json").symlink_to(elsewhere)
    assert fault(lambda: ring.active) is Fault.UNREADABLE


def test_a_lost_file_is_not_replaced_in_silence(directory: Path, keys: FileKeys) -> None:
    ring = keys.secrets("fields")
    assert ring.active.kid
    (directory / "fields.json").unlink()
    assert fault(lambda: ring.active) is Fault.MISSING
    assert not (directory / "fields.json").exists()


def test_a_file_in_the_place_of_the_directory_is_refused(directory: Path, keys: FileKeys) -> None:
    directory.parent.mkdir()
    directory.write_text("")
    assert fault(lambda: keys.secrets("fields").active) is Fault.UNREADABLE


def test_a_file_where_the_directory_should_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keys = FileKeys(tmp_path / "file" / "keys", clock=SetClock())
    assert fault(lambda: keys.secrets("fields").active) is Fault.UNREADABLE


def test_a_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys").symlink_to(tmp_path / "nowhere")
    keys = FileKeys(tmp_path / "keys", clock=SetClock())
    assert fault(lambda: keys.secrets("fields").active) is Fault.UNREADABLE


def test_a_ring_that_cannot_be_replaced_keeps_its_keys(directory: Path, keys: FileKeys) -> None:
    ring = keys.secrets("fields")
    old = ring.active
    (directory / ".fields.new").mkdir()
    assert fault(lambda: keys.rotate_secret("fields")) is Fault.UNREADABLE
    assert ring.active == old


def test_what_a_killed_process_left_half_written_is_cleared_away(
    directory: Path, keys: FileKeys
) -> None:
    assert keys.secrets("index").active.kid
    (directory / ".fields.new").write_text('{"version"')
    assert keys.secrets("fields").active.kid
    assert sorted(path.name for path in directory.iterdir()) == ["fields.json", "index.json"]


def _der(private: ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) -> str:
    data = private.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "change",
    [
        {"material": _der(ec.generate_private_key(ec.SECP256R1()))},
        {"material": _der(ec.generate_private_key(ec.SECP384R1()))},
        {"material": _der(ed25519.Ed25519PrivateKey.generate())},
        {"material": "AAAA"},
        {"material": "not base64!"},
        {"material": None},
        {"created_at": "yesterday"},
        {"created_at": "2026-11-23T12:00:00"},
        {"active_from": "2026-11-23T12:00:00+08:00"},
        {"withdrawn_at": 7},
    ],
    ids=range(10),
)
def test_a_signing_file_that_was_changed_is_refused(
    directory: Path, keys: FileKeys, change: dict[str, Any]
) -> None:
    ring = keys.signing("access-token")
    assert ring.active.kid
    path = directory / "access-token.json"
    content = json.loads(path.read_text())
    content["keys"][0] |= change
    path.write_text(json.dumps(content))
    assert fault(lambda: ring.active) is Fault.MALFORMED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "7",
        "{}",
        '{"version":1}',
        '{"version":1,"keys":[]}',
        '{"version":2,"keys":[{}]}',
        '{"version":1,"keys":[{}]}',
        '{"version":1,"keys":[7]}',
        "[" * 100_000,
        SHORT_SECRET,
    ],
    ids=range(11),
)
def test_a_secret_file_that_is_none_is_refused(directory: Path, keys: FileKeys, text: str) -> None:
    ring = keys.secrets("fields")
    assert ring.active.kid
    (directory / "fields.json").write_text(text)
    assert fault(lambda: ring.active) is Fault.MALFORMED


def test_a_refusal_shows_neither_secret_nor_path(directory: Path, keys: FileKeys) -> None:
    material = base64.b64encode(keys.secrets("fields").active.material).decode()
    path = directory / "fields.json"
    path.write_text(path.read_text()[:-5])
    with pytest.raises(KeysUnusable) as caught:
        assert keys.secrets("fields").active.kid
    chain: BaseException | None = caught.value
    assert str(chain) == "fields: malformed"
    while chain is not None:
        assert material not in f"{chain!r} {vars(chain)}"
        chain = chain.__context__


# Several processes


def _first_keys(directory: Path, together: Barrier, results: Any) -> None:
    keys = FileKeys(directory, clock=SetClock())
    together.wait(30)
    results.put((keys.signing("access-token").active.kid, keys.secrets("fields").active.kid))


def _rotate(directory: Path, together: Barrier, results: Any) -> None:
    keys = FileKeys(directory, clock=SetClock())
    together.wait(30)
    results.put([keys.rotate_secret("fields") for _ in range(5)])


def _together(work: Callable[[Path, Barrier, Any], None], directory: Path) -> list[Any]:
    together, results = SPAWN.Barrier(RUNNERS), SPAWN.Queue()
    arguments = (directory, together, results)
    runners = [SPAWN.Process(target=work, args=arguments) for _ in range(RUNNERS)]
    for runner in runners:
        runner.start()
    outcomes = [results.get(timeout=60) for _ in runners]
    for runner in runners:
        runner.join(30)
    return outcomes


def test_processes_that_start_together_agree_on_the_first_keys(directory: Path) -> None:
    assert len(set(_together(_first_keys, directory))) == 1


def test_no_rotation_of_processes_that_rotate_together_is_lost(
    directory: Path, keys: FileKeys
) -> None:
    first = keys.secrets("fields").active.kid
    made = [kid for outcome in _together(_rotate, directory) for kid in outcome]
    assert {key.kid for key in keys.secrets("fields").known} == {first, *made}
    assert len(made) == RUNNERS * 5
