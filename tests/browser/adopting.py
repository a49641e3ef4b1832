"""A browser that takes over a phone: its real key and its real tokens, in the page's own store."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from playwright.sync_api import BrowserContext

from launch import steps
from sandbox.phone.client import Phone
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http
from sandbox.phone.keys import DeviceKey, base64url
from sandbox.phone.results import Tokens
from sandbox.phone.session import Actor, Claim

_BYTES: Final = 32
_SLOW_FILMS: Final = 4
_TOO_SLOW: Final = "REJECTED_PROTOCOL"
# What web/src/device/keys.ts and vault.ts write; the private half cannot be read out again.
_MOVE_IN: Final = """
async ({jwk, tokens}) => {
  const P256 = {name: "ECDSA", namedCurve: "P-256"};
  const {d, ...open} = jwk;
  const publicKey = await crypto.subtle.importKey("jwk", open, P256, true, ["verify"]);
  const privateKey = await crypto.subtle.importKey("jwk", jwk, P256, false, ["sign"]);
  const opened = indexedDB.open("zero-run.citizen", 1);
  await new Promise((resolve, reject) => {
    opened.onupgradeneeded = () => opened.result.createObjectStore("things");
    opened.onsuccess = resolve;
    opened.onerror = reject;
  });
  const writing = opened.result.transaction("things", "readwrite");
  writing.objectStore("things").put({publicKey, privateKey}, "key");
  writing.objectStore("things").put(tokens, "tokens");
  await new Promise((resolve, reject) => {
    writing.oncomplete = resolve;
    writing.onabort = reject;
  });
  opened.result.close();
}
"""


@contextmanager
def telephone(base_url: str, key: DeviceKey) -> Iterator[Phone]:
    """The phone that a key is of."""
    with Http(base_url=base_url, prover=Prover(key=key, clock=time.time), clock=time.time) as http:
        yield Phone(http)


def signed_in(phone: Phone, claim: Claim, actor: Actor) -> Tokens:
    """Verify a face on a phone, fetch its tokens, and open the card there.

    A machine that does too much films too slowly; it may try again.
    """
    for _ in range(_SLOW_FILMS):
        try:
            verified = steps.verify(phone, claim, actor)
            break
        except steps.StepFailed as failed:
            if _TOO_SLOW not in str(failed):
                raise
    else:
        verified = steps.verify(phone, claim, actor)
    tokens = steps.fetch_token(phone, verified.value).value
    phone.open_card()
    return tokens


def adopt(context: BrowserContext, key: DeviceKey, tokens: Tokens) -> None:
    """Let a device of the browser be the phone from now on; the phone makes no calls any more."""
    numbers = key.private.private_numbers()
    jwk = {**key.public_jwk(), "d": base64url(numbers.private_value.to_bytes(_BYTES, "big"))}
    told = {
        "access": tokens.access,
        "refresh": tokens.refresh,
        "until": time.time() + tokens.expires_in,
    }
    page = context.new_page()
    page.goto("/m/")
    page.evaluate(_MOVE_IN, json.loads(json.dumps({"jwk": jwk, "tokens": told})))
    page.close()
