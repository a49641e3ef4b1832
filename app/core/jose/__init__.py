"""Signed tokens and proofs: a strict wrapper around PyJWT, DPoP and client assertions.

Everything here refuses with `JoseRefused` and nothing else; the guards turn the reason into the
error the standard asks for.
"""
