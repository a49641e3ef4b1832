"""The phone's wallet in its file, and the programs around it."""

from __future__ import annotations

import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codes.keys import base64url
from codes.presentation import read, slice_of
from sandbox.phone.client import Phone
from sandbox.phone.offline import NoCodesLeftError, OfflineWallet, picture, utc
from sandbox.phone.show import main
from sandbox.terminal.client import NotSignedInError, Terminal
from sandbox.terminal.offline import OfflineTill
from sandbox.terminal.scanner import scan
from tests.codes.steps import NOW, Issuer
from tests.sandbox.fake_api import Answer, FakeApi
from tests.sandbox.test_terminal import till

__all__ = ("till",)


def filled(count: int = 2) -> OfflineWallet:
    wallet, keys = OfflineWallet(), OfflineWallet.new_keys(count)
    now = utc(time.time())
    life = {"not_before": now - timedelta(hours=1), "expires_at": now + timedelta(hours=1)}
    issued = [Issuer().issue(key, **life) for key in keys]
    wallet.accept(keys, {"credentials": [base64url(one) for one in issued]})
    return wallet


def test_a_wallet_is_its_owners_alone_and_comes_back(tmp_path: Path) -> None:
    wallet, file, now = filled(), tmp_path / "wallet.json", utc(time.time())
    shown = wallet.show("02121", now=now)
    wallet.save(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = OfflineWallet.load(file)
    assert again.show("02121", now=now) == shown
    assert again.left == 1


PURPOSES = ("01101", "01301", "01302", "02121")


@given(st.lists(st.tuples(st.integers(0, 90), st.sampled_from(PURPOSES)), max_size=12).map(sorted))
def test_however_the_screen_is_opened_no_credential_is_in_two_codes(
    opened: list[tuple[int, str]],
) -> None:
    """Seconds apart, in any purposes: one code a minute and purpose, one credential a code."""
    wallet, begun = filled(3), utc(time.time())
    codes: dict[tuple[int, str], str] = {}
    for seconds, purpose in opened:
        now = begun + timedelta(seconds=seconds)
        try:
            code = wallet.show(purpose, now=now)
        except NoCodesLeftError:
            assert len(codes) == 3
            continue
        assert codes.setdefault((slice_of(now), purpose), code) == code
    aliases = {read(code).issued.credential.alias for code in codes.values()}
    assert len(aliases) == len(codes)


def test_codes_can_be_drawn_and_scanned() -> None:
    code = filled().show("02121", now=utc(time.time()))
    assert scan(picture(code)) == code


def test_the_program_shows_codes_until_none_is_left(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wallet, svg = tmp_path / "wallet.json", tmp_path / "code.svg"
    filled(1).save(wallet)
    assert main(("--wallet", str(wallet), "--svg", str(svg))) == 0
    assert "0 left" in capsys.readouterr().out
    assert scan(svg.read_text()).startswith("ZR1:")
    assert main(("--wallet", str(wallet), "--purpose", "01301")) == 1
    wallet.write_text("no wallet")
    assert main(("--wallet", str(wallet))) == 2
    assert main(("--wallet", str(tmp_path / "missing"))) == 2


def test_a_phone_asks_for_credentials_with_proofs(api: FakeApi, phone: Phone) -> None:
    phone.token("c1")
    issued = base64url(Issuer().issue(OfflineWallet.new_keys(1)[0]))
    api.answers["POST /v1/card/offline-credentials"] = Answer(201, {"credentials": [issued]})
    wallet = OfflineWallet()
    phone.fetch_offline(wallet, 1)
    (asked,) = api.asked("POST /v1/card/offline-credentials")
    (wanted,) = asked.json["keys"]
    assert (len(wanted["key"]), len(wanted["proof"])) == (44, 86)
    assert asked.headers["Idempotency-Key"]
    assert wallet.left == 1


def test_a_till_uploads_with_its_token_only(api: FakeApi, till: Terminal) -> None:
    with pytest.raises(NotSignedInError):
        till.upload([])
    till.sign_in()
    api.answers["POST /v1/terminal/uploads"] = Answer(200, {"outcomes": [{"verdict": "ACCEPTED"}]})
    assert till.upload([{"code": "ZR1:"}]) == [{"verdict": "ACCEPTED"}]


def test_a_till_refreshes_from_published_documents(api: FakeApi, till: Terminal) -> None:
    issuer = Issuer()
    numbers = issuer.key.public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": base64url(numbers.x.to_bytes(32, "big")),
        "y": base64url(numbers.y.to_bytes(32, "big")),
    }
    api.answers["GET /.well-known/card-keys"] = Answer(200, {"keys": [jwk]})
    piece = issuer.piece(at=NOW)
    api.answers["GET /.well-known/card-revocations?since=0"] = Answer(200, piece)
    counter = OfflineTill(purposes={"02121"})
    till.refresh(counter, now=NOW)
    phone = OfflineWallet.new_keys(1)[0]
    wallet = OfflineWallet()
    wallet.accept([phone], {"credentials": [base64url(issuer.issue(phone))]})
    assert counter.look(wallet.show("02121", now=NOW), now=NOW).accepted
